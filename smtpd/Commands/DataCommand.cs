using Mta.Smtpd.Proxy;
using Mta.Text;

namespace Mta.Smtpd.Commands;

/// <summary>DATA (RFC 5321 §4.1.1.4): streams the content from the client to cleanup.</summary>
internal static class DataCommand
{
    // Read from the client at once, and gathered for cleanup before it is sent on.
    private const int WindowSize = 32 << 10;
    private const int OutputSize = 32 << 10;

    public static async ValueTask<bool> RunAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        MailTransaction? transaction = session.Transaction;
        string? problem = transaction?.Bdat is not null ? "503 5.5.1 Error: DATA after BDAT"
            : transaction is null ? "503 5.5.1 Error: need RCPT command"
            : transaction.RecipientCount == 0 ? "554 5.5.1 Error: no valid recipients"
            : words.Count != 1 ? "501 5.5.4 Syntax: DATA"
            : null;
        if (problem is null && !session.IsStandalone)
        {
            problem = await session.Server.Checks.CheckDataAsync(session, stop);
        }

        if (problem is null && transaction is not null && session.Milters is { } milters)
        {
            problem = await milters.DataAsync(transaction, stop);
        }

        if (problem is null && transaction!.Proxy is { } proxy) // with no transaction there is a problem
        {
            problem = await BeginProxyAsync(proxy, stop);
        }

        if (problem is not null || transaction is null)
        {
            if (!session.IsBroken)
            {
                await session.ReplyAsync(problem!, stop); // without a transaction there is a problem
            }

            return false;
        }

        await session.ReplyAsync("354 End data with <CR><LF>.<CR><LF>", stop);
        if (session.Milters is { } filters && transaction.Queue is not null)
        {
            await filters.HandOverAsync(transaction, stop);
        }

        QueueSubmission.BeginContent(session, transaction);
        var decoder = new ContentDecoder(session.BareNewline, session.Settings.LineLengthLimit, session.Settings.MessageSizeLimit);
        session.ContentProgress = decoder;
        if (!await ReceiveAsync(session, transaction, decoder, stop))
        {
            return false;
        }

        session.ContentProgress = null;
        return await EndOfMessage.FinishAsync(session, transaction, decoder, isBdat: false, stop);
    }

    // Returns false when the client left before the end.
    private static async ValueTask<bool> ReceiveAsync(Session session, MailTransaction transaction, ContentDecoder decoder, CancellationToken stop)
    {
        BufferedInput input = session.Input;
        BufferedOutput output = transaction.Content;
        await session.Output.FlushAsync(stop);
        using ContentDeadline deadline = new(session);
        while (true)
        {
            int taken = decoder.TakeData(input.Available, output, OutputSize, out bool ended);
            input.Consume(taken);
            if (ended)
            {
                input.Shrink(1024);
                return true;
            }

            if (output.Pending >= OutputSize)
            {
                await ForwardAsync(session, transaction, decoder, stop);
                continue;
            }

            input.Reserve(WindowSize);
            if (!await input.FillAsync(WindowSize + session.Settings.LineLengthLimit + 2, stop))
            {
                session.IsBroken = true;
                return false;
            }

            deadline.Extend(input.Available.Length);
        }
    }

    /// <summary>Tells the filter that content follows. Null when it wants it, else its reply.</summary>
    public static async ValueTask<string?> BeginProxyAsync(ProxyTransaction proxy, CancellationToken stop)
    {
        try
        {
            return await proxy.CommandAsync("DATA", '3', stop);
        }
        catch (ProxyException)
        {
            return "451 4.3.0 Error: queue file write error";
        }
    }

    /// <summary>Sends what is gathered to cleanup. When cleanup is gone, the rest of the message is read and dropped.</summary>
    public static async ValueTask ForwardAsync(Session session, MailTransaction transaction, ContentDecoder decoder, CancellationToken stop)
    {
        if (transaction.IsQueueBroken)
        {
            transaction.Content.Discard();
            return;
        }

        try
        {
            if (transaction.Proxy is { } proxy)
            {
                await proxy.ForwardAsync(stop);
            }
            else
            {
                await transaction.Content.FlushAsync(stop);
            }
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            LogLines.QueueServiceLost(session, error.Message);
            transaction.IsQueueBroken = true;
            decoder.IsDiscarding = true;
        }
    }
}
