namespace Mta.Mail.Queue;

/// <summary>Bits of the last field of a size record, and of the same field in delivery requests.</summary>
public static class SendOptions
{
    public const int SmtpUtf8Requested = 1;
    public const int Utf8Header = 2;
    public const int Utf8Sender = 4;

    /// <summary>In delivery requests only.</summary>
    public const int Utf8Recipient = 8;

    /// <summary>The header <c>TLS-Required: no</c> (RFC 8689 §5).</summary>
    public const int TlsNotRequired = 16;

    /// <summary>The MAIL parameter REQUIRETLS (RFC 8689 §4).</summary>
    public const int RequireTls = 32;
}
