using Mta.Mail.Protocols;

namespace Mta.Smtpd;

/// <summary>What is known between MAIL and the end of the message (RFC 5321 §3.3). Owns the connection to cleanup.</summary>
internal sealed class MailTransaction : IDisposable
{
    private static int _sequence;
    private string? _instance;

    public MailTransaction(string sender) => Sender = sender;

    /// <summary>Names this transaction to policy servers: unique among all processes.</summary>
    public string Instance
    {
        get
        {
            if (_instance is null)
            {
                long microseconds = Arrival.UtcTicks / 10 % 1_000_000;
                _instance = $"{Environment.ProcessId:x}.{Arrival.ToUnixTimeSeconds():x}.{microseconds:x}.{Interlocked.Increment(ref _sequence):x}";
            }

            return _instance;
        }
    }

    /// <summary>Internal form; empty for the null sender.</summary>
    public string Sender { get; }

    /// <summary>When MAIL came.</summary>
    public required DateTimeOffset Arrival { get; init; }

    /// <summary>SIZE=; 0 when not given.</summary>
    public long DeclaredSize { get; set; }

    /// <summary>BODY=: <c>7bit</c>, <c>8bit</c> or empty.</summary>
    public string Encoding { get; set; } = "";

    public bool IsSmtpUtf8 { get; set; }

    /// <summary>REQUIRETLS: this way on by TLS only (RFC 8689).</summary>
    public bool IsTlsRequired { get; set; }

    public DsnReturn Return { get; set; }

    /// <summary>ENVID=, decoded.</summary>
    public string EnvelopeId { get; set; } = "";

    /// <summary>AUTH=, as it came.</summary>
    public string SaslSender { get; set; } = "";

    /// <summary>AUTH= was given, even if nothing stood there.</summary>
    public bool HasSaslSender { get; set; }

    /// <summary>XVERP delimiters; null without XVERP.</summary>
    public string? VerpDelimiters { get; set; }

    public bool IsLocalRewrite { get; set; }

    public int RecipientCount { get; set; }

    /// <summary>Recipients refused for their number without counting as errors.</summary>
    public int Overshoot { get; set; }

    /// <summary>The first accepted recipient, internal form.</summary>
    public string FirstRecipient { get; set; } = "";

    /// <summary>The recipient when exactly one was accepted; else null.</summary>
    public string? OnlyRecipient => RecipientCount == 1 ? FirstRecipient : null;

    public CleanupSession? Queue { get; set; }

    /// <summary>The way through the before-queue filter; null without one.</summary>
    public Proxy.ProxyTransaction? Proxy { get; set; }

    /// <summary>The client's MAIL command, for the filter.</summary>
    public string MailLine { get; init; } = "";

    /// <summary>Where the content goes. There is one as soon as a recipient is accepted.</summary>
    public Text.BufferedOutput Content => Proxy?.Records ?? Queue!.Output; // one of them was opened for the first recipient

    /// <summary>The connection to cleanup broke: the end of the message answers so.</summary>
    public bool IsQueueBroken { get; set; }

    public BdatState? Bdat { get; set; }

    /// <summary>Bytes received at the end of the message, for the end-of-data restrictions.</summary>
    public long ReceivedSize { get; set; }

    // What access tables asked for.
    public CleanupFlags ExtraFlags { get; set; }

    public string? Filter { get; set; }

    public string? Redirect { get; set; }

    public List<string>? Bcc { get; set; }

    public List<string>? Prepended { get; set; }

    public bool IsDiscarded => (ExtraFlags & CleanupFlags.Discard) != 0;

    public void Dispose()
    {
        Proxy?.Dispose();
        Proxy = null;
        Queue?.Dispose();
        Queue = null;
    }
}

/// <summary>State between the chunks of one message (RFC 3030).</summary>
internal sealed class BdatState(ContentDecoder decoder)
{
    public ContentDecoder Decoder { get; } = decoder;

    /// <summary>Sum of the chunk sizes.</summary>
    public long Received { get; set; }

    /// <summary>An earlier chunk failed: the rest is read and dropped.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Bytes dropped so far.</summary>
    public long Discarded { get; set; }
}
