using System.Globalization;
using Mta.Text;

namespace Mta.Smtpd.Commands;

/// <summary>BDAT (RFC 3030 §2): content in counted chunks. A refused chunk is read all the same, or the next command would be lost in it.</summary>
internal static class BdatCommand
{
    private const int WindowSize = 32 << 10;
    private const int OutputSize = 32 << 10;

    public static async ValueTask<bool> RunAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        if (session.Hidden.Contains(EhloKeywords.Chunking))
        {
            // The chunk that follows cannot be told from commands.
            await session.ReplyAsync("521 5.5.1 Error: command not implemented", stop);
            return false;
        }

        bool isLast = words.Count == 3 && Ascii.EqualsIgnoreCase(words[2].Text, "LAST");
        if ((words.Count != 2 && !isLast) || !TryParseCount(words[1].Text, out long count))
        {
            LogLines.MalformedBdat(session, session.Commands.Line);
            await session.ReplyAsync("521 5.5.4 Syntax: BDAT count [LAST]", stop);
            return false;
        }

        MailTransaction? transaction = session.Transaction;
        if (transaction?.Bdat is { HasFailed: true } failed)
        {
            return await DropAsync(session, failed, count, $"551 5.0.0 Discarded {count} bytes after earlier error", stop);
        }

        if (count == 0 && !isLast)
        {
            LogLines.NullBdat(session);
            return await FailAsync(session, transaction, count, "551 5.7.1 Null BDAT request", stop);
        }

        if (transaction is null || transaction.RecipientCount == 0)
        {
            string reply = transaction is null ? "503 5.5.1 Error: need RCPT command" : "554 5.5.1 Error: no valid recipients";
            return await FailAsync(session, transaction, count, reply, stop);
        }

        if (transaction.Bdat is null)
        {
            string? refusal = session.IsStandalone ? null : await session.Server.Checks.CheckDataAsync(session, stop);
            if (refusal is null && session.Milters is { } milters)
            {
                refusal = await milters.DataAsync(transaction, stop);
            }

            refusal ??= transaction.Proxy is { } proxy ? await DataCommand.BeginProxyAsync(proxy, stop) : null;
            if (refusal is not null)
            {
                return await FailAsync(session, transaction, count, refusal, stop);
            }

            if (session.Milters is { } filters && transaction.Queue is not null)
            {
                await filters.HandOverAsync(transaction, stop);
            }

            QueueSubmission.BeginContent(session, transaction);
            transaction.Bdat = new BdatState(new ContentDecoder(session.BareNewline, session.Settings.LineLengthLimit, session.Settings.MessageSizeLimit));
        }

        if (session.Settings.MessageSizeLimit > 0 && count > session.Settings.MessageSizeLimit - transaction.Bdat.Received)
        {
            LogLines.BdatTooBig(session);
            return await FailAsync(session, transaction, count, "552 5.3.4 Chunk exceeds message size limit", stop);
        }

        return await ReceiveAsync(session, transaction, transaction.Bdat, count, isLast, stop);
    }

    private static async ValueTask<bool> ReceiveAsync(Session session, MailTransaction transaction, BdatState bdat, long count, bool isLast, CancellationToken stop)
    {
        BufferedInput input = session.Input;
        BufferedOutput output = transaction.Content;
        ContentDecoder decoder = bdat.Decoder;
        session.ContentProgress = decoder;
        using (ContentDeadline deadline = new(session))
        {
            long left = count;
            while (left > 0)
            {
                if (input.Available.IsEmpty)
                {
                    await session.Output.FlushAsync(stop);
                    input.Reserve(WindowSize);
                    if (!await input.FillAsync(WindowSize, stop))
                    {
                        session.IsBroken = true;
                        return false;
                    }

                    deadline.Extend(input.Available.Length);
                }

                ReadOnlyMemory<byte> window = input.AvailableMemory;
                int taken = decoder.TakeChunkData(window.Span[..(int)Math.Min(left, window.Length)], output, OutputSize);
                input.Consume(taken);
                left -= taken;
                if (output.Pending >= OutputSize)
                {
                    await DataCommand.ForwardAsync(session, transaction, decoder, stop);
                }
            }
        }

        input.Shrink(1024);
        session.ContentProgress = null;
        bdat.Received += count;
        if (isLast)
        {
            decoder.EndChunks(output);
            return await EndOfMessage.FinishAsync(session, transaction, decoder, isBdat: true, stop);
        }

        string? problem = transaction.IsQueueBroken ? "451 4.3.0 Error: queue file write error"
            : decoder.IsTooBig ? "552 5.3.4 Error: message file too big"
            : decoder.HasBareNewline && session.BareNewline == BareNewlineMode.Reject ? EndOfMessage.BareNewlineReply(session)
            : null;
        if (problem is null)
        {
            await session.ReplyAsync($"250 2.0.0 Ok: {count} bytes", stop);
            return true;
        }

        if (decoder.IsTooBig)
        {
            LogLines.SizeLimitExceeded(session.QueueId);
        }
        else if (!transaction.IsQueueBroken)
        {
            LogLines.Verdict(session, "reject", "bare <LF> received", transaction.FirstRecipient);
        }

        bdat.HasFailed = true;
        await session.ReplyAsync(problem, stop);
        return false;
    }

    // The chunk is dropped, and so are those after it up to the last one or RSET.
    private static async ValueTask<bool> FailAsync(Session session, MailTransaction? transaction, long count, string reply, CancellationToken stop)
    {
        BdatState state = transaction?.Bdat ?? new BdatState(new ContentDecoder(session.BareNewline, session.Settings.LineLengthLimit, 0));
        state.HasFailed = true;
        if (transaction is not null)
        {
            transaction.Bdat = state;
        }

        return await DropAsync(session, state, count, reply, stop);
    }

    private static async ValueTask<bool> DropAsync(Session session, BdatState state, long count, string reply, CancellationToken stop)
    {
        BufferedInput input = session.Input;
        long limit = session.Settings.MessageSizeLimit;
        session.ContentProgress = state.Decoder;
        using (ContentDeadline deadline = new(session))
        {
            while (count > 0)
            {
                if (input.Available.IsEmpty)
                {
                    await session.Output.FlushAsync(stop);
                    if (!await input.FillAsync(WindowSize, stop))
                    {
                        session.IsBroken = true;
                        return false;
                    }

                    deadline.Extend(input.Available.Length);
                }

                int taken = (int)Math.Min(count, input.Available.Length);
                input.Consume(taken);
                count -= taken;
                state.Discarded += taken;
                if (limit > 0 && state.Discarded > limit + (limit / 2))
                {
                    LogLines.TooMuchBdat(session);
                    session.IsBroken = true;
                    return false;
                }
            }
        }

        session.ContentProgress = null;
        bool isLast = session.Commands.Line.TrimEnd().EndsWith("LAST", StringComparison.OrdinalIgnoreCase);
        if (isLast)
        {
            session.Reset();
        }

        await session.ReplyAsync(reply, stop);
        return false;
    }

    private static bool TryParseCount(string text, out long count) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && text.Length <= 18;
}
