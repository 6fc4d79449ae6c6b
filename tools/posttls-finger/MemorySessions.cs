using Mta.Mail.Protocols;
using Mta.Tls;
using NLog;

namespace Mta.PosttlsFinger;

/// <summary>The sessions of one run of the command: what a later connection may resume. They go when the program ends.</summary>
/// <param name="destination">The destination, for log lines.</param>
internal sealed class MemorySessions(string destination) : ITlsSessions
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly Dictionary<string, byte[]> _sessions = [];

    /// <summary>Says what is looked for, found and kept.</summary>
    public bool Speaks { get; set; }

    public bool IsEmpty => _sessions.Count == 0;

    /// <summary>The last look found a session.</summary>
    public bool HasHit { get; set; }

    public ValueTask<byte[]?> LookupAsync(string cacheType, string id, CancellationToken stop)
    {
        Say("looking for", id, "in");
        HasHit = _sessions.TryGetValue(id, out byte[]? session);
        if (HasHit)
        {
            Say("reloaded", id, "from");
        }

        return ValueTask.FromResult(session);
    }

    public ValueTask UpdateAsync(string cacheType, string id, byte[] session, CancellationToken stop)
    {
        Say("save", id, "to");
        _sessions[id] = session;
        return ValueTask.CompletedTask;
    }

    // A certificate that does not verify is what this command is to tell about: the session is tried all the same.
    public ValueTask DeleteAsync(string cacheType, string id, CancellationToken stop) => ValueTask.CompletedTask;

    public void Dispose() => _sessions.Clear();

    private void Say(string verb, string id, string where)
    {
        if (Speaks)
        {
            Log.Info($"{verb} session {destination}&{Convert.ToHexString(TlsLibrary.Digest("sha256", System.Text.Encoding.Latin1.GetBytes(id)))} {where} memory cache");
        }
    }
}
