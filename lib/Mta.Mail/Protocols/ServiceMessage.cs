using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>A message that a daemon writes itself: a notice to the postmaster, the probe of an address.</summary>
public static class ServiceMessage
{
    private const int LineLimit = 2048;

    /// <summary>Hands a message to cleanup: trace and date fields first, then the lines given.</summary>
    /// <param name="sender">Rewritten, internal form.</param>
    /// <param name="traceFlags">For probes and reports; else 0.</param>
    /// <param name="lines">Header lines, an empty line, the body; for a probe nothing.</param>
    /// <returns>The queue ID; null when cleanup did not take it.</returns>
    /// <exception cref="IOException">The service cannot be reached.</exception>
    public static async ValueTask<QueueId?> PostAsync(
        CleanupClient cleanup, CleanupFlags flags, string hostName, string mailName, string sender, string recipient, int traceFlags, IEnumerable<string> lines, CancellationToken stop)
    {
        using CleanupSession queue = await cleanup.OpenAsync(flags, stop);
        BufferedOutput output = queue.Output;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string date = HeaderDate.Format(now.UtcDateTime);
        RecordWriter.Write(output, RecordType.Time, $"{now.ToUnixTimeSeconds()} {now.ToUnixTimeMilliseconds() * 1000 % 1_000_000}");
        RecordWriter.WriteAttribute(output, QueueAttribute.LogMessageOrigin, "local");
        RecordWriter.WriteAttribute(output, QueueAttribute.TraceFlags, traceFlags);
        RecordWriter.Write(output, RecordType.Sender, sender);
        RecordWriter.Write(output, RecordType.Recipient, recipient);
        RecordWriter.Write(output, RecordType.Message);
        RecordWriter.Write(output, RecordType.Text, $"Received: by {hostName} ({mailName})");
        RecordWriter.Write(output, RecordType.Text, $"\tid {queue.Id.Value}; {date}");
        RecordWriter.Write(output, RecordType.Text, $"Date: {date}");
        foreach (string line in lines)
        {
            RecordWriter.WriteText(output, ByteString.ToBytes(line), LineLimit);
            await queue.FlushIfFullAsync(stop);
        }

        RecordWriter.Write(output, RecordType.Extracted);
        RecordWriter.Write(output, RecordType.End);
        return (await queue.FinishAsync(stop)).Status == CleanupStatus.Ok ? queue.Id : null;
    }
}
