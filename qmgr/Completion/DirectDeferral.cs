using Mta.Mail.Protocols;
using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Completion;

/// <summary>
/// Defers recipients without an agent: their destination is dead, and so is the retry service. They may be thousands at
/// once, so they take turns with a few connections to the defer service instead of crowding at its door.
/// </summary>
internal sealed class DirectDeferral(BounceClient bounce, Scheduler scheduler, LogLines log, TimeProvider clock)
{
    /// <summary>Calls of the defer service at a time.</summary>
    public const int AtATime = 20;

    private readonly Queue<(Message Message, Recipient Recipient, string Reason)> _waiting = new();
    private int _running;

    /// <summary>Starts a task on the loop; its failure ends the process.</summary>
    public Action<Task> Track { get; set; } = static _ => { };

    /// <summary>Holds the message until the recipient is in its defer log.</summary>
    /// <param name="message">Deferred from now on.</param>
    /// <param name="recipient">Part of no entry.</param>
    /// <param name="reason"><c>D.S.N text</c>.</param>
    public void Defer(Message message, Recipient recipient, string reason)
    {
        message.Outstanding++;
        message.IsDeferred = true;
        _waiting.Enqueue((message, recipient, reason));
        if (_running < AtATime)
        {
            _running++;
            Track(RunAsync());
        }
    }

    private async Task RunAsync()
    {
        while (_waiting.TryDequeue(out (Message Message, Recipient Recipient, string Reason) next))
        {
            await DeferAsync(next.Message, next.Recipient, next.Reason);
        }

        _running--;
    }

    private async ValueTask DeferAsync(Message message, Recipient recipient, string reason)
    {
        int blank = reason.IndexOf(' ', StringComparison.Ordinal);
        string status = blank < 0 ? "4.0.0" : reason[..blank];
        string text = blank < 0 ? reason : reason[(blank + 1)..];
        Dsn dsn = new(status, "delayed", text);
        await bounce.AppendAsync(BounceService.Defer, message.TraceFlags, message.QueueId, recipient.Wire, dsn, CancellationToken.None);
        log.Recipient(message, recipient, status, "deferred", text, MessageTimes.Now(clock));
        scheduler.Release(message);
    }
}
