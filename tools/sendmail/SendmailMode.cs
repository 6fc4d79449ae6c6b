namespace Mta.Sendmail;

/// <summary>What this run of sendmail is for.</summary>
internal enum SendmailMode
{
    /// <summary>Submit a message from stdin.</summary>
    Enqueue,

    /// <summary>-bp: list the queue.</summary>
    ListQueue,

    /// <summary>-q: deliver everything now.</summary>
    FlushQueue,

    /// <summary>-bd: start the mail system.</summary>
    Daemon,

    /// <summary>-bi: rebuild the alias databases.</summary>
    RebuildAliases,

    /// <summary>-bs: SMTP on stdin and stdout.</summary>
    StandAlone,

    /// <summary>-qdigits, -bh, -bH: nothing to do.</summary>
    Nothing,
}
