using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// The pipes between a submitter and <c>postdrop</c>: postdrop announces itself and the queue ID on its stdout, reads
/// maildrop records on its stdin, and answers the end record with a status. Input that ends before that withdraws the
/// message, without an answer.
/// </summary>
public static class PostdropProtocol
{
    public const string Name = "postdrop_protocol";

    /// <summary>Writes the first list; nothing is sent before the output is flushed.</summary>
    public static void WriteGreeting(AttributeWriter writer, QueueId id) =>
        writer.String("protocol"u8, Name).String("queue_id"u8, id.Value).End();

    /// <summary>Reads the first list.</summary>
    /// <exception cref="AttributeFormatException">postdrop ended, or this is not postdrop.</exception>
    public static async ValueTask<QueueId> ReadGreetingAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            throw new AttributeFormatException("end of file instead of a greeting");
        }

        string announced = reader.String("protocol"u8);
        string text = reader.String("queue_id"u8);
        reader.End();
        reader.Leave();
        return announced == Name && QueueId.TryParse(text, out QueueId id)
            ? id
            : throw new AttributeFormatException($"unexpected greeting {Printable.Neutralize(announced)} {Printable.Neutralize(text)}");
    }

    public static void WriteResult(AttributeWriter writer, CleanupResult result) => CleanupProtocol.WriteResult(writer, result);

    /// <summary>Reads the answer.</summary>
    /// <exception cref="AttributeFormatException">postdrop ended without an answer.</exception>
    public static ValueTask<CleanupResult> ReadResultAsync(AttributeReader reader, CancellationToken stop) => CleanupProtocol.ReadResultAsync(reader, stop);
}
