namespace Mta.Mail.Protocols;

/// <summary>A place for sessions that may be resumed: the tlsmgr service, or the memory of a program.</summary>
public interface ITlsSessions : IDisposable
{
    /// <summary>A session that may be resumed; null when there is none.</summary>
    ValueTask<byte[]?> LookupAsync(string cacheType, string id, CancellationToken stop);

    ValueTask UpdateAsync(string cacheType, string id, byte[] session, CancellationToken stop);

    ValueTask DeleteAsync(string cacheType, string id, CancellationToken stop);
}
