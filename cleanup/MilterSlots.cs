using Mta.Mail.Queue;

namespace Mta.Cleanup;

/// <summary>
/// A place in the queue file where something can be put in later: a pointer record of 17 bytes. It says where reading
/// goes on; until something was put in, with the record behind it.
/// </summary>
/// <param name="Offset">Of the pointer record.</param>
/// <param name="Target">Where reading goes on behind the place.</param>
internal readonly record struct MilterSlot(long Offset, long Target)
{
    /// <summary>Bytes of a pointer record: type, length, number in columns.</summary>
    public const int Size = 2 + RecordText.Columns;

    public bool Exists => Offset > 0;
}

/// <summary>Keeps the places that edits at the end of the message need (docs/QUEUE.md).</summary>
internal sealed class MilterSlots(Message message)
{
    private long _senderEnd;

    /// <summary>The sender's record and where reading goes on behind it.</summary>
    public MilterSlot Sender { get; private set; }

    public MilterSlot Recipients { get; set; }

    public MilterSlot Headers { get; set; }

    /// <summary>End of the slot behind the headers as it was written first.</summary>
    public long HeadersEnd { get; private set; }

    /// <summary>Where the extracted segment begins.</summary>
    public long Extracted { get; set; }

    public MilterSlot Meta { get; set; }

    /// <summary>The content is still in its header section: headers get room for a pointer.</summary>
    public bool PadsHeaders { get; private set; } = true;

    public void WriteSender(string sender)
    {
        long offset = message.File.Position;
        message.Write(RecordType.Sender, sender);
        if (sender.Length < RecordText.Columns)
        {
            // As a pointer to nowhere: the envelope knows no other filler.
            WritePadding(RecordType.Pointer, sender.Length);
        }

        _senderEnd = message.File.Position;
        Sender = new MilterSlot(offset, _senderEnd);
    }

    public MilterSlot Write()
    {
        long offset = message.File.Position;
        WritePointer(0);
        return new MilterSlot(offset, message.File.Position);
    }

    public void EndHeaders()
    {
        PadsHeaders = false;
        Headers = Write();
        HeadersEnd = Headers.Target;
    }

    /// <summary>Behind the first record of a header: its place must hold a pointer.</summary>
    public void PadHeader(int length)
    {
        if (length < RecordText.Columns)
        {
            WritePadding(RecordType.Padding, length);
        }
    }

    /// <summary>Bytes of the padding behind a short record.</summary>
    public static int PaddingOf(int length) => length < RecordText.Columns ? Math.Max(3, RecordText.Columns - length) : 0;

    /// <summary>Puts in what <paramref name="write"/> writes, at a place that was kept.</summary>
    /// <returns>The place behind it, for what comes next.</returns>
    public MilterSlot Insert(MilterSlot slot, Action write)
    {
        long block = message.File.Position;
        write();
        return Relink(slot, block);
    }

    /// <summary>
    /// Puts in a block that is written: what follows the place follows the block, and the block's end is the new place.
    /// </summary>
    public MilterSlot Relink(MilterSlot slot, long block)
    {
        var next = new MilterSlot(message.File.Position, slot.Target);
        WritePointer(slot.Target);
        Link(slot.Offset, block);
        return next;
    }

    /// <summary>Writes a pointer at the end of the file.</summary>
    public void WritePointer(long target)
    {
        Span<byte> columns = stackalloc byte[RecordText.Columns];
        RecordText.WriteColumns(columns, target);
        message.Write(RecordType.Pointer, columns);
    }

    /// <summary>Writes a pointer over a place that was kept for it: from here on the file reads differently.</summary>
    public void Link(long offset, long target)
    {
        if (!message.MayWrite)
        {
            return;
        }

        Span<byte> record = stackalloc byte[MilterSlot.Size];
        record[0] = (byte)RecordType.Pointer;
        record[1] = RecordText.Columns;
        RecordText.WriteColumns(record[2..], target);
        message.File.Overwrite(offset, record);
    }

    private void WritePadding(RecordType type, int length)
    {
        Span<byte> columns = stackalloc byte[PaddingOf(length) - 2];
        columns.Fill((byte)' ');
        columns[^1] = (byte)'0';
        message.Write(type, columns);
    }
}
