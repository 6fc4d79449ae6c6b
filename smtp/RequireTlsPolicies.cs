using System.Net;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Addresses;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>What REQUIRETLS of a message means for one destination, least first.</summary>
internal enum RequireTlsLevel
{
    /// <summary>Nothing: as if the sender had not asked.</summary>
    Disable,

    /// <summary>Passed on to servers that know it.</summary>
    Opportunistic,

    /// <summary>The same, and never without encryption.</summary>
    OpportunisticStartTls,

    /// <summary>As RFC 8689 §4.2.1 has it: a verified server that promises to do the same, or none.</summary>
    Enforce,
}

/// <summary>
/// Answers from <c>smtp_requiretls_policy</c>: words, and tables that give one, from left to right. Who matches nothing
/// gets what the RFC asks for.
/// </summary>
internal sealed class RequireTlsPolicies
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly List<(RequireTlsLevel Level, TableList? Table)> _items = [];
    private readonly string _name;
    private readonly bool _isMistaken;

    public RequireTlsPolicies(Configuration configuration, TableRegistry registry, bool isLmtp)
    {
        StringParameter parameter = isLmtp ? LmtpParameters.LmtpRequiretlsPolicy : SmtpParameters.SmtpRequiretlsPolicy;
        _name = parameter.Name;
        IsOn = configuration.Get(SmtpdParameters.RequiretlsEnable);
        foreach (string item in IsOn ? TableListSyntax.Split(configuration.Get(parameter)) : [])
        {
            if (TryParse(item, out RequireTlsLevel level))
            {
                _items.Add((level, null));
            }
            else if (item.Contains(':', StringComparison.Ordinal))
            {
                _items.Add((default, TableList.Open(registry, _name, item)));
            }
            else
            {
                Log.Warn($"{_name}: unknown policy \"{Printable.Neutralize(item)}\"");
                _isMistaken = true;
            }
        }
    }

    /// <summary>REQUIRETLS is obeyed at all (<c>requiretls_enable</c>).</summary>
    public bool IsOn { get; }

    /// <param name="domain">Name or address of the destination.</param>
    /// <returns>Null when the setting is wrong or a table cannot tell.</returns>
    public async ValueTask<RequireTlsLevel?> FindAsync(string domain, CancellationToken stop)
    {
        if (_isMistaken)
        {
            return null;
        }

        string name = Ascii.ToLower(DomainSyntax.TryToAscii(domain, out string ascii) ? ascii : domain);
        bool isAddress = IPAddress.TryParse(name, out _);
        foreach ((RequireTlsLevel level, TableList? table) in _items)
        {
            if (table is null)
            {
                return level;
            }

            for (string key = name; key.Length > 0;)
            {
                LookupResult found = await table.LookupAsync(key, stop: stop);
                if (found.IsFailed)
                {
                    Log.Warn($"{_name}: table lookup problem for \"{Printable.Neutralize(key)}\"");
                    return null;
                }

                if (found.IsFound)
                {
                    if (TryParse(found.Value, out RequireTlsLevel own))
                    {
                        return own;
                    }

                    Log.Warn($"{_name}: unknown policy \"{Printable.Neutralize(found.Value)}\" for \"{Printable.Neutralize(key)}\"");
                    return null;
                }

                int dot = isAddress || key.Length < 2 ? -1 : key.IndexOf('.', 1);
                key = dot < 0 ? "" : key[dot..];
            }
        }

        return RequireTlsLevel.Enforce;
    }

    private static bool TryParse(string word, out RequireTlsLevel level)
    {
        (level, bool isKnown) = Ascii.ToLower(word) switch
        {
            "enforce" => (RequireTlsLevel.Enforce, true),
            "opportunistic+starttls" => (RequireTlsLevel.OpportunisticStartTls, true),
            "opportunistic" => (RequireTlsLevel.Opportunistic, true),
            "disable" => (RequireTlsLevel.Disable, true),
            _ => (RequireTlsLevel.Enforce, false),
        };
        return isKnown;
    }
}
