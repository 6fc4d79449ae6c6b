using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// What happens to one logical header (its lines separated by LF), and to the header section as a whole when it ends:
/// counting, rewriting of addresses, removal, headers that are missing.
/// </summary>
internal sealed class HeaderStage(Message message, ContentChecks checks)
{
    private const string BodyEncoding = "8bit";
    private readonly CleanupSettings _settings = message.Settings;
    private readonly HeaderLines _lines = new(message);
    private ulong _seen;
    private int _hops;
    private bool _isResent;
    private bool _messageIdLogged;
    private bool _hasRequireTls;

    /// <summary>Whether a header must go through tables or services: <see cref="TakeAsync"/> then, not <see cref="Take"/>.</summary>
    public bool NeedsTables(ReadOnlySpan<byte> header, MimePlace place)
    {
        if (!message.MayWrite)
        {
            return false;
        }

        HeaderSyntax.TryParseName(header, out int nameLength, out int colon);
        HeaderInfo? info = HeaderTable.Find(header[..nameLength]);
        return checks.TableFor(info, place) is not null || NeedsRewriting(info, header[(colon + 1)..], place);
    }

    /// <summary>A header that needs no tables.</summary>
    public void Take(ReadOnlySpan<byte> header, MimeState mime)
    {
        Follow(header, mime);
        TakeChecked(header, mime);
    }

    /// <inheritdoc cref="Take"/>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> header, MimeState mime, CancellationToken stop)
    {
        Follow(header.Span, mime);
        bool isReplaced = false;
        if (message.MayWrite && checks.TableFor(InfoOf(header.Span), mime.Place) is { } table)
        {
            if (!checks.TryCheck(table, isHeader: true, Canonical(header.Span), out CheckOutcome outcome))
            {
                outcome = await checks.CheckAsync(table, isHeader: true, ByteString.FromBytes(Canonical(header.Span)), stop);
            }

            switch (outcome.Verdict)
            {
                case CheckVerdict.Remove:
                    return;
                case CheckVerdict.Replace:
                    header = ByteString.ToBytes(outcome.Text);
                    isReplaced = true;
                    break;
                case CheckVerdict.Prepend:
                    _lines.WriteText(outcome.Text);
                    break;
                case CheckVerdict.Keep:
                    break;
            }
        }

        HeaderSyntax.TryParseName(header.Span, out int nameLength, out int colon);
        if (!message.MayWrite || !NeedsRewriting(HeaderTable.Find(header.Span[..nameLength]), header.Span[(colon + 1)..], mime.Place))
        {
            TakeChecked(header.Span, mime, isReplaced);
            return;
        }

        HeaderInfo info = Identify(header.Span, mime, out nameLength, out colon)!; // NeedsRewriting found it
        bool isSender = info.Addresses == HeaderAddressClass.Sender;
        AddressClass kind = isSender ? AddressClass.HeaderSender : AddressClass.HeaderRecipient;
        RewriteContext rewriteContext = message.HeaderContext!.Value; // as above
        string? rewritten = await AddressHeader.RewriteAsync(
            ByteString.FromBytes(header.Span[..nameLength]),
            ByteString.FromBytes(header.Span[(colon + 1)..]),
            _settings.HeaderAddressTokenLimit,
            node => message.Context.Addresses.HeaderAsync(message, kind, rewriteContext, node, stop),
            LogLines.StrippedComments);
        if (rewritten is null)
        {
            _lines.Write(header.Span, isReplaced ? colon : nameLength, colon);
        }
        else
        {
            _lines.WriteRewritten(rewritten);
        }
    }

    /// <summary>At the end of the primary header: what is missing.</summary>
    /// <param name="isBadEnd">By a line that is neither empty nor a header.</param>
    public void EndPrimary(bool isBadEnd)
    {
        if (!message.MayWrite)
        {
            return;
        }

        if (_hops == 0)
        {
            message.Reject("no Received: header");
            return;
        }

        string prefix = _isResent ? "Resent-" : "";
        if (message.HeaderContext is not null || _settings.AlwaysAddMissingHeaders)
        {
            AddMessageId(prefix);
            if (!HasSeen(_isResent ? HeaderKind.ResentDate : HeaderKind.Date))
            {
                _lines.WriteText($"{prefix}Date: {HeaderDate.Format(message.ArrivalTime)}");
            }

            if (!HasSeen(_isResent ? HeaderKind.ResentFrom : HeaderKind.From))
            {
                _lines.WriteText(FromHeader.Compose(prefix, message.Sender ?? "", message.FullName, _settings.ObsoleteFromFormat, _settings.FullNameCharset));
            }

            if (_settings.UndisclosedRecipientsHeader.Length > 0 && !HasSeen(HeaderKind.To) && !HasSeen(HeaderKind.Cc)
                && !HasSeen(HeaderKind.ResentTo) && !HasSeen(HeaderKind.ResentCc))
            {
                AddUndisclosed();
            }
        }

        if (_settings.UsesRequireTlsHeader && !_hasRequireTls && (message.SendOptions & SendOptions.RequireTls) != 0)
        {
            _lines.WriteText("Require-TLS-ESMTP: yes");
        }

        if (isBadEnd && _settings.BadHeaderEnd == BadHeaderEnd.AddHeader)
        {
            _lines.WriteText("MIME-Error: message header was not terminated by empty line");
        }

        if (!_messageIdLogged)
        {
            LogLines.MessageId(message.Id, "<>", resent: false);
        }
    }

    private static HeaderInfo? InfoOf(ReadOnlySpan<byte> header)
    {
        HeaderSyntax.TryParseName(header, out int nameLength, out _);
        return HeaderTable.Find(header[..nameLength]);
    }

    // What checks see: no blanks before the colon.
    private static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> header)
    {
        HeaderSyntax.TryParseName(header, out int nameLength, out int colon);
        return nameLength == colon ? header : (byte[])[.. header[..nameLength], .. header[colon..]];
    }

    private bool NeedsRewriting(HeaderInfo? info, ReadOnlySpan<byte> value, MimePlace place)
    {
        if (place != MimePlace.PrimaryHeader || message.HeaderContext is null || info is null
            || info.Addresses == HeaderAddressClass.None || _settings.IsDropped(info, default))
        {
            return false;
        }

        return (message.MayMap && message.Context.HasHeaderMaps) || !PlainAddresses.Are(value);
    }

    // The structure is what came, whatever checks make of it.
    private void Follow(ReadOnlySpan<byte> header, MimeState mime)
    {
        HeaderSyntax.TryParseName(header, out int nameLength, out int colon);
        HeaderInfo? info = HeaderTable.Find(header[..nameLength]);
        if (info?.Kind == HeaderKind.Received)
        {
            _hops++;
        }

        mime.TakeHeader(info, header, colon);
    }

    // What an administrator wrote in a table stands as it was written.
    private void TakeChecked(ReadOnlySpan<byte> header, MimeState mime, bool isReplaced = false)
    {
        if (!message.MayWrite)
        {
            return;
        }

        HeaderInfo? info = Identify(header, mime, out int nameLength, out int colon);
        if (mime.Place != MimePlace.PrimaryHeader || !IsRemoved(info, header[..nameLength]))
        {
            _lines.Write(header, isReplaced ? colon : nameLength, colon);
        }
    }

    private HeaderInfo? Identify(ReadOnlySpan<byte> header, MimeState mime, out int nameLength, out int colon)
    {
        HeaderSyntax.TryParseName(header, out nameLength, out colon);
        HeaderInfo? info = HeaderTable.Find(header[..nameLength]);
        NoteUtf8(header, mime);
        if (info is null)
        {
            return null;
        }

        ReadOnlySpan<byte> value = header[(colon + 1)..];
        if (info.Kind == HeaderKind.Received && mime.Place == MimePlace.PrimaryHeader && _hops >= _settings.HopcountLimit)
        {
            LogLines.Rejected(message.Id, "hopcount exceeded");
            message.Fail(CleanupStatus.Hops);
        }
        else if (info.Kind == HeaderKind.ContentTransferEncoding)
        {
            TransferEncoding(value);
        }

        if (mime.Place == MimePlace.PrimaryHeader)
        {
            _seen |= 1UL << (int)info.Kind;
            _isResent |= info.IsResent;
            PrimaryHeader(info, value);
        }

        return info;
    }

    private void PrimaryHeader(HeaderInfo info, ReadOnlySpan<byte> value)
    {
        switch (info.Kind)
        {
            case HeaderKind.MessageId or HeaderKind.ResentMessageId:
                bool resent = info.Kind == HeaderKind.ResentMessageId;
                _messageIdLogged |= !resent;
                LogLines.MessageId(message.Id, ByteString.FromBytes(value).TrimStart(' ', '\t', '\n'), resent);
                break;
            case HeaderKind.RequireTlsEsmtp when _settings.UsesRequireTlsHeader && Ascii.EqualsIgnoreCase(value.Trim(" \t\n"u8), "yes"u8):
                _hasRequireTls = true;
                message.SendOptions |= SendOptions.RequireTls;
                break;
            case HeaderKind.TlsRequired when _settings.TlsRequiredEnable:
                if (Ascii.EqualsIgnoreCase(value.Trim(" \t\n"u8), "no"u8))
                {
                    message.SendOptions |= SendOptions.TlsNotRequired;
                }
                else
                {
                    LogLines.Warning(message.Id, $"ignoring unknown header value: \"TLS-Required:{ByteString.FromBytes(value)}\"");
                }

                break;
        }
    }

    private void TransferEncoding(ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t\n"u8);
        if (_settings.Detect8BitEncodingHeader && (Ascii.EqualsIgnoreCase(value, "8bit"u8) || Ascii.EqualsIgnoreCase(value, "binary"u8)))
        {
            message.Encoding = BodyEncoding;
        }
    }

    private void NoteUtf8(ReadOnlySpan<byte> header, MimeState mime)
    {
        if (_settings.SmtpUtf8Enable && mime.Place == MimePlace.PrimaryHeader && !Ascii.IsAscii(header))
        {
            message.SendOptions |= SendOptions.Utf8Header;
            if ((message.Flags & CleanupFlags.AutoUtf8) != 0)
            {
                message.SendOptions |= SendOptions.SmtpUtf8Requested;
            }
        }
    }

    private bool IsRemoved(HeaderInfo? info, ReadOnlySpan<byte> name) => info is { IsMime: true } ? false : _settings.IsDropped(info, name);

    private bool HasSeen(HeaderKind kind) => (_seen & (1UL << (int)kind)) != 0;

    private void AddMessageId(string prefix)
    {
        if (HasSeen(_isResent ? HeaderKind.ResentMessageId : HeaderKind.MessageId))
        {
            return;
        }

        string value = GeneratedHeaders.MessageId(message.Id, message.File.CreationTime, _settings.MyHostname, _settings.Queue.LongIds);
        _lines.WriteText($"{prefix}Message-Id: {value}");
        LogLines.MessageId(message.Id, value, _isResent);
        _messageIdLogged |= !_isResent;
    }

    private void AddUndisclosed()
    {
        if (HeaderSyntax.TryParseName(ByteString.ToBytes(_settings.UndisclosedRecipientsHeader), out _, out _))
        {
            _lines.WriteText(_settings.UndisclosedRecipientsHeader);
        }
        else
        {
            LogLines.TableMistake($"bad undisclosed_recipients_header header text \"{_settings.UndisclosedRecipientsHeader}\" -- need \"headername: headervalue\"");
        }
    }
}
