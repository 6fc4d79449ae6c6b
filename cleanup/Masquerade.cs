using Mta.Mail.Addresses;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// <c>masquerade_domains</c>: strips subdomains. Entries are tried in order; an entry with <c>!</c> leaves its domain
/// and those below it alone.
/// </summary>
internal sealed class Masquerade
{
    private readonly (string Domain, bool Keep)[] _domains;
    private readonly Func<string, CancellationToken, ValueTask<bool?>> _isException;

    /// <param name="domains">Entries in order, perhaps with leading <c>!</c>.</param>
    /// <param name="isException">Whether a local part is left alone; null when a table could not tell.</param>
    public Masquerade(IEnumerable<string> domains, Func<string, CancellationToken, ValueTask<bool?>> isException)
    {
        List<(string, bool)> entries = [];
        foreach (string entry in domains)
        {
            int bangs = entry.Length - entry.AsSpan().TrimStart('!').Length;
            entries.Add((Ascii.ToLower(entry[bangs..]), bangs % 2 == 1));
        }

        _domains = [.. entries];
        _isException = isException;
    }

    public bool IsActive => _domains.Length > 0;

    /// <returns>The address, its domain perhaps truncated; null when the exceptions could not be looked up.</returns>
    public async ValueTask<string?> ApplyAsync(string address, CancellationToken stop)
    {
        int at = AddressSyntax.DomainSeparator(address);
        if (at < 0)
        {
            return address;
        }

        bool? isException = await _isException(address[..at], stop);
        if (isException != false)
        {
            return isException is null ? null : address;
        }

        string domain = Ascii.ToLower(address[(at + 1)..]);
        foreach ((string parent, bool keep) in _domains)
        {
            if (domain == parent)
            {
                return address;
            }

            if (domain.Length > parent.Length && domain.EndsWith(parent, StringComparison.Ordinal) && domain[^(parent.Length + 1)] == '.')
            {
                return keep ? address : string.Concat(address.AsSpan(0, at + 1), parent);
            }
        }

        return address;
    }
}
