using System.Globalization;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>One message of the queue listing.</summary>
/// <param name="ArrivalTime">Seconds since 1970, UTC.</param>
/// <param name="Sender">External form, printable.</param>
public readonly record struct ShowqMessage(string QueueName, string QueueId, long ArrivalTime, long Size, bool IsForcedExpire, string Sender);

/// <summary>One recipient of a listed message that is still to be delivered.</summary>
/// <param name="OriginalAddress">Only from newer servers; else empty.</param>
/// <param name="Address">External form, printable.</param>
/// <param name="LogClass">Which log the reason is from: <c>defer</c>, <c>bounce</c>, or empty.</param>
/// <param name="Reason">Why it was not delivered; empty when that was not tried.</param>
public readonly record struct ShowqRecipient(string OriginalAddress, string Address, string LogClass, string Reason);

/// <summary>
/// The showq service lists the queue: after its announcement one list of attributes per message, then an empty list. A
/// client says nothing.
/// </summary>
public static class ShowqProtocol
{
    public const string Name = "mail_queue_list_protocol";

    /// <summary>Begins a message; its recipients and <see cref="WriteEnd"/> follow.</summary>
    public static void WriteMessage(AttributeWriter writer, ShowqMessage message) => writer
        .String("queue_name"u8, message.QueueName)
        .String("queue_id"u8, message.QueueId)
        .Long("time"u8, message.ArrivalTime)
        .Long("size"u8, message.Size)
        .Int("forced_expire"u8, message.IsForcedExpire ? 1 : 0)
        .String("sender"u8, message.Sender);

    public static void WriteRecipient(AttributeWriter writer, string address, string reason) =>
        writer.String("recipient"u8, address).String("reason"u8, reason);

    /// <summary>Ends a message, and once more the whole listing.</summary>
    public static void WriteEnd(AttributeWriter writer) => writer.End();
}

/// <summary>
/// Reads a queue listing attribute by attribute, so that a message with any number of recipients takes no memory:
/// <see cref="NextMessageAsync"/>, then <see cref="NextRecipientAsync"/> until it says null. Takes both the recipients
/// of Postfix 3.7 and those of later versions.
/// </summary>
public sealed class ShowqReader(BufferedInput input)
{
    private const int MaxAttribute = 1 << 20;

    private string? _pendingName;

    /// <summary>Reads the server's announcement.</summary>
    /// <exception cref="AttributeFormatException">This is not the showq service.</exception>
    public async ValueTask ReadAnnouncementAsync(CancellationToken stop)
    {
        AttributeReader reader = new(input);
        await Announcement.ReadAsync(reader, ShowqProtocol.Name, stop, "public/showq");
    }

    /// <returns>Null at the end of the listing.</returns>
    /// <exception cref="AttributeFormatException">The listing is malformed or cut off.</exception>
    public async ValueTask<ShowqMessage?> NextMessageAsync(CancellationToken stop)
    {
        string name = await NameAsync(stop);
        if (name.Length == 0)
        {
            return null;
        }

        _pendingName = name;
        return new ShowqMessage(
            await ExpectAsync("queue_name", stop),
            await ExpectAsync("queue_id", stop),
            Number(await ExpectAsync("time", stop)),
            Number(await ExpectAsync("size", stop)),
            Number(await ExpectAsync("forced_expire", stop)) != 0,
            await ExpectAsync("sender", stop));
    }

    /// <returns>Null after the message's last recipient.</returns>
    /// <exception cref="AttributeFormatException">The listing is malformed or cut off.</exception>
    public async ValueTask<ShowqRecipient?> NextRecipientAsync(CancellationToken stop)
    {
        string name = await NameAsync(stop);
        switch (name)
        {
            case "":
                return null;
            case "recipient":
                _pendingName = name;
                string address = await ExpectAsync("recipient", stop);
                string reason = await ExpectAsync("reason", stop);
                return new ShowqRecipient("", address, reason.Length > 0 ? "defer" : "", reason);
            default:
                _pendingName = name;
                return new ShowqRecipient(
                    await ExpectAsync("original_recipient", stop),
                    await ExpectAsync("recipient", stop),
                    await ExpectAsync("log_class", stop),
                    await ExpectAsync("reason", stop));
        }
    }

    private async ValueTask<string> ExpectAsync(string wanted, CancellationToken stop)
    {
        string name = await NameAsync(stop);
        return name == wanted
            ? await TextAsync(stop)
            : throw new AttributeFormatException($"unexpected attribute {Printable.Neutralize(name)} (expecting: {wanted})");
    }

    private ValueTask<string> NameAsync(CancellationToken stop)
    {
        if (_pendingName is { } name)
        {
            _pendingName = null;
            return new ValueTask<string>(name);
        }

        return TextAsync(stop);
    }

    private ValueTask<string> TextAsync(CancellationToken stop) =>
        TryTake(out string text) ? new ValueTask<string>(text) : WaitAsync(stop);

    private async ValueTask<string> WaitAsync(CancellationToken stop)
    {
        string text;
        while (!TryTake(out text))
        {
            if (input.Available.Length >= MaxAttribute || !await input.FillAsync(MaxAttribute, stop))
            {
                throw new AttributeFormatException("premature end of the queue listing");
            }
        }

        return text;
    }

    private bool TryTake(out string text)
    {
        int end = input.Available.IndexOf((byte)0);
        text = end < 0 ? "" : ByteString.FromBytes(input.Available[..end]);
        if (end >= 0)
        {
            input.Consume(end + 1);
        }

        return end >= 0;
    }

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong unsigned) ? unchecked((long)unsigned)
        : throw new AttributeFormatException("a number in the queue listing is malformed");
}
