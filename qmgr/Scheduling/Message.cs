using Mta.Mail.Protocols;
using Mta.Mail.Queue;

namespace Mta.Qmgr.Scheduling;

/// <summary>One message in the active queue: its envelope without recipients, and what is known of its fate.</summary>
internal sealed class Message(string queueId)
{
    public string QueueId { get; } = queueId;

    public long ContentOffset { get; set; }

    public long ContentLength { get; set; }

    public string Encoding { get; set; } = "";

    public int SmtpUtf8 { get; set; }

    public string Sender { get; set; } = "";

    public string EnvelopeId { get; set; } = "";

    public DsnReturn Ret { get; set; }

    /// <summary>Moments in microseconds since 1970.</summary>
    public long Arrival { get; set; }

    public long EnteredActive { get; set; }

    /// <summary>Second from which age is counted for expiry and retry.</summary>
    public long Created { get; set; }

    /// <summary>When the sender is told of the delay, in seconds; 0 never, negative when it was told.</summary>
    public long WarnTime { get; set; }

    /// <summary>Offset of the warning record, to be overwritten; 0 when there is none.</summary>
    public long WarnOffset { get; set; }

    /// <summary>Offset of a one-time trace record, to be cancelled once the report went out; 0 when there is none.</summary>
    public long TraceOffset { get; set; }

    public string ClientName { get; set; } = "";

    public string ClientAddress { get; set; } = "";

    public string ClientPort { get; set; } = "";

    public string ClientProtocol { get; set; } = "";

    public string ClientHelo { get; set; } = "";

    public string SaslMethod { get; set; } = "";

    public string SaslUsername { get; set; } = "";

    public string SaslSender { get; set; } = "";

    public string LogIdent { get; set; } = "";

    public string RewriteContext { get; set; } = "";

    /// <summary>Bits of <see cref="DeliveryFlags.TraceMask"/>.</summary>
    public DeliveryFlags TraceFlags { get; set; }

    /// <summary>Some recipient wants to hear of success.</summary>
    public bool WantsSuccessReport { get; set; }

    /// <summary>Two characters, or empty.</summary>
    public string VerpDelimiters { get; set; } = "";

    /// <summary><c>transport:nexthop</c>, or empty.</summary>
    public string ContentFilter { get; set; } = "";

    /// <summary>The address that takes the place of all recipients; empty normally.</summary>
    public string Redirect { get; set; } = "";

    /// <summary>The administrator wants it returned now.</summary>
    public bool IsForceExpired { get; set; }

    /// <summary>The administrator flushed this very message: what is dead is tried again.</summary>
    public bool IsFlushed { get; set; }

    /// <summary>The scan that found it overrides <c>defer_transports</c>.</summary>
    public bool IgnoresDeferTransports { get; set; }

    /// <summary>Recipients in the file not read yet, by the size record's count.</summary>
    public int UnreadRecipients { get; set; }

    /// <summary>Knows where reading goes on; null when all was read.</summary>
    public QueueEnvelopeReader? Reader { get; set; }

    /// <summary>Recipients read so far.</summary>
    public int ReadRecipients { get; set; }

    /// <summary>Recipients that may be in memory.</summary>
    public int RecipientLimit { get; set; }

    /// <summary>Recipients in memory.</summary>
    public int RecipientCount { get; set; }

    public long LastRefill { get; set; }

    /// <summary>A batch of recipients is being read or resolved.</summary>
    public bool IsRefilling { get; set; }

    /// <summary>Entries and other steps that have not ended.</summary>
    public int Outstanding { get; set; }

    /// <summary>At least one recipient must be tried again.</summary>
    public bool IsDeferred { get; set; }

    /// <summary>No recipients were handed over yet.</summary>
    public bool IsFirstBatch { get; set; } = true;

    /// <summary>Its file is gone or damaged: it leaves the active queue when nothing of it is under way.</summary>
    public bool IsDamaged { get; set; }

    public List<Job> Jobs { get; } = new(1);

    public Job FindOrAddJob(Transport transport)
    {
        foreach (Job known in Jobs)
        {
            if (known.Transport == transport)
            {
                return known;
            }
        }

        Job job = new(this, transport);
        Jobs.Add(job);
        return job;
    }
}
