using Mta.Text;

namespace Mta.Smtp;

/// <summary>
/// Content in counted chunks (BDAT, RFC 3030): no line ends it, and no dot needs hiding. Each chunk waits for the reply
/// to the one before, so that a refusal costs one chunk, and nothing is sent that could be taken for commands.
/// </summary>
internal sealed class ChunkSender(SmtpSettings settings, SmtpSession session) : IDisposable
{
    /// <summary>What is gathered for the next chunk.</summary>
    public BufferedOutput Content { get; } = new(Stream.Null, 64 * 1024);

    /// <summary>The reply that ended it too early; null while all goes well.</summary>
    public SmtpReply? Refusal { get; private set; }

    /// <summary>Sends what is gathered and reads the reply.</summary>
    /// <returns>False when the server wants no more.</returns>
    public async ValueTask<bool> SendAsync(CancellationToken stop)
    {
        await WriteAsync(isLast: false, stop);
        session.State = "receiving the BDAT response";
        session.SetTimeout(settings.DataDoneTimeout);
        SmtpReply reply = await session.ReadReplyAsync(stop);
        if (!reply.IsPositive)
        {
            Refusal = reply;
            return false;
        }

        session.State = "sending message body";
        session.SetTimeout(settings.DataTransferTimeout);
        return true;
    }

    /// <summary>Sends what is gathered as the last chunk; the replies are left to the caller.</summary>
    public ValueTask SendLastAsync(CancellationToken stop) => WriteAsync(isLast: true, stop);

    public void Dispose() => Content.Dispose();

    private async ValueTask WriteAsync(bool isLast, CancellationToken stop)
    {
        session.Output.Write("BDAT "u8);
        session.Output.WriteDecimal((long)Content.Pending);
        session.Output.Write(isLast ? " LAST\r\n"u8 : "\r\n"u8);
        session.Transcript?.Sends("BDAT ..."u8);
        session.Output.Write(Content.PendingBytes);
        Content.Discard();
        await session.Output.FlushAsync(stop);
    }
}
