namespace Mta.Mail.Queue;

/// <summary>
/// Types of the records of queue files, maildrop files and the stream to cleanup. The value is the byte on disk.
/// <see cref="Filter"/> and <see cref="ContinuedText"/> share a byte: the segment tells them apart.
/// </summary>
public enum RecordType : byte
{
    /// <summary>No record: a clean end of the input.</summary>
    None = 0,

    /// <summary>Fixed-width size record, first in a queue file (<see cref="SizeRecord"/>).</summary>
    Size = (byte)'C',

    /// <summary>Arrival time: seconds, blank, microseconds.</summary>
    Time = (byte)'T',

    /// <summary>Never stored: the attribute <c>create_time</c> maps to it.</summary>
    CreateTime = (byte)'c',
    FullName = (byte)'F',
    Inspector = (byte)'I',

    /// <summary>In the envelope: content filter <c>transport:nexthop</c>.</summary>
    Filter = (byte)'L',

#pragma warning disable CA1069 // The format gives one byte two meanings, by segment.
    /// <summary>In the content: text that is not followed by a newline.</summary>
    ContinuedText = (byte)'L',
#pragma warning restore CA1069
    Sender = (byte)'S',
    Recipient = (byte)'R',

    /// <summary>A recipient whose delivery is finished: the type byte was overwritten in place.</summary>
    Done = (byte)'D',

    /// <summary>A recipient removed by a Milter.</summary>
    Canceled = (byte)'/',
    OriginalRecipient = (byte)'O',

    /// <summary>Time of the next "delayed" notice in 15 columns; -1 after it was sent.</summary>
    WarnTime = (byte)'W',

    /// <summary><c>name=value</c> (<see cref="QueueAttribute"/>).</summary>
    Attribute = (byte)'A',

    /// <summary>Overwritten in place: to be ignored.</summary>
    Killed = (byte)'K',
    Redirect = (byte)'>',

    /// <summary>Cleanup flags, in the stream to cleanup.</summary>
    Flags = (byte)'f',
    DelayAction = (byte)'d',

    /// <summary>Milter hand-over, in the stream to cleanup.</summary>
    MilterCount = (byte)'m',

    /// <summary>End of the envelope, start of the content.</summary>
    Message = (byte)'M',

    /// <summary>Text followed by a newline.</summary>
    Text = (byte)'N',
    Padding = (byte)'w',

    /// <summary>End of the content, start of the extracted segment.</summary>
    Extracted = (byte)'X',
    ReturnReceipt = (byte)'r',
    ErrorsTo = (byte)'e',
    Priority = (byte)'P',

    /// <summary>The file offset at which reading goes on, in 15 columns; 0 = with the next record.</summary>
    Pointer = (byte)'p',
    Verp = (byte)'V',

    /// <summary>Never stored: the attribute <c>ret_flags</c> maps to it.</summary>
    DsnReturn = (byte)'<',

    /// <summary>Never stored: the attribute <c>envelope_id</c> maps to it.</summary>
    DsnEnvelopeId = (byte)'i',

    /// <summary>Never stored: the attribute <c>dsn_orig_rcpt</c> maps to it.</summary>
    DsnOriginalRecipient = (byte)'o',

    /// <summary>Never stored: the attribute <c>notify_flags</c> maps to it.</summary>
    DsnNotify = (byte)'n',
    End = (byte)'E',
}
