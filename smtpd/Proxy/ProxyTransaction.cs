using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Smtpd.Proxy;

/// <summary>
/// One message on its way through the filter. What the content decoder writes are records; here they become lines
/// again. With <c>speed_adjust</c> the lines wait in a file without a name until the client has sent everything.
/// </summary>
internal sealed class ProxyTransaction : IDisposable
{
    private static int _sequence;
    private readonly ProxyFilter _filter;
    private readonly List<string> _held = [];
    private ProxyDialogue? _dialogue;
    private FileHandle? _file;
    private BufferedOutput? _fileOutput;
    private bool _startsLine = true;

    private ProxyTransaction(ProxyFilter filter) => _filter = filter;

    /// <summary>Where records are written to.</summary>
    public BufferedOutput Records { get; } = new(Stream.Null, 32 << 10, 1 << 10);

    /// <summary>Begins with the client's MAIL command.</summary>
    /// <returns>A refusal by the filter in place of a transaction.</returns>
    /// <exception cref="ProxyException">The filter cannot be used; or there is no room to hold the message.</exception>
    public static async ValueTask<(ProxyTransaction? Transaction, string? Refusal)> OpenAsync(ProxyFilter filter, Session session, string mailLine, CancellationToken stop)
    {
        var transaction = new ProxyTransaction(filter);
        try
        {
            if (filter.AdjustsSpeed)
            {
                transaction.OpenFile();
                transaction._held.Add(mailLine);
                return (transaction, null);
            }

            transaction._dialogue = await ProxyDialogue.OpenAsync(filter, session, stop);
            string reply = await transaction._dialogue.AskAsync(mailLine, stop);
            if (reply[0] == '2')
            {
                return (transaction, null);
            }

            LogLines.Warning($"proxy {filter.Endpoint.Text} rejected \"{Printable.Neutralize(mailLine)}\": \"{reply.Replace('\n', ' ')}\"");
            transaction.Dispose();
            return (null, reply);
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    /// <summary>Passes RCPT or DATA on. Null when the filter agrees, or will be asked later; else its reply.</summary>
    /// <exception cref="ProxyException">It gave no answer.</exception>
    public async ValueTask<string?> CommandAsync(string line, char expected, CancellationToken stop)
    {
        if (_dialogue is null)
        {
            _held.Add(line);
            return null;
        }

        string reply = await _dialogue.AskAsync(line, stop);
        return reply[0] == expected ? null : reply;
    }

    /// <summary>Turns the records gathered into lines and sends them on.</summary>
    /// <exception cref="IOException">The filter, or the disk, does not take them.</exception>
    public async ValueTask ForwardAsync(CancellationToken stop)
    {
        BufferedOutput output = _dialogue?.Output ?? _fileOutput!; // one of them is there
        Convert(Records.PendingBytes, output);
        Records.Discard();
        if (_dialogue is not null)
        {
            await _dialogue.FlushAsync(stop);
        }
        else
        {
            WriteFile(output);
        }
    }

    /// <summary>Ends the message, after everything was forwarded.</summary>
    /// <returns>The filter's last word.</returns>
    /// <exception cref="ProxyException">It gave none.</exception>
    public async ValueTask<string> FinishAsync(Session session, CancellationToken stop)
    {
        await ForwardAsync(stop);
        if (_dialogue is null)
        {
            string? refusal = await ReplayAsync(session, stop);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        string reply = await _dialogue!.AskAsync(".", stop); // opened now at the latest
        await _dialogue.QuitAsync();
        return reply;
    }

    public void Dispose()
    {
        _dialogue?.Dispose();
        _file?.Dispose();
        _fileOutput?.Dispose();
        Records.Dispose();
    }

    private async ValueTask<string?> ReplayAsync(Session session, CancellationToken stop)
    {
        _dialogue = await ProxyDialogue.OpenAsync(_filter, session, stop);
        foreach (string line in _held)
        {
            string reply = await _dialogue.AskAsync(line, stop);
            if (reply[0] != (Ascii.EqualsIgnoreCase(line, "DATA") ? '3' : '2'))
            {
                await _dialogue.QuitAsync();
                return reply;
            }
        }

        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(32 << 10);
        try
        {
            long offset = 0;
            int count;
            while ((count = Posix.PreadOnce(_file!, buffer, offset)) > 0) // opened with the transaction
            {
                offset += count;
                _dialogue.Output.Write(buffer.AsSpan(0, count));
                await _dialogue.FlushAsync(stop);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }

        return null;
    }

    private void OpenFile()
    {
        string path = $"incoming/.proxy-{Environment.ProcessId}-{Interlocked.Increment(ref _sequence)}";
        int errno = Posix.TryOpen(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180, out FileHandle file);
        if (errno != 0)
        {
            LogLines.Warning($"open {path}: {Errno.Text(errno)}");
            throw new ProxyException(Errno.Text(errno));
        }

        Posix.TryUnlink(path);
        _file = file;
        _fileOutput = new BufferedOutput(Stream.Null, 32 << 10, 1 << 10);
    }

    private void WriteFile(BufferedOutput output)
    {
        try
        {
            Posix.WriteAll(_file!, output.PendingBytes); // opened with the transaction
        }
        catch (LinuxException error)
        {
            LogLines.Warning(error.Message);
            throw new ProxyException(error.Reason);
        }

        output.Discard();
    }

    // The decoder writes whole records only.
    private void Convert(ReadOnlySpan<byte> records, BufferedOutput output)
    {
        while (!records.IsEmpty && RecordFormat.Parse(records, out int header, out int length) == RecordParse.Complete)
        {
            var type = (RecordType)records[0];
            ReadOnlySpan<byte> text = records.Slice(header, length);
            if (type is RecordType.Text or RecordType.ContinuedText)
            {
                // RFC 5321 §4.5.2: a dot at the start of a line is doubled.
                if (_startsLine && length > 0 && text[0] == '.')
                {
                    output.Write((byte)'.');
                }

                output.Write(text);
                _startsLine = type == RecordType.Text;
                if (_startsLine)
                {
                    output.Write("\r\n"u8);
                }
            }

            records = records[(header + length)..];
        }
    }
}
