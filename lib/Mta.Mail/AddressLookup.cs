using Mta.Config;
using Mta.Mail.Addresses;
using Mta.Tables;

namespace Mta.Mail;

/// <summary>Which forms of an address are keys of a table.</summary>
public enum AddressForm
{
    /// <summary>The external (quoted) form only: canonical, virtual and generic tables.</summary>
    External,

    /// <summary>The external form, then the internal form where it differs: the other address tables.</summary>
    ExternalThenInternal,
}

/// <summary>Keys to try, in this order.</summary>
[Flags]
public enum AddressKeys
{
    /// <summary><c>user+ext@domain</c></summary>
    Full = 1,

    /// <summary><c>user@domain</c></summary>
    WithoutExtension = 2,

    /// <summary><c>user+ext</c>, where the domain is local or equals myorigin.</summary>
    LocalPart = 4,

    /// <summary><c>user</c>, where the domain is local or equals myorigin.</summary>
    LocalPartWithoutExtension = 8,

    /// <summary><c>@domain</c></summary>
    AtDomain = 16,

    /// <summary><c>domain</c></summary>
    Domain = 32,

    /// <summary>What canonical, virtual, generic, relocated, bcc and sender-dependent tables use.</summary>
    Usual = Full | WithoutExtension | LocalPart | LocalPartWithoutExtension | AtDomain,
}

/// <summary>
/// What was found for an address. <paramref name="UnmatchedExtension"/>, with its delimiter, is the extension that
/// the matching key did not have; empty when there was none. Callers that propagate extensions append it.
/// </summary>
public readonly record struct AddressLookupResult(LookupResult Result, string UnmatchedExtension)
{
    private readonly string? _unmatchedExtension = UnmatchedExtension;

    public string UnmatchedExtension => _unmatchedExtension ?? "";

    public bool IsFound => Result.IsFound;

    public bool IsFailed => Result.IsFailed;

    public string Value => Result.Value;
}

/// <summary>Answers whether a domain is local: <c>mydestination</c>, or a literal of an own or proxy address.</summary>
public delegate ValueTask<MatchResult> LocalDomainTest(string domain, CancellationToken stop);

/// <summary>
/// Looks addresses up in a list of tables: the full address, then less and less of it, each key in all tables before
/// the next key. Tables of patterns see the full address only. May be used on any thread.
/// </summary>
/// <param name="tables">The tables.</param>
/// <param name="extension">How <c>user+extension</c> is split.</param>
/// <param name="origin">Value of <c>myorigin</c>.</param>
/// <param name="isLocal">The test for local domains; null when local-part keys are never wanted.</param>
public sealed class AddressLookup(TableList tables, AddressExtension extension, string origin, LocalDomainTest? isLocal)
{
    public TableList Tables => tables;

    /// <summary>Looks an address up.</summary>
    /// <param name="address">Internal form; the empty address is never found.</param>
    /// <param name="form">Which forms are keys.</param>
    /// <param name="keys">Which parts are keys.</param>
    /// <param name="stop">Ends the wait.</param>
    public ValueTask<AddressLookupResult> FindAsync(string address, AddressForm form = AddressForm.External, AddressKeys keys = AddressKeys.Usual, CancellationToken stop = default) =>
        tables.IsEmpty || address.Length == 0 ? default : SearchAsync(address, form, keys, stop);

    private async ValueTask<AddressLookupResult> SearchAsync(string address, AddressForm form, AddressKeys keys, CancellationToken stop)
    {
        LookupResult result;
        if ((keys & AddressKeys.Full) != 0)
        {
            result = await TryAsync(address, form, partial: false, stop);
            if (!result.IsNotFound)
            {
                return new AddressLookupResult(result, "");
            }
        }

        if (!tables.HasFixedTables)
        {
            return default;
        }

        bool extended = extension.TryStrip(address, out string bare, out string suffix);
        if (extended && (keys & AddressKeys.WithoutExtension) != 0)
        {
            result = await TryAsync(bare, form, partial: true, stop);
            if (!result.IsNotFound)
            {
                return new AddressLookupResult(result, suffix);
            }
        }

        int at = AddressSyntax.DomainSeparator(address);
        if (at < 0)
        {
            return default;
        }

        string domain = address[(at + 1)..];
        if ((keys & (AddressKeys.LocalPart | AddressKeys.LocalPartWithoutExtension)) != 0)
        {
            MatchResult local = await IsLocalAsync(domain, stop);
            if (local == MatchResult.Failed)
            {
                return new AddressLookupResult(LookupResult.Failed("local domain lookup problem"), "");
            }

            if (local == MatchResult.Yes)
            {
                if ((keys & AddressKeys.LocalPart) != 0)
                {
                    result = await TryAsync(address[..at], form, partial: true, stop);
                    if (!result.IsNotFound)
                    {
                        return new AddressLookupResult(result, "");
                    }
                }

                if (extended && (keys & AddressKeys.LocalPartWithoutExtension) != 0)
                {
                    result = await TryAsync(address[..(at - suffix.Length)], form, partial: true, stop);
                    if (!result.IsNotFound)
                    {
                        return new AddressLookupResult(result, suffix);
                    }
                }
            }
        }

        if ((keys & AddressKeys.AtDomain) != 0)
        {
            result = await tables.LookupAsync(address[at..], partial: true, stop);
            if (!result.IsNotFound)
            {
                return new AddressLookupResult(result, "");
            }
        }

        return (keys & AddressKeys.Domain) != 0
            ? new AddressLookupResult(await tables.LookupAsync(domain, partial: true, stop), "")
            : default;
    }

    private ValueTask<MatchResult> IsLocalAsync(string domain, CancellationToken stop) =>
        AddressSyntax.EqualsIgnoreCase(domain, origin) ? new(MatchResult.Yes)
        : isLocal is null ? new(MatchResult.No)
        : isLocal(domain, stop);

    private async ValueTask<LookupResult> TryAsync(string key, AddressForm form, bool partial, CancellationToken stop)
    {
        string external = AddressSyntax.ToExternal(key);
        LookupResult result = await tables.LookupAsync(external, partial, stop);
        return result.IsNotFound && form == AddressForm.ExternalThenInternal && !ReferenceEquals(external, key)
            ? await tables.LookupAsync(key, partial, stop)
            : result;
    }
}
