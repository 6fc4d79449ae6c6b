using System.Globalization;
using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Milter;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// What one filter asks for, done in the queue file. New records go behind the end of the file and are linked last, by
/// one pointer over a place that was kept for it: until then the message is what it was.
/// </summary>
internal sealed class MilterChanges(Message message, MilterStage stage)
{
    private readonly ContentChecks _checks = new(message);
    private MilterBody? _body;

    /// <summary>A filter wants the message held.</summary>
    public bool IsHeld { get; private set; }

    private MilterSlots Slots => stage.Slots;

    /// <summary>Takes a piece of a replacement body: nothing refers to it yet.</summary>
    public void Body(ReadOnlySpan<byte> piece) => (_body ??= new MilterBody(message, Slots)).Add(piece);

    /// <summary>Does everything that was asked for, in its order.</summary>
    public async ValueTask ApplyAsync(List<MilterEdit> edits, CancellationToken stop)
    {
        message.File.SizeLimit = 0;
        (string filter, string redirect) = (message.Filter, message.Redirect);
        // Closed before other records come behind it; linked when everything else is done.
        _body?.End();

        foreach (MilterEdit edit in edits)
        {
            if (!message.MayWrite)
            {
                return;
            }

            try
            {
                await ApplyAsync(edit, stop);
            }
            catch (LinuxException error)
            {
                message.WriteFailed(error);
            }
        }

        if (message.MayWrite && (message.Filter, message.Redirect) != (filter, redirect))
        {
            WriteFindings(message.Filter != filter, message.Redirect != redirect);
        }

        if (_body is not null && message.MayWrite)
        {
            Slots.Link(Slots.Headers.Offset, _body.Offset);
            Slots.Headers = Slots.Headers with { Target = _body.Offset };
        }
    }

    private async ValueTask ApplyAsync(MilterEdit edit, CancellationToken stop)
    {
        switch (edit.Kind)
        {
            case MilterEditKind.AddHeader:
            case MilterEditKind.InsertHeader:
            case MilterEditKind.ChangeHeader:
                string header = $"{edit.Name}:{(edit.KeepsSpace ? "" : " ")}{edit.Value}";
                bool isRemoved = edit.Kind == MilterEditKind.ChangeHeader && edit.Value.Length == 0;
                if (!isRemoved)
                {
                    CheckOutcome outcome = await _checks.CheckMilterHeaderAsync(header, stage.Origin, stop);
                    await AddCheckBccsAsync(stop);
                    if (outcome.Verdict == CheckVerdict.Remove || !message.MayWrite)
                    {
                        return;
                    }

                    header = outcome.Verdict == CheckVerdict.Replace ? outcome.Text : header;
                }

                switch (edit.Kind)
                {
                    case MilterEditKind.AddHeader:
                        AddHeader(header);
                        break;
                    case MilterEditKind.InsertHeader:
                        InsertHeader(edit.Index, header);
                        break;
                    default:
                        ChangeHeader(edit, isRemoved ? null : header);
                        break;
                }

                break;
            case MilterEditKind.ChangeSender:
                await ChangeSenderAsync(edit, stop);
                break;
            case MilterEditKind.AddRecipient:
                await AddRecipientAsync(edit, stop);
                break;
            case MilterEditKind.DeleteRecipient:
                DeleteRecipient(Internal(edit.Name));
                break;
            case MilterEditKind.Quarantine:
                IsHeld = true;
                break;
        }
    }

    // Recipients that milter_header_checks ask for.
    private async ValueTask AddCheckBccsAsync(CancellationToken stop)
    {
        foreach (string bcc in message.CheckBccs)
        {
            await AddRecipientAsync(new MilterEdit(MilterEditKind.AddRecipient, 0, bcc, "", KeepsSpace: false), stop);
        }

        message.CheckBccs.Clear();
    }

    // What milter_header_checks found goes where the findings of the other checks are: the last one counts.
    private void WriteFindings(bool hasFilter, bool hasRedirect) => Slots.Meta = Slots.Insert(Slots.Meta, () =>
    {
        if (hasFilter)
        {
            message.Write(RecordType.Filter, message.Filter);
        }

        if (hasRedirect)
        {
            message.Write(RecordType.Redirect, message.Redirect);
        }
    });

    private void AddHeader(string header) => Slots.Headers = Slots.Insert(Slots.Headers, () => WriteHeader(header));

    private void InsertHeader(uint index, string header)
    {
        QueueHeaders headers = Headers(out RecordFileReader reader);
        using (reader)
        {
            for (uint i = 0; headers.ReadNext(); i++)
            {
                if (i == index)
                {
                    long block = message.File.Position;
                    WriteHeader(header);
                    message.Write(headers.FirstType, headers.First);
                    Slots.PadHeader(headers.First.Length);
                    Slots.WritePointer(headers.AfterFirst);
                    Slots.Link(headers.Offset, block);
                    return;
                }
            }
        }

        AddHeader(header);
    }

    private void ChangeHeader(MilterEdit edit, string? header)
    {
        uint wanted = Math.Max(edit.Index, 1);
        byte[] name = ByteString.ToBytes(edit.Name);
        bool isOwn = true;
        QueueHeaders headers = Headers(out RecordFileReader reader);
        using (reader)
        {
            while (headers.ReadNext())
            {
                if (isOwn && Ascii.EqualsIgnoreCase(headers.Name, "Received"u8))
                {
                    isOwn = false;
                    continue;
                }

                if (!Ascii.EqualsIgnoreCase(headers.Name, name) || --wanted > 0)
                {
                    continue;
                }

                long target = headers.After;
                if (header is not null)
                {
                    target = message.File.Position;
                    WriteHeader(header);
                    Slots.WritePointer(headers.After);
                }

                Slots.Link(headers.Offset, target);
                return;
            }
        }

        if (header is not null)
        {
            AddHeader(header);
        }
    }

    private async ValueTask ChangeSenderAsync(MilterEdit edit, CancellationToken stop)
    {
        string sender = await message.Context.Addresses.SenderAsync(message, Internal(edit.Name), stop);
        message.Sender = sender;
        bool returns = false;
        bool identifies = false;
        foreach (string word in Words(edit.Value))
        {
            if (Ascii.EqualsIgnoreCase(word, "RET=HDRS") || Ascii.EqualsIgnoreCase(word, "RET=FULL"))
            {
                message.Ret = Ascii.EqualsIgnoreCase(word, "RET=FULL") ? DsnReturn.Full : DsnReturn.Headers;
                returns = true;
            }
            else if (Ascii.StartsWithIgnoreCase(word, "ENVID=") && Mail.Xtext.TryDecode(word["ENVID=".Length..], out string id) && Mail.Xtext.IsPrintable(id) && id.Length > 0)
            {
                message.EnvelopeId = id;
                identifies = true;
            }
            else
            {
                LogLines.Warning($"Ignoring bad ESMTP parameter \"{word}\" in SMFI_CHGFROM request");
            }
        }

        long block = message.File.Position;
        if (identifies)
        {
            message.WriteAttribute(QueueAttribute.EnvelopeId, message.EnvelopeId);
        }

        if (returns)
        {
            message.WriteAttribute(QueueAttribute.ReturnFlags, ((int)message.Ret).ToString(CultureInfo.InvariantCulture));
        }

        message.Write(RecordType.Sender, sender);
        Slots.WritePointer(Slots.Sender.Target);
        Slots.Link(Slots.Sender.Offset, block);
    }

    private async ValueTask AddRecipientAsync(MilterEdit edit, CancellationToken stop)
    {
        string recipient = Internal(edit.Name);
        if (recipient.Length == 0)
        {
            LogLines.Warning(message.Id, "ignoring attempt from Milter to add null recipient");
            return;
        }

        int notify = 0;
        string original = "";
        foreach (string word in Words(edit.Value))
        {
            if (!DsnParameters.TryTake(word, ref notify, ref original))
            {
                LogLines.BadParameter(message.Id, word);
            }
        }

        if (!Slots.Recipients.Exists || stage.Recipients is null)
        {
            return;
        }

        long block = message.File.Position;
        await stage.Recipients.AddByFilterAsync(recipient, original, notify, stop);
        if (message.File.Position > block)
        {
            Slots.Recipients = Slots.Relink(Slots.Recipients, block);
        }
    }

    // Every recipient that came of the address, or is it, is no longer delivered to.
    private void DeleteRecipient(string address)
    {
        message.File.Flush();
        using var reader = new RecordFileReader(message.File.File, 0);
        string? original = null;
        while (reader.Read(out RecordType type, out ReadOnlySpan<byte> data) == RecordRead.Record && type != RecordType.End)
        {
            if (type == RecordType.Message)
            {
                reader.Seek(Slots.Extracted);
                continue;
            }

            switch (type)
            {
                case RecordType.OriginalRecipient:
                    original = ByteString.FromBytes(data);
                    break;
                case RecordType.Recipient or RecordType.Done or RecordType.Canceled:
                    string known = message.Settings.EnableOriginalRecipient && original is { Length: > 0 } ? original : ByteString.FromBytes(data);
                    if (type == RecordType.Recipient && known == address)
                    {
                        message.File.Overwrite(reader.RecordOffset, [(byte)RecordType.Canceled]);
                    }

                    original = null;
                    break;
            }
        }

        stage.Recipients?.Forget(address);
    }

    private QueueHeaders Headers(out RecordFileReader reader)
    {
        message.File.Flush();
        reader = new RecordFileReader(message.File.File, message.DataOffset);
        return new QueueHeaders(reader);
    }

    // Lines are separated by LF; those behind the first must begin with white space or would be headers of their own.
    private void WriteHeader(string header)
    {
        bool isFirst = true;
        foreach (string part in header.Split('\n'))
        {
            string line = part.TrimEnd('\r');
            if (!isFirst && (line.Length == 0 || line[0] is not (' ' or '\t')))
            {
                line = "\t" + line;
            }

            message.WriteText(RecordType.Text, ByteString.ToBytes(line));
            if (isFirst && line.Length <= message.Settings.LineLengthLimit)
            {
                Slots.PadHeader(line.Length);
            }

            isFirst = false;
        }
    }

    private static string Internal(string address) => SmtpPath.TryParse(address.Trim(), strict: false, out string plain) ? plain : "";

    private static string[] Words(string arguments) => arguments.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
