using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>
/// The logs <c>bounce/ID</c>, <c>defer/ID</c> and <c>trace/ID</c>: what became of the recipients of a message since
/// it was last reported. Entries are only ever appended, each under an exclusive lock and flushed before the agent
/// hears of success; an entry that could not be completed is cut off again.
/// </summary>
public static class BounceLog
{
    /// <summary>Formats an entry: an empty line, the line for old readers, <c>name=value</c> lines, an empty line.</summary>
    /// <param name="oldReaders">Also write <c>&lt;recipient&gt;: reason</c> (<c>backwards_bounce_logfile_compatibility</c>).</param>
    /// <param name="allowUtf8">Keep valid UTF-8.</param>
    public static byte[] Format(DeliveryRecipient recipient, Protocols.Dsn dsn, bool oldReaders, bool allowUtf8)
    {
        System.Text.StringBuilder text = new(512);
        string address = recipient.Address.Length == 0 ? "" : Clean(AddressSyntax.ToExternal(recipient.Address));
        text.Append('\n');
        if (oldReaders)
        {
            text.Append('<').Append(address).Append(">: ").Append(Clean(dsn.Reason)).Append('\n');
        }

        text.Append("recipient=").Append(address.Length == 0 ? "<>" : address).Append('\n');
        if (recipient.OriginalRecipient.Length > 0 && !Ascii.EqualsIgnoreCase(recipient.OriginalRecipient, recipient.Address))
        {
            Add("original_recipient", AddressSyntax.ToExternal(recipient.OriginalRecipient));
        }

        if (recipient.Offset > 0)
        {
            text.Append("offset=").Append(recipient.Offset).Append('\n');
        }

        Add("dsn_orig_rcpt", recipient.DsnOriginalRecipient);
        if (recipient.Notify != DsnNotify.None)
        {
            text.Append("notify_flags=").Append((int)recipient.Notify).Append('\n');
        }

        Add("status", dsn.Status);
        Add("action", dsn.Action);
        if (dsn.DiagnosticType.Length > 0 && dsn.DiagnosticText.Length > 0)
        {
            Add("diag_type", dsn.DiagnosticType);
            Add("diag_text", dsn.DiagnosticText);
        }

        if (dsn.MtaType.Length > 0 && dsn.MtaName.Length > 0)
        {
            Add("mta_type", dsn.MtaType);
            Add("mta_mname", dsn.MtaName);
        }

        Add("reason", dsn.Reason);
        text.Append('\n');
        return ByteString.ToBytes(text.ToString());

        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                text.Append(name).Append('=').Append(Clean(value)).Append('\n');
            }
        }

        string Clean(string value) => Printable.Neutralize(value, allowUtf8);
    }

    /// <summary>
    /// Opens a log for appending, making it (0600) and its hash directories when they are missing. The caller locks,
    /// appends and disposes.
    /// </summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public static FileHandle OpenForAppend(QueueDirectory directory, string service, QueueId id)
    {
        const OpenFlags Flags = OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.Create | OpenFlags.NoFollow;
        string path = directory.PathOf(service, id);
        int errno = Posix.TryOpen(path, Flags, 0x180, out FileHandle file);
        if (errno == Errno.ENOENT && directory.IsHashed(service))
        {
            directory.MakeHashDirectories(service, id);
            errno = Posix.TryOpen(path, Flags, 0x180, out file);
        }

        return errno == 0 ? file : throw new LinuxException(errno, "open", path);
    }

    /// <summary>Appends an entry to a log whose exclusive lock the caller holds, and flushes it.</summary>
    /// <exception cref="LinuxException">Nothing was added: what had been written was cut off again.</exception>
    public static void Append(FileHandle file, ReadOnlySpan<byte> entry)
    {
        long end = Posix.SeekToEnd(file);
        try
        {
            Posix.WriteAll(file, entry);
            Posix.Fsync(file);
        }
        catch (LinuxException)
        {
            Posix.Ftruncate(file, end);
            throw;
        }
    }
}
