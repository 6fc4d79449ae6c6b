using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Text;
using NLog;

namespace Mta.Local;

/// <summary>Delivers to the addresses of an alias, an <c>:include:</c> file or a <c>.forward</c> file.</summary>
internal sealed class ListDelivery(LocalAgent local)
{
    private const string Include = ":include:";
    private const string ConfigurationError = "mail system configuration error";
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Delivers to one address in internal form.</summary>
    /// <param name="parent">Whose expansion it is from.</param>
    public async ValueTask<bool> DeliverAsync(Expansion expansion, Addressee parent, string address, CancellationToken stop)
    {
        Addressee addressee = parent with { Level = parent.Level + 1 };
        if (address.StartsWith('/'))
        {
            return await local.Files.DeliverAsync(expansion, addressee, address, stop);
        }

        if (address.StartsWith('~'))
        {
            return await DeliverToHomeFileAsync(expansion, addressee, address, stop);
        }

        if (address.StartsWith('|'))
        {
            return local.Settings.MailToCommands.Contains(addressee.Type)
                ? await local.Commands.DeliverAsync(expansion, addressee, address[1..], stop)
                : await local.FailedAsync(expansion, addressee, "5.7.1", "mail to command is restricted", stop);
        }

        if (address.StartsWith(Include, StringComparison.OrdinalIgnoreCase))
        {
            return await local.Includes.DeliverAsync(expansion, addressee, address[Include.Length..], stop);
        }

        return await ResolveAsync(expansion, addressee, address, stop);
    }

    /// <summary>Delivers to the addresses of an open file, line by line, until one cannot be delivered now.</summary>
    /// <returns>Whether the outcome is final, and how many addresses were met.</returns>
    public async ValueTask<(bool IsFinal, int Count)> DeliverAllAsync(Expansion expansion, Addressee parent, FileHandle file, CancellationToken stop)
    {
        int count = 0;
        using ListFile lines = new(file, local.Settings.LineLengthLimit);
        while (true)
        {
            string? line;
            try
            {
                line = lines.Next();
            }
            catch (LinuxException error)
            {
                return (await local.FailedAsync(expansion, parent, "4.3.0", $"error reading forwarding file: {error.Reason}", stop), count);
            }

            if (line is null)
            {
                return (true, count);
            }

            foreach (string address in line.StartsWith('#') ? [] : AddressTokens.Parse(line))
            {
                count++;
                if (!await DeliverAsync(expansion, parent, address, stop) || expansion.IsCorrupt)
                {
                    return (false, count);
                }
            }
        }
    }

    /// <summary>Tells a sender who asked for it that a recipient was an alias.</summary>
    /// <returns>False when that failed: the recipient was deferred.</returns>
    public async ValueTask<bool> ReportExpandedAsync(Expansion expansion, Addressee addressee, string action, CancellationToken stop)
    {
        if (!addressee.Recipient.Notify.HasFlag(DsnNotify.Success) || expansion.Delivery.IsProbe)
        {
            return true;
        }

        return await expansion.Delivery.TraceAsync(addressee.Recipient, local.ServiceName, new Dsn("2.0.0", action, "alias expanded"), stop)
            || await local.FailedAsync(expansion, addressee, "4.3.0", $"{expansion.Delivery.QueueId}: trace service failed", stop);
    }

    private async ValueTask<bool> DeliverToHomeFileAsync(Expansion expansion, Addressee addressee, string address, CancellationToken stop)
    {
        if (addressee.Rights?.Account is { } account && address.StartsWith("~/", StringComparison.Ordinal))
        {
            return await local.Files.DeliverAsync(expansion, addressee, string.Concat(account.Home, address.AsSpan(1)), stop);
        }

        Log.Warn(address.StartsWith("~/", StringComparison.Ordinal)
            ? $"unknown home directory for: {Printable.Neutralize(address)}"
            : $"bad home directory syntax for: {Printable.Neutralize(address)}");
        return await local.FailedAsync(expansion, addressee, "5.3.5", ConfigurationError, stop);
    }

    /// <summary>Delivers to an ordinary address: here, or by a new message.</summary>
    /// <param name="address">Not yet in standard form.</param>
    public async ValueTask<bool> ResolveAsync(Expansion expansion, Addressee addressee, string address, CancellationToken stop)
    {
        string standard = await local.Rewriter.RewriteInternalAsync(RewriteContext.Local, address, stop);
        if (addressee.Unmatched is { Length: > 0 } extension)
        {
            int at = AddressSyntax.DomainSeparator(standard);
            char delimiter = addressee.Delimiter != '\0' ? addressee.Delimiter : local.Settings.Delimiters[0];
            standard = standard.Insert(at < 0 ? standard.Length : at, $"{delimiter}{extension}");
        }

        ResolveReply reply = await local.Rewriter.ResolveAsync(addressee.Sender, standard, stop);
        if (reply.IsFailed)
        {
            return await local.FailedAsync(expansion, addressee, "4.3.0", "address resolver failure", stop);
        }

        if (reply.IsInvalid)
        {
            return await local.FailedAsync(expansion, addressee, "5.1.3", $"bad recipient address syntax: {standard}", stop);
        }

        Addressee next = addressee with { Recipient = addressee.Recipient with { Address = reply.Recipient } };
        return reply.Transport == local.ServiceName
            ? await local.Recipients.DeliverAsync(expansion, next, stop)
            : await local.Forwarding.AddAsync(expansion, next, stop);
    }
}
