namespace Mta.Mail.Queue;

/// <summary>One recipient still to be delivered.</summary>
/// <param name="Offset">Of its type byte: its identity in requests and logs; what is overwritten when it is done.</param>
/// <param name="Address">Internal form.</param>
/// <param name="OriginalAddress">Before aliasing; empty when not recorded.</param>
/// <param name="DsnOriginalRecipient"><c>type;address</c> of the client's ORCPT, or made from the address; may be empty.</param>
/// <param name="Notify">NOTIFY mask: never 1, success 2, failure 4, delay 8; 0 = default.</param>
public readonly record struct QueueRecipient(long Offset, string Address, string OriginalAddress, string DsnOriginalRecipient, int Notify);

/// <summary>
/// What a queue file says of a message besides its recipients and its content. Filled by
/// <see cref="QueueEnvelopeReader"/>; texts are byte strings, empty when absent.
/// </summary>
public sealed class QueueEnvelope
{
    public SizeRecord Size { get; internal set; }

    public DateTime ArrivalTime { get; internal set; }

    /// <summary>When cleanup received the message: base of backoff and expiry.</summary>
    public DateTime CreateTime { get; internal set; }

    /// <summary>Internal form; empty = null sender.</summary>
    public string Sender { get; internal set; } = "";

    /// <summary>Offset of the sender record.</summary>
    public long SenderOffset { get; internal set; }

    public string FullName { get; internal set; } = "";

    /// <summary>Content filter <c>transport:nexthop</c>.</summary>
    public string Filter { get; internal set; } = "";

    public string Inspector { get; internal set; } = "";

    /// <summary>One address in place of all recipients.</summary>
    public string Redirect { get; internal set; } = "";

    /// <summary>VERP delimiters as stored; the reader of this judges them.</summary>
    public string Verp { get; internal set; } = "";

    /// <summary>When to send a delay notice, seconds since 1970; 0 = none asked for; -1 = was sent.</summary>
    public long WarnTime { get; internal set; }

    /// <summary>Offset of the warn time record; 0 = none.</summary>
    public long WarnOffset { get; internal set; }

    /// <summary><c>7bit</c>, <c>8bit</c> or empty.</summary>
    public string Encoding { get; internal set; } = "";

    /// <summary><c>local</c>, <c>remote</c> or empty.</summary>
    public string RewriteContext { get; internal set; } = "";

    /// <summary>The client as logged (<c>log_client_*</c>), or the real one when no such attribute is there.</summary>
    public string ClientName { get; internal set; } = "";

    public string ClientAddress { get; internal set; } = "";

    public string ClientPort { get; internal set; } = "";

    public string ProtocolName { get; internal set; } = "";

    public string HeloName { get; internal set; } = "";

    public string LogIdent { get; internal set; } = "";

    public string SaslMethod { get; internal set; } = "";

    public string SaslUsername { get; internal set; } = "";

    public string SaslSender { get; internal set; } = "";

    public string DsnEnvelopeId { get; internal set; } = "";

    /// <summary>RET: 0 none, 1 full, 2 headers.</summary>
    public int DsnReturn { get; internal set; }

    public int TraceFlags { get; internal set; }

    /// <summary>Offset of the trace flags attribute, for <see cref="QueueFileReader.Kill"/>; 0 = none.</summary>
    public long TraceOffset { get; internal set; }

    /// <summary>Message-Id for threaded bounces.</summary>
    public string MessageId { get; internal set; } = "";

    /// <summary>Recipients seen that are done already.</summary>
    public int DoneRecipients { get; internal set; }
}
