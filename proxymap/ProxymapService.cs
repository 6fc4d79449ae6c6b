using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Tables;

namespace Mta.Proxymap;

/// <summary>What the sessions of this process share: the tables that may be asked, and those that are open.</summary>
internal sealed class ProxymapService
{
    private readonly ServiceContext _context;
    private readonly HashSet<string> _approved = new(StringComparer.Ordinal);
    private readonly bool _writes;

    public ProxymapService(ServiceContext context)
    {
        _context = context;
        Configuration configuration = context.Configuration;
        _writes = context.ServiceName == configuration.Get(GlobalParameters.ProxywriteServiceName);
        StringParameter parameter = _writes ? ProxymapParameters.ProxyWriteMaps : ProxymapParameters.ProxyReadMaps;
        Title = parameter.Name;
        foreach (string word in TableListSyntax.Split(configuration.Get(parameter)))
        {
            string name = word;
            while (name.StartsWith("proxy:", StringComparison.Ordinal))
            {
                name = name["proxy:".Length..];
                _approved.Add(name);
            }
        }
    }

    /// <summary>The parameter that lists the tables.</summary>
    public string Title { get; }

    /// <summary>Changes are allowed: this is the proxywrite service.</summary>
    public bool Writes => _writes;

    /// <summary>
    /// Opens a table that the configuration allows. One that cannot be opened answers its lookups with a temporary
    /// error.
    /// </summary>
    public ProxymapStatus TryOpen(string name, TableFlags flags, out LookupTable? table)
    {
        table = null;
        if (!TableRegistry.TrySplit(name, out _, out _))
        {
            return ProxymapStatus.Bad;
        }

        if (!_approved.Contains(name))
        {
            LogLines.NotApproved(name, Title);
            return ProxymapStatus.Denied;
        }

        table = _context.Tables.Open(name, flags | TableFlags.NoProxy, _writes ? TableAccess.Create : TableAccess.ReadOnly);
        return ProxymapStatus.Ok;
    }
}
