namespace Mta.Service;

/// <summary>The kinds of daemon, as master.cf and the manual pages name them.</summary>
public enum ServerModel
{
    /// <summary>Serves a session per client; a foreign master gives it one client at a time.</summary>
    Single,

    /// <summary>Serves many persistent clients.</summary>
    Multi,

    /// <summary>Serves many long sessions.</summary>
    Event,

    /// <summary>Acts on trigger bytes, without a reply.</summary>
    Trigger,

    /// <summary>Acts on datagrams, without a reply.</summary>
    Dgram,
}

/// <summary>What master.cf must say in the process limit column.</summary>
public enum ProcessLimit
{
    Any,

    /// <summary>1 (option -l).</summary>
    One,

    /// <summary>0, unlimited (option -z).</summary>
    Unlimited,
}
