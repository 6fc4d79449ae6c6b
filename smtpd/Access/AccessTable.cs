using Mta.Mail.Addresses;
using Mta.Tables;

namespace Mta.Smtpd.Access;

/// <summary>What an access table answered, and what it was asked about (not the part of it that was found), for warnings.</summary>
internal readonly record struct AccessEntry(LookupResult Result, string Key);

/// <summary>The keys by which names, addresses and mail addresses are looked up in one access table.</summary>
/// <param name="matchesSubdomains">Parent domains are looked up without their dot (<c>parent_domain_matches_subdomains</c>).</param>
internal sealed class AccessTable(LookupTable table, bool matchesSubdomains, AddressExtension extension)
{
    public string Reference => table.Reference;

    public async ValueTask<AccessEntry> FindKeyAsync(string key, CancellationToken stop) => new(await table.LookupAsync(key, stop), key);

    /// <summary>The name, then its parents; a numeric name whole only.</summary>
    public async ValueTask<AccessEntry> FindDomainAsync(string domain, CancellationToken stop)
    {
        if (domain.Length == 0)
        {
            return default;
        }

        AccessEntry entry = await FindKeyAsync(domain, stop);
        return !entry.Result.IsNotFound || table.IsPattern || DomainSyntax.IsValidHostAddress(domain) || domain[0] == '['
            ? entry
            : await FindParentsAsync(domain, stop) with { Key = domain };
    }

    /// <summary>The address, then its networks by whole octets (IPv4) or groups (IPv6).</summary>
    public async ValueTask<AccessEntry> FindClientAddressAsync(string address, CancellationToken stop)
    {
        AccessEntry entry = await FindKeyAsync(address, stop);
        char separator = address.Contains(':') ? ':' : '.';
        string rest = address;
        while (entry.Result.IsNotFound && !table.IsPattern)
        {
            int end = rest.LastIndexOf(separator);
            if (end <= 0)
            {
                break;
            }

            rest = rest[..end];
            entry = await FindKeyAsync(rest, stop);
        }

        return entry with { Key = address };
    }

    /// <summary>user+ext@domain, user@domain, the domain and its parents, user+ext@, user@.</summary>
    public async ValueTask<AccessEntry> FindMailAsync(string address, CancellationToken stop) => await FindPartsAsync(address, stop) with { Key = address };

    private async ValueTask<AccessEntry> FindPartsAsync(string address, CancellationToken stop)
    {
        AccessEntry entry = await FindAddressAsync(address, stop);
        if (!entry.Result.IsNotFound || table.IsPattern)
        {
            return entry;
        }

        bool isExtended = extension.TryStrip(address, out string stripped, out _);
        if (isExtended)
        {
            entry = await FindAddressAsync(stripped, stop);
        }

        int at = AddressSyntax.DomainSeparator(address);
        if (!entry.Result.IsNotFound || at < 0)
        {
            return entry;
        }

        entry = await FindDomainAsync(address[(at + 1)..], stop);
        if (!entry.Result.IsNotFound)
        {
            return entry;
        }

        entry = await FindAddressAsync(address[..(at + 1)], stop);
        return entry.Result.IsNotFound && isExtended
            ? await FindAddressAsync(stripped[..(AddressSyntax.DomainSeparator(stripped) + 1)], stop)
            : entry;
    }

    // Keys are in external form, then in internal form where that differs.
    private async ValueTask<AccessEntry> FindAddressAsync(string address, CancellationToken stop)
    {
        string external = AddressSyntax.ToExternal(address);
        AccessEntry entry = await FindKeyAsync(external, stop);
        return entry.Result.IsNotFound && !ReferenceEquals(external, address) ? await FindKeyAsync(address, stop) : entry;
    }

    private async ValueTask<AccessEntry> FindParentsAsync(string domain, CancellationToken stop)
    {
        int dot = -1;
        while ((dot = domain.IndexOf('.', dot + 1)) >= 0)
        {
            string key = matchesSubdomains ? domain[(dot + 1)..] : domain[dot..];
            if (key.Length == 0)
            {
                break;
            }

            AccessEntry entry = await FindKeyAsync(key, stop);
            if (!entry.Result.IsNotFound)
            {
                return entry;
            }
        }

        return default;
    }
}
