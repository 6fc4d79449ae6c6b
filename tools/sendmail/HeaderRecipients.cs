using System.Buffers;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Addresses;
using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Sendmail;

/// <summary>A header does not fit header_size_limit.</summary>
internal sealed class HeaderTooLongException(string message) : Exception(message);

/// <summary>
/// Recipients from the headers (-t): To, Cc and Bcc, or Resent-To, Resent-Cc and Resent-Bcc as soon as there is one of
/// these. The headers pass on as they are; Bcc is removed later, by cleanup.
/// </summary>
internal sealed class HeaderRecipients
{
    private readonly int _sizeLimit;
    private readonly int _tokenLimit;
    private readonly int _lineLimit;
    private readonly ArrayBufferWriter<byte> _header = new(1024);
    private readonly List<string> _plain = [];
    private readonly List<string> _resent = [];
    private bool _inBody;
    private bool _hasResent;
    private bool _afterPartial;
    private bool _endsInLine = true;

    public HeaderRecipients(Configuration configuration)
    {
        _sizeLimit = configuration.Get(GlobalParameters.HeaderSizeLimit);
        _tokenLimit = configuration.Get(GlobalParameters.HeaderAddressTokenLimit);
        _lineLimit = configuration.Get(GlobalParameters.LineLengthLimit);
    }

    /// <summary>Internal form, in the order of the headers.</summary>
    public IReadOnlyList<string> Found => _hasResent ? _resent : _plain;

    /// <summary>Takes one record of the message.</summary>
    public void Take(BufferedOutput output, RecordType type, ReadOnlySpan<byte> text)
    {
        if (_inBody)
        {
            RecordWriter.Write(output, type, text);
            _endsInLine = type == RecordType.Text;
            return;
        }

        if (_afterPartial)
        {
            Append(text, newLine: false);
        }
        else if (_header.WrittenCount > 0 && HeaderSyntax.IsContinuation(text))
        {
            Append(text, newLine: true);
        }
        else
        {
            EndHeader(output);
            if (!HeaderSyntax.TryParseName(text, out _, out _))
            {
                _inBody = true;
                if (!text.IsEmpty || type != RecordType.Text)
                {
                    RecordWriter.Write(output, RecordType.Text);
                }

                RecordWriter.Write(output, type, text);
                _endsInLine = type == RecordType.Text;
                return;
            }

            Append(text, newLine: false);
        }

        _afterPartial = type == RecordType.ContinuedText;
    }

    /// <summary>The message has ended.</summary>
    public void Finish(BufferedOutput output)
    {
        EndHeader(output);
        if (!_endsInLine)
        {
            RecordWriter.Write(output, RecordType.Text);
        }
    }

    private void Append(ReadOnlySpan<byte> text, bool newLine)
    {
        if (_header.WrittenCount + text.Length > _sizeLimit)
        {
            throw new HeaderTooLongException("message header length exceeds safety limit");
        }

        if (newLine)
        {
            _header.Write("\n"u8);
        }

        _header.Write(text);
    }

    private void EndHeader(BufferedOutput output)
    {
        ReadOnlySpan<byte> header = _header.WrittenSpan;
        if (header.IsEmpty)
        {
            return;
        }

        HeaderSyntax.TryParseName(header, out int nameLength, out int colon);
        HeaderKind kind = HeaderTable.Find(header[..nameLength])?.Kind ?? HeaderKind.Other;
        if (kind is HeaderKind.To or HeaderKind.Cc or HeaderKind.Bcc)
        {
            Extract(header[(colon + 1)..], _plain);
        }
        else if (kind is HeaderKind.ResentTo or HeaderKind.ResentCc or HeaderKind.ResentBcc)
        {
            _hasResent = true;
            Extract(header[(colon + 1)..], _resent);
        }

        // The obsolete blank before the colon (RFC 5322 §4.5) goes.
        RemoveBlanks(ref header, nameLength, colon);
        while (true)
        {
            int end = header.IndexOf((byte)'\n');
            RecordWriter.WriteText(output, end < 0 ? header : header[..end], _lineLimit);
            if (end < 0)
            {
                break;
            }

            header = header[(end + 1)..];
        }

        _header.ResetWrittenCount();
    }

    private static void RemoveBlanks(ref ReadOnlySpan<byte> header, int nameLength, int colon)
    {
        if (colon > nameLength)
        {
            header = (byte[])[.. header[..nameLength], .. header[colon..]];
        }
    }

    private void Extract(ReadOnlySpan<byte> value, List<string> recipients)
    {
        foreach (AddressNode address in AddressList.Parse(ByteString.FromBytes(value), _tokenLimit).Addresses)
        {
            string recipient = address.ToInternal();
            if (recipient.Length > 0)
            {
                recipients.Add(recipient);
            }
        }
    }
}
