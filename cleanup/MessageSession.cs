using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Milter;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// One message of a client (docs/QUEUE.md, states "unfinished" and "incoming"). Whatever happens, the unfinished file
/// is removed when this ends without success.
/// </summary>
internal sealed class MessageSession(CleanupContext context, BufferedInput input, BufferedOutput output, SocketStream? socket = null)
{
    // Content comes in large pieces.
    private const int ContentWindow = 32 << 10;
    private bool _isIncoming;

    private enum Segment
    {
        Envelope,
        Content,
        Extracted,
        Ended,
    }

    /// <returns>True when the client has got its answer and may begin another message on its connection.</returns>
    /// <exception cref="IOException">The client is gone.</exception>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        await context.TakeFlowToken(stop);
        QueueFileWriter file;
        try
        {
            file = QueueFileWriter.Create(context.Queue, QueueName.Incoming, context.Spares);
        }
        catch (LinuxException error)
        {
            // The client gets no queue ID, which it reports as a temporary failure.
            LogLines.CannotCreate(error.Message);
            return false;
        }

        try
        {
            file.SizeLimit = context.Settings.MessageSizeLimit;
            AttributeWriter writer = new(output);
            CleanupProtocol.WriteGreeting(writer, file.Id);
            ValueTask greeting = output.FlushAsync(stop);

            // While the client reads the name of its message.
            RemoveStaleLogs(file.Id);
            await greeting;
            if (await CleanupProtocol.ReadFlagsAsync(new AttributeReader(input), stop) is not { } flags)
            {
                return false;
            }

            Message message = new(context, file);
            message.SetFlags(flags);
            if (context.Milters.Definitions.Count > 0)
            {
                message.Milters = new MilterStage(message, isEmulated: true);
            }

            CleanupResult result;
            bool isWhole;
            try
            {
                isWhole = await ReadAsync(message, stop);
                result = await FinishAsync(message, stop);
            }
            finally
            {
                if (message.Milters is { } milters)
                {
                    await milters.EndAsync(stop);
                }
            }

            // Who hears of a failure finds nothing left of the message.
            file.Abort();
            ValueTask<bool> answer = AnswerAsync(writer, result, stop);

            // While the client reads its answer.
            Announce();
            context.Spares.Prepare();
            return await answer && isWhole && message.Milters is null or { IsEmulated: true };
        }
        finally
        {
            file.Abort();
            Announce();
        }
    }

    private void Announce()
    {
        if (_isIncoming)
        {
            _isIncoming = false;
            context.TriggerQueueManager();
        }
    }

    private async ValueTask<bool> AnswerAsync(AttributeWriter writer, CleanupResult result, CancellationToken stop)
    {
        try
        {
            CleanupProtocol.WriteResult(writer, result);
            await output.FlushAsync(stop);
            return true;
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            // The client has gone. It takes a message that was not confirmed for not accepted.
            return false;
        }
    }

    // False when the client's records were not read to their end.
    private async ValueTask<bool> ReadAsync(Message message, CancellationToken stop)
    {
        RecipientStage recipients = new(message);
        EnvelopeStage envelope = new(message, recipients);
        ContentChecks checks = new(message);
        using ContentStage content = new(message, new HeaderStage(message, checks), checks);
        RecordReader reader = new(input);
        Segment segment = Segment.Envelope;
        message.WriteZeroSize();
        while (segment != Segment.Ended)
        {
            RecordParse parse = segment == Segment.Content
                ? PumpContent(reader, content, stop, out RecordType type, out ReadOnlySpan<byte> data)
                : reader.TryRead(out type, out data);
            if (parse == RecordParse.NeedMore)
            {
                if (segment == Segment.Content)
                {
                    input.Reserve(ContentWindow);
                }

                CleanupStatus failure = await FillAsync(message, reader, stop);
                if (failure != CleanupStatus.Ok)
                {
                    message.Fail(failure);
                    return false;
                }
            }
            else if (parse == RecordParse.Malformed)
            {
                message.Reject("bad record length");
                return false;
            }
            else if (type == RecordType.MilterCount && segment == Segment.Envelope)
            {
                RecordText.TryParseNumber(data, out long count);
                reader.Leave();
                await TakeMiltersAsync(message, count, stop);
            }
            else if (type == RecordType.End && segment == Segment.Envelope)
            {
                message.Fail(CleanupStatus.Bad);
                segment = Segment.Ended;
            }
            else if (!message.MayWrite && segment != Segment.Content)
            {
                // Nothing more is kept; the client is read to its end before it gets the answer.
                segment = Next(segment, type);
            }
            else if (segment == Segment.Envelope)
            {
                segment = await envelope.TakeAsync(type, data, stop) ? Segment.Content : Segment.Envelope;
            }
            else if (segment == Segment.Extracted)
            {
                segment = await envelope.TakeExtractedAsync(type, data, stop) ? Segment.Ended : Segment.Extracted;
            }
            else if (type == RecordType.Extracted)
            {
                await content.EndAsync(stop);
                message.Write(RecordType.Extracted);
                segment = Segment.Extracted;
            }
            else if (type == RecordType.End)
            {
                message.Fail(CleanupStatus.Bad);
                segment = Segment.Ended;
            }
            else if (content.WaitsForBodyCheck)
            {
                await content.CheckBodyAsync(type, data.ToArray());
            }
            else
            {
                await content.FinishHeaderAsync(stop);
                reader.Unread();
            }
        }

        reader.Leave();
        return true;
    }

    // The client has filters of its own: those of the configuration are not asked.
    private async ValueTask TakeMiltersAsync(Message message, long count, CancellationToken stop)
    {
        if ((message.Flags & CleanupFlags.Milter) == 0 || message.Milters is null or { IsEmulated: true })
        {
            message.Milters?.Dispose();
            message.Milters = new MilterStage(message, isEmulated: false);
        }

        if (count is < 0 or > int.MaxValue)
        {
            message.Reject("bad milter count");
        }
        else if (count > 0 && await MilterHandover.ReceiveAsync((int)count, input, output, socket, message.Milters.Value, stop) is { } session)
        {
            message.Milters.Adopt(session);
        }
    }

    // Text records run through without waiting; the rest comes back to the loop.
    private static RecordParse PumpContent(RecordReader reader, ContentStage content, CancellationToken stop, out RecordType type, out ReadOnlySpan<byte> data)
    {
        while (true)
        {
            RecordParse parse = reader.TryRead(out type, out data);
            if (parse != RecordParse.Complete || type is RecordType.Extracted or RecordType.End || !content.TryTake(type, data, stop))
            {
                return parse;
            }
        }
    }

    // Bad is a word about the message: whoever hears it may throw the message away. A failure to read says nothing of it.
    private static async ValueTask<CleanupStatus> FillAsync(Message message, RecordReader reader, CancellationToken stop)
    {
        try
        {
            return await reader.FillAsync(stop) ? CleanupStatus.Ok : CleanupStatus.Bad;
        }
        catch (InvalidDataException error)
        {
            LogLines.Lost(message.Id, error.Message);
            return CleanupStatus.Bad;
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            LogLines.Lost(message.Id, error.Message);
            return CleanupStatus.Write;
        }
    }

    // What a record means for the place in the stream when its content no longer counts.
    private static Segment Next(Segment segment, RecordType type) => type switch
    {
        RecordType.End => Segment.Ended,
        RecordType.Message when segment == Segment.Envelope => Segment.Content,
        _ => segment,
    };

    private async ValueTask<CleanupResult> FinishAsync(Message message, CancellationToken stop)
    {
        if (message.Milters is { } milters)
        {
            await milters.InspectAsync(stop);
        }

        bool discard = (message.Flags & CleanupFlags.Discard) != 0;
        if (discard)
        {
            message.ForgetErrors();
        }
        else if (message.Status == CleanupStatus.Ok)
        {
            message.WriteFinalSize();
        }

        if ((message.Flags & CleanupFlags.Bounce) != 0 && message.Status != 0 && message.IsBounceable)
        {
            bool bounced = !context.Settings.SoftBounce && await BounceStage.BounceAsync(context, message, stop);
            message.ForgetErrors();
            if (!bounced)
            {
                message.Fail(CleanupStatus.Write);
            }

            message.RemoveTrace();
            return new CleanupResult(message.Status, "");
        }

        if (message.Status == CleanupStatus.Ok && !discard)
        {
            Publish(message);
        }

        if (message.Status != CleanupStatus.Ok || discard)
        {
            message.RemoveTrace();
        }

        return new CleanupResult(message.Status, message.Reason);
    }

    private void Publish(Message message)
    {
        bool hold = (message.Flags & CleanupFlags.Hold) != 0;
        if (hold)
        {
            try
            {
                message.File.MoveTo(QueueName.Hold);
            }
            catch (LinuxException error)
            {
                message.WriteFailed(error);
                return;
            }
        }

        // The flush blocks, and others go on meanwhile: several files in flight share one commit of the file system.
        SocketStream.LendThread();
        try
        {
            message.File.Complete();
        }
        catch (LinuxException failure)
        {
            message.WriteFailed(failure);
            return;
        }

        if (hold)
        {
            context.ReturnFlowToken();
        }
        else
        {
            _isIncoming = true;
        }
    }

    // A name may come again after its message is gone; logs of the old one must not speak for the new.
    private void RemoveStaleLogs(QueueId id)
    {
        foreach (string queue in (ReadOnlySpan<string>)[QueueName.Defer, QueueName.Bounce, QueueName.Trace])
        {
            if (context.Queue.TryRemove(queue, id) == 0)
            {
                LogLines.SpuriousLog(id, queue);
            }
        }
    }
}
