namespace Mta.Mail.Protocols;

/// <summary>Which reports a sender wants for a recipient (RFC 3461 §4.1); 0 is "not given".</summary>
[Flags]
public enum DsnNotify
{
    None = 0,
    Never = 1,
    Success = 2,
    Failure = 4,
    Delay = 8,
}

/// <summary>How much of the message a report returns (RFC 3461 §4.3); 0 is "not given".</summary>
public enum DsnReturn
{
    None = 0,
    Full = 1,
    Headers = 2,
}

/// <summary>Flag bits of a delivery request; the bits of <see cref="TraceMask"/> also travel in bounce, defer and trace calls.</summary>
[Flags]
public enum DeliveryFlags
{
    None = 0,

    /// <summary>The agent marks finished recipients in the queue file. In a bounce call: delete the log on failure ("clean").</summary>
    MarkDone = 1,

    /// <summary>The agent may bounce; always set, never acted upon. In a bounce call: mark logged recipients done.</summary>
    Bounce = 2,

    /// <summary>A verification probe of the MTA; the result goes to the verify service.</summary>
    MtaVerify = 256,

    /// <summary>A user asked what would happen (<c>sendmail -bv</c>); the result goes to the trace service.</summary>
    UserVerify = 512,

    /// <summary>A user asked for a delivery record (<c>sendmail -v</c>).</summary>
    Record = 1024,

    ConnectionLoad = 2048,
    ConnectionStore = 4096,

    /// <summary>Report success after a delay notice (<c>confirm_delay_cleared</c>).</summary>
    DelayCleared = 8192,

    /// <summary>Either kind of probe: nothing is delivered.</summary>
    AnyVerify = MtaVerify | UserVerify,
    TraceMask = MtaVerify | UserVerify | Record | DelayCleared,
}
