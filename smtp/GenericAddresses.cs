using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary><c>smtp_generic_maps</c>: local addresses become ones that mean something elsewhere. One pass, no recursion.</summary>
internal sealed class GenericAddresses
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly AddressLookup? _lookup;
    private readonly bool _propagates;
    private readonly string _name;
    private readonly string _origin;

    public GenericAddresses(Configuration configuration, TableRegistry registry, bool isLmtp)
    {
        StringParameter parameter = isLmtp ? LmtpParameters.LmtpGenericMaps : SmtpParameters.SmtpGenericMaps;
        _name = parameter.Name;
        string value = configuration.Get(parameter);
        _origin = configuration.Get(GlobalParameters.Myorigin);
        if (value.Length == 0)
        {
            return;
        }

        _lookup = new AddressLookup(
            TableList.Open(registry, parameter.Name, value),
            AddressExtension.From(configuration),
            _origin,
            new LocalDomains(configuration, registry).IsLocalAsync);
        _propagates = WordSet.PropagateUnmatchedExtensions(configuration).Contains("generic");
    }

    /// <summary>No address is ever changed.</summary>
    public bool IsEmpty => _lookup is null;

    /// <summary>What stands for an address (internal form); the address itself where the table has nothing.</summary>
    /// <exception cref="LocalDataException">The table cannot tell.</exception>
    public async ValueTask<string> MapAsync(string address, CancellationToken stop)
    {
        if (_lookup is null || address.Length == 0)
        {
            return address;
        }

        AddressLookupResult found = await _lookup.FindAsync(address, stop: stop);
        if (found.IsFailed)
        {
            Log.Warn($"{_name} map lookup problem for {Printable.Neutralize(address)}");
            throw new LocalDataException(found.Result.Reason);
        }

        if (!found.IsFound)
        {
            return address;
        }

        // The table's value is in external form, and may be a domain or a local part alone.
        List<AddressNode> nodes = [.. AddressList.Parse(found.Value).Addresses];
        if (nodes.Count == 0)
        {
            return address;
        }

        if (nodes.Count > 1)
        {
            Log.Warn($"multi-valued {_name} result for {Printable.Neutralize(address)}");
        }

        string mapped = nodes[0].ToInternal();
        if (mapped.StartsWith('@'))
        {
            int at = AddressSyntax.DomainSeparator(address);
            mapped = (at < 0 ? address : address[..at]) + mapped;
        }
        else if (AddressSyntax.DomainSeparator(mapped) < 0)
        {
            mapped = $"{mapped}@{_origin}";
        }

        if (_propagates && found.UnmatchedExtension.Length > 0)
        {
            mapped = mapped.Insert(AddressSyntax.DomainSeparator(mapped), found.UnmatchedExtension);
        }

        return mapped;
    }
}
