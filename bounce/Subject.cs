using Mta.Mail.Dsn;
using Mta.Mail.Protocols;

namespace Mta.Bounce;

/// <summary>The message that notices are about. Owns the open file.</summary>
/// <param name="Original">Null when the file is gone.</param>
/// <param name="Seconds">When its notices began to be made.</param>
internal sealed record Subject(BounceRequest Request, OriginalMessage? Original, long Seconds) : IDisposable
{
    public string QueueId => Request.QueueId;

    public void Dispose() => Original?.Dispose();
}
