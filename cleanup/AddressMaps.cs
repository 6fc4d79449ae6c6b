using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>Which address a canonical mapping is asked for.</summary>
[Flags]
internal enum AddressClass
{
    None = 0,
    EnvelopeSender = 1,
    EnvelopeRecipient = 2,
    HeaderSender = 4,
    HeaderRecipient = 8,
}

/// <summary>
/// Address rewriting and mapping: the rewrite service, canonical tables, masquerading, virtual aliases. Internal form
/// in and out. A failing table sets the message's error; the address then stays as it was. Used by any session.
/// </summary>
internal sealed class AddressMaps(CleanupContext context)
{
    private const int MaxCanonicalSteps = 10;
    private const string ExpansionError = "4.6.0 Alias expansion error";
    private readonly CleanupSettings _settings = context.Settings;

    public async ValueTask<string> SenderAsync(Message message, string sender, CancellationToken stop)
    {
        if (sender.Length > 0)
        {
            sender = await context.Rewrite.RewriteInternalAsync(RewriteContext.Local, sender, stop);
            if (Ascii.EqualsIgnoreCase(sender, _settings.CanonicalDaemonAddress))
            {
                sender = "";
            }
        }

        return message.MayMap && sender.Length > 0 ? await CanonicalAsync(message, AddressClass.EnvelopeSender, sender, stop) : sender;
    }

    public async ValueTask<string> RecipientAsync(Message message, string recipient, CancellationToken stop)
    {
        recipient = await context.Rewrite.RewriteInternalAsync(RewriteContext.Local, recipient, stop);
        return message.MayMap ? await CanonicalAsync(message, AddressClass.EnvelopeRecipient, recipient, stop) : recipient;
    }

    public async ValueTask<string> BccAsync(Message message, string bcc, CancellationToken stop)
    {
        bcc = await context.Rewrite.RewriteInternalAsync(RewriteContext.Local, bcc, stop);
        return message.MayMap ? await CanonicalAsync(message, AddressClass.EnvelopeRecipient, bcc, stop) : bcc;
    }

    /// <summary>An address in a header; true when the node changed.</summary>
    public async ValueTask<bool> HeaderAsync(Message message, AddressClass kind, RewriteContext rewriteContext, AddressNode node, CancellationToken stop)
    {
        string external = node.ToExternal();
        string rewritten = await context.Rewrite.RewriteAsync(rewriteContext, external, stop);
        bool changed = !string.Equals(rewritten, external, StringComparison.Ordinal);
        if (changed)
        {
            node.Replace(rewritten);
        }

        if (!message.MayMap || !HasMaps(kind))
        {
            return changed;
        }

        string address = AddressSyntax.ToInternal(rewritten);
        string mapped = await CanonicalAsync(message, kind, address, stop);
        if (!string.Equals(mapped, address, StringComparison.Ordinal))
        {
            node.Replace(mapped.Length == 0 ? "\"\"" : AddressSyntax.ToExternal(mapped));
            changed = true;
        }

        return changed;
    }

    /// <summary>
    /// What an address stands for in the virtual alias tables; the address itself when they do not have it.
    /// </summary>
    /// <returns>Null after an error, which is set.</returns>
    public async ValueTask<List<string>?> ExpandAsync(Message message, string address, CancellationToken stop)
    {
        List<string> list = [address];
        HashSet<string>? selfExpanding = null;
        for (int i = 0; i < list.Count; i++)
        {
            for (int nesting = 0; ; nesting++)
            {
                string key = list[i];
                if (key.Length == 0 || (selfExpanding is not null && selfExpanding.Contains(Ascii.ToLower(key))))
                {
                    break;
                }

                AddressLookupResult found = await context.Virtual.FindAsync(key, stop: stop);
                if (found.IsFailed)
                {
                    message.LookupFailed(context.Virtual.Tables.Title, Quoted(address), ExpansionError);
                    return null;
                }

                if (!found.IsFound)
                {
                    break;
                }

                if (nesting >= _settings.VirtualAliasRecursionLimit)
                {
                    return ExpansionFailed(message, "map nesting", address);
                }

                List<string> results = await ResultsAsync(key, found, _settings.PropagateVirtual, stop);
                if (results.Count == 0)
                {
                    LogLines.TableMistake($"{context.Virtual.Tables.Title} lookup of {key} returns non-address result \"{found.Value}\"");
                    message.LookupFailed(context.Virtual.Tables.Title, Quoted(address), ExpansionError);
                    return null;
                }

                if (list.Count + results.Count - 1 > _settings.VirtualAliasExpansionLimit)
                {
                    return ExpansionFailed(message, "map expansion size", address);
                }

                bool toItself = false;
                for (int j = 0; j < results.Count; j++)
                {
                    if (results[j].Length > _settings.VirtualAliasAddressLengthLimit)
                    {
                        return ExpansionFailed(message, $"result {results[j][..Math.Min(100, results[j].Length)]}...", address);
                    }

                    if (Ascii.EqualsIgnoreCase(results[j], key))
                    {
                        (selfExpanding ??= []).Add(Ascii.ToLower(key));
                        toItself = true;
                    }

                    if (j > 0)
                    {
                        list.Add(results[j]);
                    }
                }

                list[i] = results[0];
                if (toItself && Ascii.EqualsIgnoreCase(results[0], key))
                {
                    break;
                }
            }
        }

        return list;
    }

    private static string Quoted(string address) => address.Length == 0 ? "\"\"" : AddressSyntax.ToExternal(address);

    private static List<string>? ExpansionFailed(Message message, string what, string address)
    {
        string subject = what.StartsWith("result", StringComparison.Ordinal) ? what : $"{what} for {address}";
        LogLines.Warning(message.Id, $"unreasonable virtual_alias_maps {subject} -- message not accepted, try again later");
        message.Fail(CleanupStatus.Defer, ExpansionError);
        return null;
    }

    private bool HasMaps(AddressClass kind)
    {
        AddressLookup special = IsSender(kind) ? context.SenderCanonical : context.RecipientCanonical;
        AddressClass classes = IsSender(kind) ? _settings.SenderCanonicalClasses : _settings.RecipientCanonicalClasses;
        return (!special.Tables.IsEmpty && (classes & kind) != 0)
            || (!context.Canonical.Tables.IsEmpty && (_settings.CanonicalClasses & kind) != 0)
            || (context.Masquerade.IsActive && (_settings.MasqueradeClasses & kind) != 0);
    }

    private static bool IsSender(AddressClass kind) => kind is AddressClass.EnvelopeSender or AddressClass.HeaderSender;

    // Special tables first, then the common ones, then masquerading.
    private async ValueTask<string> CanonicalAsync(Message message, AddressClass kind, string address, CancellationToken stop)
    {
        if (!HasMaps(kind) || address.Length == 0)
        {
            return address;
        }

        AddressLookup special = IsSender(kind) ? context.SenderCanonical : context.RecipientCanonical;
        AddressClass classes = IsSender(kind) ? _settings.SenderCanonicalClasses : _settings.RecipientCanonicalClasses;
        if (!special.Tables.IsEmpty && (classes & kind) != 0)
        {
            address = await MapOneAsync(message, special, address, stop);
        }

        if (!context.Canonical.Tables.IsEmpty && (_settings.CanonicalClasses & kind) != 0)
        {
            address = await MapOneAsync(message, context.Canonical, address, stop);
        }

        if (context.Masquerade.IsActive && (_settings.MasqueradeClasses & kind) != 0)
        {
            string? masked = await context.Masquerade.ApplyAsync(address, stop);
            if (masked is null)
            {
                message.LookupFailed("masquerade_exceptions");
            }
            else
            {
                address = masked;
            }
        }

        return address;
    }

    private async ValueTask<string> MapOneAsync(Message message, AddressLookup table, string address, CancellationToken stop)
    {
        string original = address;
        for (int step = 0; step < MaxCanonicalSteps; step++)
        {
            AddressLookupResult found = await table.FindAsync(address, stop: stop);
            if (found.IsFailed)
            {
                message.LookupFailed(table.Tables.Title, Quoted(address));
                return address;
            }

            if (!found.IsFound)
            {
                return address;
            }

            List<string> results = await ResultsAsync(address, found, _settings.PropagateCanonical, stop);
            if (results.Count == 0)
            {
                LogLines.TableMistake($"{table.Tables.Title} lookup of {address} returns non-address result \"{found.Value}\"");
                message.LookupFailed(table.Tables.Title, Quoted(address));
                return address;
            }

            if (results.Count > 1)
            {
                LogLines.Warning(message.Id, $"multi-valued {table.Tables.Title} entry for {address}");
            }

            if (Ascii.EqualsIgnoreCase(results[0], address))
            {
                return results[0];
            }

            address = results[0];
        }

        LogLines.Warning(message.Id, $"unreasonable {table.Tables.Title} map nesting for {original} -- message not accepted, try again later");
        return address;
    }

    // The addresses in a table's value: "@domain" keeps the local part, an unmatched extension moves over.
    private async ValueTask<List<string>> ResultsAsync(string key, AddressLookupResult found, bool propagate, CancellationToken stop)
    {
        List<string> results = [];
        foreach (AddressNode node in AddressList.Parse(found.Value).Addresses)
        {
            string external = node.ToExternal();
            string address;
            if (external.StartsWith('@'))
            {
                ReadOnlySpan<char> localPart = AddressSyntax.LocalPart(key);
                if (found.UnmatchedExtension.Length > 0 && localPart.EndsWith(found.UnmatchedExtension, StringComparison.Ordinal))
                {
                    localPart = localPart[..^found.UnmatchedExtension.Length];
                }

                address = string.Concat(localPart, external);
                address = await context.Rewrite.RewriteInternalAsync(RewriteContext.Local, address, stop);
            }
            else
            {
                address = AddressSyntax.ToInternal(await context.Rewrite.RewriteAsync(RewriteContext.Local, external, stop));
                if (propagate && found.UnmatchedExtension.Length > 0)
                {
                    int at = AddressSyntax.DomainSeparator(address);
                    address = at < 0 ? address + found.UnmatchedExtension : address.Insert(at, found.UnmatchedExtension);
                }
            }

            results.Add(address);
        }

        return results;
    }
}
