using Mta.Text;

namespace Mta.Smtpd;

/// <summary>How reading a command line ended.</summary>
internal enum CommandRead
{
    Line,

    /// <summary>The line exceeds <c>line_length_limit</c>; its rest was dropped, it must not be executed.</summary>
    TooLong,

    /// <summary>The line ends in LF without CR, and the session refuses that.</summary>
    BareNewline,

    /// <summary>The client closed, or sent much more than a line can hold.</summary>
    End,
}

/// <summary>Reads the command lines of a session. Sends waiting replies before it waits for the client.</summary>
internal sealed class CommandReader(Session session)
{
    /// <summary>The line without its end; also the start of a line that was too long.</summary>
    public string Line { get; private set; } = "";

    /// <summary>A longer limit for the next line than that of commands; 0 without one.</summary>
    public int LongestLine { get; set; }

    public async ValueTask<CommandRead> ReadAsync(CancellationToken stop)
    {
        BufferedInput input = session.Input;
        int limit = Math.Max(session.Settings.LineLengthLimit, LongestLine);
        if (session.Settings.PerRequestDeadline)
        {
            // Each line has the whole time, a response of AUTH too.
            input.Deadline = Environment.TickCount64 + (long)session.Settings.Timeout.TotalMilliseconds;
        }

        int scanned = 0;
        while (true)
        {
            CommandRead? result = Take(input, limit, ref scanned);
            if (result is not null)
            {
                return result.Value;
            }

            if (session.Output.Pending > 0)
            {
                await session.Output.FlushAsync(stop);
            }

            // A line, as much again that is dropped, and a line end.
            if (!await input.FillAsync((2 * limit) + 2, stop))
            {
                return CommandRead.End;
            }
        }
    }

    private CommandRead? Take(BufferedInput input, int limit, ref int scanned)
    {
        ReadOnlySpan<byte> window = input.Available;
        int newline = window[scanned..].IndexOf((byte)'\n');
        if (newline < 0)
        {
            scanned = window.Length;
            if (scanned < (2 * limit) + 2)
            {
                return null;
            }

            // Nothing good comes from this client.
            TakeLongLine(window, limit);
            input.Consume(window.Length);
            return CommandRead.End;
        }

        int end = scanned + newline;
        bool hasCarriageReturn = end > 0 && window[end - 1] == (byte)'\r';
        ReadOnlySpan<byte> line = window[..(hasCarriageReturn ? end - 1 : end)];
        if (session.BareNewline == BareNewlineMode.Allow)
        {
            line = line.TrimEnd((byte)'\r');
        }

        CommandRead result = CommandRead.Line;
        if (line.Length > limit)
        {
            TakeLongLine(line, limit);
            result = CommandRead.TooLong;
        }
        else
        {
            Line = ByteString.FromBytes(line);
        }

        input.Consume(end + 1);
        if (!hasCarriageReturn && session.BareNewline != BareNewlineMode.Allow)
        {
            session.SawBareNewline |= session.BareNewline == BareNewlineMode.Note;
            if (session.BareNewline == BareNewlineMode.Reject)
            {
                return CommandRead.BareNewline;
            }
        }

        return result;
    }

    private void TakeLongLine(ReadOnlySpan<byte> line, int limit)
    {
        Line = ByteString.FromBytes(line[..limit]);
        // Where a longer line than a command's is due, it is a response of AUTH: a password.
        LogLines.RequestTooLong(session, limit, LongestLine > 0 ? "*" : Line[..Math.Min(30, Line.Length)]);
    }
}
