using System.Globalization;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// Recipients: rewriting, mapping, aliases, automatic copies, duplicates. Each one written is a group of records:
/// NOTIFY, ORCPT, original recipient, recipient.
/// </summary>
internal sealed class RecipientStage(Message message)
{
    private string? _original;
    private string? _dsnOriginal;
    private int _notify;

    private (string Original, string Address, string DsnOriginal, int Notify) _first;
    private HashSet<string>? _seen;

    public void SetOriginal(string original)
    {
        if (_original is not null)
        {
            LogLines.Warning(message.Id, $"ignoring out-of-order original recipient record <{_original}>");
        }

        _original = original;
    }

    public void SetDsnOriginal(string dsnOriginal)
    {
        if (_dsnOriginal is not null)
        {
            LogLines.Warning(message.Id, $"ignoring out-of-order DSN original recipient record <{_dsnOriginal}>");
        }

        if (!dsnOriginal.Contains(';'))
        {
            LogLines.Warning(message.Id, $"ignoring malformed DSN original recipient <{dsnOriginal}>");
            return;
        }

        _dsnOriginal = dsnOriginal;
    }

    public void SetNotify(ReadOnlySpan<byte> data)
    {
        if (_notify != 0)
        {
            LogLines.Warning(message.Id, "ignoring out-of-order DSN notify record");
        }

        // NEVER stands alone (RFC 3461 §4.1).
        if (!RecordText.TryParseNumber(data, out long mask) || mask is <= 0 or > 15 || ((mask & 1) != 0 && mask != 1))
        {
            LogLines.Warning(message.Id, $"ignoring malformed DSN notify record <notify_flags={ByteString.FromBytes(data)}>");
            return;
        }

        _notify = (int)mask;
        message.NotifyMasks |= (int)mask;
    }

    public void ForgetPending()
    {
        _original = _dsnOriginal = null;
        _notify = 0;
    }

    /// <summary>A recipient from the client, internal form.</summary>
    public async ValueTask AddAsync(string recipient, CancellationToken stop)
    {
        string original = _original ?? recipient;
        string dsnOriginal = _dsnOriginal ?? "";
        int notify = _notify;
        ForgetPending();

        string address = recipient.Length > 0 ? recipient : message.Settings.EmptyAddressRecipient;
        address = await message.Context.Addresses.RecipientAsync(message, address, stop);
        if (message.Settings.SmtpUtf8Enable && (message.Flags & CleanupFlags.AutoUtf8) != 0 && !Ascii.IsAscii(address) && ByteString.TryToUnicode(address, out _))
        {
            message.SendOptions |= SendOptions.SmtpUtf8Requested;
        }

        if (dsnOriginal.Length == 0 && address.Length > 0)
        {
            bool isUtf8 = !Ascii.IsAscii(address) && (message.SendOptions & SendOptions.SmtpUtf8Requested) != 0;
            dsnOriginal = (isUtf8 ? "utf-8;" : "rfc822;") + address;
        }

        message.Recipient = address;
        await ExpandAsync(original, address, dsnOriginal, notify, stop);
        if ((message.Flags & CleanupFlags.Bcc) != 0)
        {
            await BccAsync(message.Context.RecipientBcc, address, stop);
        }
    }

    /// <summary>The copy that <c>sender_bcc_maps</c> asks for.</summary>
    public async ValueTask SenderBccAsync(string sender, CancellationToken stop)
    {
        if ((message.Flags & CleanupFlags.Bcc) != 0)
        {
            await BccAsync(message.Context.SenderBcc, sender, stop);
        }
    }

    /// <summary>At the end of the message: <c>always_bcc</c> and what checks asked for.</summary>
    public async ValueTask FinishAsync(CancellationToken stop)
    {
        if (message.Recipients > 0 && (message.Flags & CleanupFlags.Bcc) != 0 && message.Settings.AlwaysBcc.Length > 0)
        {
            await AddBccAsync(message.Settings.AlwaysBcc, stop);
        }

        foreach (string bcc in message.CheckBccs)
        {
            await AddBccAsync(bcc, stop);
        }

        if (message.Recipients == 0 && !message.IsAnswered)
        {
            message.Fail(CleanupStatus.NoRecipients);
        }
    }

    private async ValueTask BccAsync(Mail.AddressLookup table, string key, CancellationToken stop)
    {
        if (table.Tables.IsEmpty || key.Length == 0 || !message.MayWrite)
        {
            return;
        }

        Mail.AddressLookupResult result = await table.FindAsync(key, Mail.AddressForm.ExternalThenInternal, stop: stop);
        if (result.IsFailed)
        {
            message.LookupFailed(table.Tables.Title);
        }
        else if (result.IsFound)
        {
            await AddBccAsync(result.Value, stop);
        }
    }

    /// <summary>A recipient that a filter adds, internal form.</summary>
    public async ValueTask AddByFilterAsync(string recipient, string dsnOriginal, int notify, CancellationToken stop)
    {
        string address = await message.Context.Addresses.BccAsync(message, recipient, stop);

        // The queue manager asks for a report only where this says that somebody wants one.
        message.NotifyMasks |= notify & (int)DsnNotify.Success;
        await ExpandAsync(address, address, dsnOriginal, notify, stop);
    }

    /// <summary>A filter has removed a recipient: it may come again.</summary>
    public void Forget(string recipient)
    {
        if (AddressSyntax.EqualsIgnoreCase(_first.Original, recipient))
        {
            _first = default;
        }

        string part = $"\n{Ascii.ToLower(recipient)}\n";
        _seen?.RemoveWhere(key => key.Contains(part, StringComparison.Ordinal));
    }

    private async ValueTask AddBccAsync(string bcc, CancellationToken stop)
    {
        string address = await message.Context.Addresses.BccAsync(message, bcc, stop);
        await ExpandAsync(address, address, "", (int)DsnNotify.Never, stop);
    }

    private async ValueTask ExpandAsync(string original, string address, string dsnOriginal, int notify, CancellationToken stop)
    {
        if (!message.MayMap || message.Context.Virtual.Tables.IsEmpty || address.Length == 0)
        {
            Output(original, address, dsnOriginal, notify);
            return;
        }

        List<string>? results = await message.Context.Addresses.ExpandAsync(message, address, stop);
        if (results is null)
        {
            // The error is set; the address stays for a bounce or a log line.
            Output(original, address, dsnOriginal, notify);
            return;
        }

        bool isProbe = (message.TraceFlags & DeliveryFlags.MtaVerify) != 0;
        if (isProbe && results.Count > 1)
        {
            await message.Context.Verify.AliasWithManyResultsAsync(message, original, address, dsnOriginal, stop);
            return;
        }

        // RFC 3461 §5.2.7.2: a multiplied or renamed recipient is reported as expanded, once, by us.
        bool isExpanded = results.Count > 1 || !Ascii.EqualsIgnoreCase(results[0], address);
        if (isExpanded && (notify & (int)DsnNotify.Success) != 0)
        {
            await message.Context.Trace.ExpandedAsync(message, original, address, dsnOriginal, notify, stop);
            notify = notify == (int)DsnNotify.Success ? (int)DsnNotify.Never : notify & ~(int)DsnNotify.Success;
        }

        foreach (string result in results)
        {
            Output(original, result, dsnOriginal, notify);
        }
    }

    private void Output(string original, string address, string dsnOriginal, int notify)
    {
        if (IsDuplicate(original, address, dsnOriginal, notify))
        {
            return;
        }

        if (notify != 0)
        {
            message.WriteAttribute(QueueAttribute.NotifyFlags, notify.ToString(CultureInfo.InvariantCulture));
        }

        if (dsnOriginal.Length > 0)
        {
            message.WriteAttribute(QueueAttribute.DsnOriginalRecipient, dsnOriginal);
        }

        message.Write(RecordType.OriginalRecipient, original);
        message.Write(RecordType.Recipient, address);
        message.Recipients++;
    }

    // Most messages have one recipient: the set is made for the second.
    private bool IsDuplicate(string original, string address, string dsnOriginal, int notify)
    {
        if (_seen is null)
        {
            if (_first.Address is null)
            {
                _first = (original, address, dsnOriginal, notify);
                return false;
            }

            _seen = new HashSet<string>(StringComparer.Ordinal) { Key(_first.Original, _first.Address, _first.DsnOriginal, _first.Notify) };
        }

        string key = Key(original, address, dsnOriginal, notify);
        if (_seen.Count >= message.Settings.DuplicateFilterLimit && message.Settings.DuplicateFilterLimit > 0)
        {
            return _seen.Contains(key);
        }

        return !_seen.Add(key);
    }

    private string Key(string original, string address, string dsnOriginal, int notify) => Ascii.ToLower(
        message.Settings.EnableOriginalRecipient ? $"{dsnOriginal}\n{notify}\n{original}\n{address}" : address);
}
