using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// The list <c>protocol=NAME</c> that a server sends before it reads anything: it shows that a process took the
/// connection, and which language it speaks.
/// </summary>
public static class Announcement
{
    /// <summary>Writes the announcement; nothing is sent before the output is flushed.</summary>
    public static void Write(AttributeWriter writer, string protocol) => writer.String("protocol"u8, protocol).End();

    /// <summary>Reads the announcement.</summary>
    /// <exception cref="AttributeFormatException">The server closed, or announced something else.</exception>
    public static async ValueTask ReadAsync(AttributeReader reader, string protocol, CancellationToken stop, string socket = "service")
    {
        if (!await reader.ReadListAsync(stop))
        {
            throw new AttributeFormatException("connection closed before the protocol announcement");
        }

        string announced = reader.String("protocol"u8);
        reader.End();
        reader.Leave();
        if (announced != protocol)
        {
            throw new AttributeFormatException($"unexpected protocol {Printable.Neutralize(announced)} from {socket} socket (expected: {protocol})");
        }
    }
}
