using Mta.Mail.Addresses;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>
/// Streams the content of a message to a server: CRLF line ends, transparency (RFC 5321 §4.5.2) unless it goes in chunks, and a limit on the
/// length of lines. Memory does not depend on the size of the message.
/// </summary>
internal sealed class MessageWriter(SmtpSettings settings, SmtpTables tables, BufferedOutput output, Delivery.Delivery delivery, bool converts, ChunkSender? chunks = null)
{
    private const int FlushSize = 32 * 1024;
    private const int PieceSize = 4096;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly int _limit = settings.LineLengthLimit > 0 ? settings.LineLengthLimit : int.MaxValue;
    private int _column;
    private bool _hasBroken;

    /// <summary>Why the content cannot be converted; null when it can.</summary>
    public string? Error { get; private set; }

    /// <summary>Sends headers of our own and the content, without the line that ends it.</summary>
    /// <returns>False when the queue file is damaged; part of the content may have been sent.</returns>
    public async ValueTask<bool> WriteAsync(CancellationToken stop)
    {
        await WriteOwnHeadersAsync(stop);
        SevenBitConverter? converter = converts ? new SevenBitConverter(this, settings.HeaderSizeLimit, settings.BoundaryLengthLimit, settings.NestingLimit) : null;
        ContentEditor? editor = tables.EditsContent
            ? new ContentEditor(settings, tables.Checks, tables.Generic, delivery.QueueId, converter is null ? Add : converter.Add)
            : null;
        byte[] piece = editor is null ? [] : new byte[PieceSize];
        long sent = 0;
        long deadline = System.Environment.TickCount64 + (long)settings.DataTransferTimeout.TotalMilliseconds;
        using ContentReader content = delivery.File.Content(delivery.Request.ContentOffset);
        while (content.ReadChunk(out ReadOnlySpan<byte> text, out bool endsLine))
        {
            if (editor is not null)
            {
                await EditAsync(editor, Copy(text, ref piece), endsLine, stop);
            }
            else if (converter is null)
            {
                Add(text, endsLine);
            }
            else
            {
                converter.Add(text, endsLine);
            }

            Error = converter?.Error;
            if (Error is not null)
            {
                return true;
            }

            if (output.Pending >= FlushSize)
            {
                sent += output.Pending;
                if (chunks is null)
                {
                    await output.FlushAsync(stop);
                }
                else if (!await chunks.SendAsync(stop))
                {
                    return true;
                }

                if (settings.PerRequestDeadline && System.Environment.TickCount64 > deadline + (sent * 1000 / settings.MinDataRate))
                {
                    throw new TimeoutException("the server takes the content too slowly");
                }
            }
        }

        if (editor is not null)
        {
            await editor.FinishAsync(stop);
        }

        converter?.Finish();
        if (_column > 0)
        {
            output.Write("\r\n"u8);
        }

        return content.IsComplete;
    }

    private static ValueTask EditAsync(ContentEditor editor, ReadOnlyMemory<byte> text, bool endsLine, CancellationToken stop) =>
        editor.AddAsync(text, endsLine, stop);

    // The reader's bytes are gone at its next step, a table may need longer.
    private static ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> text, ref byte[] piece)
    {
        if (text.Length > piece.Length)
        {
            piece = new byte[text.Length];
        }

        text.CopyTo(piece);
        return piece.AsMemory(0, text.Length);
    }

    private async ValueTask WriteOwnHeadersAsync(CancellationToken stop)
    {
        HeaderFlags flags = settings.Flags;
        if (flags.ReturnPath)
        {
            WriteHeader("Return-Path: <", AddressSyntax.ToExternal(await tables.Generic.MapAsync(delivery.Request.Sender, stop)), ">");
        }

        if (!flags.NeedsOneRecipient || delivery.Request.Recipients.Count != 1)
        {
            return;
        }

        if (flags.OriginalTo)
        {
            string original = delivery.Request.Recipients[0].OriginalRecipient;
            WriteHeader("X-Original-To: ", AddressSyntax.ToExternal(await tables.Generic.MapAsync(original.Length > 0 ? original : delivery.Request.Recipients[0].Address, stop)), "");
        }

        if (flags.DeliveredTo)
        {
            WriteHeader("Delivered-To: ", AddressSyntax.ToExternal(await tables.Generic.MapAsync(delivery.Request.Recipients[0].Address, stop)), "");
        }
    }

    private void WriteHeader(string name, string value, string end)
    {
        output.Write(name);
        output.Write(Printable.Neutralize(value, allowUtf8: true));
        output.Write(end);
        output.Write("\r\n"u8);
    }

    /// <summary>Sends a piece of a line.</summary>
    public void Add(ReadOnlySpan<byte> text, bool endsLine)
    {
        // The usual case: a whole line in one piece.
        if (_column == 0 && endsLine && text.Length <= _limit)
        {
            Span<byte> line = output.GetSpan(text.Length + 3);
            int used = 0;
            if (text.Length > 0 && text[0] == (byte)'.' && chunks is null)
            {
                line[used++] = (byte)'.';
            }

            text.CopyTo(line[used..]);
            used += text.Length;
            line[used++] = (byte)'\r';
            line[used++] = (byte)'\n';
            output.Advance(used);
            return;
        }

        AddPart(text);
        if (endsLine)
        {
            output.Write("\r\n"u8);
            _column = 0;
        }
    }

    private void AddPart(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (_column == _limit)
            {
                NoteBreak();
                output.Write("\r\n "u8);
                _column = 1;
            }

            if (_column == 0 && text[0] == (byte)'.' && chunks is null)
            {
                output.Write((byte)'.');
            }

            int length = Math.Min(text.Length, _limit - _column);
            output.Write(text[..length]);
            _column += length;
            text = text[length..];
        }
    }

    private void NoteBreak()
    {
        if (!_hasBroken)
        {
            _hasBroken = true;
            Log.Info($"{delivery.QueueId}: breaking line > {_limit} bytes with <CR><LF>SPACE");
        }
    }
}
