using System.Globalization;
using System.Text;
using Mta.Linux;
using Mta.Tables.Types;
using Mta.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Tables.Clients;

/// <summary>
/// <c>ldap:FILE</c>: a search in a directory. Attributes are of four kinds: ordinary ones always give results;
/// special ones hold names or addresses of further entries; leaf ones give results where an entry has no special one;
/// a terminal one gives the only results of its entry.
/// </summary>
internal sealed class LdapTable : LookupTable
{
    private const int Threads = 4;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    private readonly QueryTemplate _base;
    private readonly QueryTemplate _filter;
    private readonly QueryTemplate _format;
    private readonly DomainFilter _domains;
    private readonly LdapScope _scope;
    private readonly string[] _ordinary;
    private readonly string[] _special;
    private readonly string[] _leaf;
    private readonly string[] _terminal;
    private readonly int _limit;
    private readonly int _sizeLimit;
    private readonly int _depthLimit;
    private readonly bool _binds;
    private readonly string _bindName;
    private readonly string _bindPassword;
    private readonly LdapOptions _options;
    private readonly HostList _hosts;
    private readonly BlockingWorkers<Worker> _workers;

    private LdapTable(TableRegistry registry, string type, string name, TableFlags flags, ClientSettings settings)
        : base(registry, type, name, flags | TableFlags.Fixed)
    {
        Owner = settings.Owner;
        _base = QueryTemplate.Parse(settings.Text("search_base"), name, "query");
        _filter = QueryTemplate.Parse(settings.Text("query_filter", "(mailacceptinggeneralid=%s)"), name, "query");
        _format = QueryTemplate.Parse(settings.Text("result_format", settings.Text("result_filter", "%s")), name, "result");
        _domains = DomainFilter.Open(registry, settings);
        _scope = Ascii.ToLower(settings.Text("scope", "sub")) switch
        {
            "one" => LdapScope.OneLevel,
            "base" => LdapScope.Base,
            "sub" => LdapScope.Subtree,
            { } other => Unknown(registry, name, "scope", other),
        };
        _ordinary = settings.List("result_attribute", "maildrop");
        _special = settings.List("special_result_attribute");
        _leaf = settings.List("leaf_result_attribute");
        _terminal = settings.List("terminal_result_attribute");
        _limit = settings.Number("expansion_limit", 0);
        _sizeLimit = settings.Number("size_limit", _limit);
        _depthLimit = settings.Number("recursion_limit", 1000, least: 1);
        _binds = Ascii.ToLower(settings.Text("bind", "yes")) switch
        {
            "yes" or "simple" => true,
            "no" or "none" => false,
            "sasl" => throw new TableException($"{name}: bind = sasl is not supported"),
            { } other => throw new TableException($"{name}: unknown bind method: {other}"),
        };
        _bindName = settings.Text("bind_dn");
        _bindPassword = settings.Text("bind_pw");
        string[] addresses = Addresses(settings);
        bool startTls = settings.Flag("start_tls", false);
        _options = new LdapOptions
        {
            Version = settings.Number("version", 2, least: 2, most: 3),
            Dereference = settings.Number("dereference", 0, most: 3),
            ChaseReferrals = settings.Flag("chase_referrals", false),
            DebugLevel = settings.Number("debuglevel", 0),
            Timeout = Math.Max(1, settings.Seconds("timeout", 10)),
            StartTls = startTls,
            UsesTls = startTls || Array.Exists(addresses, static address => address.StartsWith("ldaps:", StringComparison.Ordinal)),
            RequireCertificate = settings.Flag("tls_require_cert", false),
            AuthorityDirectory = settings.Text("tls_ca_cert_dir"),
            AuthorityFile = settings.Text("tls_ca_cert_file"),
            Certificate = settings.Text("tls_cert"),
            Key = settings.Text("tls_key"),
            Ciphers = settings.Text("tls_cipher_suite"),
        };
        if (_options.UsesTls && _options.Version < 3)
        {
            registry.Settings.Warning($"{name}: TLS requires LDAP protocol version 3");
            _options = _options with { Version = 3 };
        }

        _hosts = new HostList(addresses);
        _workers = new BlockingWorkers<Worker>(() => new Worker(this), Threads, Idle, TimeSpan.FromSeconds(Math.Max(30, 3 * _options.Timeout)));
    }

    public override TableOwner Owner { get; }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        ClientTypes.RequireLibrary(type, ClientLibrary.Ldap, "libldap-2.5-0");
        return new LdapTable(registry, type, name, flags, ClientSettings.Open(registry, name));
    }

    /// <summary>Text as part of a filter (RFC 4515 §3).</summary>
    internal static string QuoteFilter(string text)
    {
        StringBuilder quoted = new(text.Length);
        foreach (char c in text)
        {
            if (c is '*' or '(' or ')' or '\\' or '\0')
            {
                quoted.Append('\\').Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                quoted.Append(c);
            }
        }

        return quoted.ToString();
    }

    /// <summary>Text as part of a name (RFC 4514 §2.4).</summary>
    internal static string QuoteName(string text)
    {
        StringBuilder quoted = new(text.Length);
        foreach (char c in text)
        {
            if (c < ' ')
            {
                quoted.Append('\\').Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
                continue;
            }

            quoted.Append(" \"#+,;<>=\\".Contains(c, StringComparison.Ordinal) ? "\\" : "").Append(c);
        }

        return quoted.ToString();
    }

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        bool? admitted = await _domains.AdmitsAsync(key, stop);
        if (admitted is null)
        {
            return LookupResult.Failed($"{Reference}: domain list lookup problem");
        }

        if (admitted is false || key.Contains('\0', StringComparison.Ordinal)
            || !_base.TryExpand(key, QuoteName, out string searchBase) || !_filter.TryExpand(key, QuoteFilter, out string filter))
        {
            return LookupResult.NotFound;
        }

        return await _workers.RunAsync(worker => worker.Find(key, searchBase, filter), stop);
    }

    private static LdapScope Unknown(TableRegistry registry, string name, string attribute, string value)
    {
        registry.Settings.Warning($"{name}: unrecognized value {value} specified for {attribute}; using sub");
        return LdapScope.Subtree;
    }

    private static string[] Addresses(ClientSettings settings)
    {
        int port = settings.Number("server_port", 389);
        return [.. settings.List("server_host", "localhost").Select(host =>
            host.StartsWith("ldap:", StringComparison.Ordinal) || host.StartsWith("ldaps:", StringComparison.Ordinal) || host.StartsWith("ldapi:", StringComparison.Ordinal)
                ? host
                : host.LastIndexOf(':') > host.LastIndexOf(']')
                    ? $"ldap://{host}"
                    : string.Create(CultureInfo.InvariantCulture, $"ldap://{host}:{port}"))];
    }

    private static bool Lists(string[] attributes, string attribute) => Array.Exists(attributes, name => Ascii.EqualsIgnoreCase(name, attribute));

    private sealed class Worker(LdapTable table) : IDisposable
    {
        private readonly Dictionary<DatabaseHost, LdapConnection> _open = [];

        public LookupResult Find(string key, string searchBase, string filter)
        {
            string reason = $"{table.Reference}: no server is usable";
            foreach (DatabaseHost host in table._hosts.Candidates(_open.ContainsKey))
            {
                bool reused = _open.ContainsKey(host);
                while (true)
                {
                    try
                    {
                        return Ask(host, key, searchBase, filter);
                    }
                    catch (DatabaseException error)
                    {
                        if (error.ConnectionLost && _open.Remove(host, out LdapConnection? connection))
                        {
                            connection.Dispose();
                        }

                        if (reused && error.ConnectionLost)
                        {
                            reused = false;
                            continue;
                        }

                        reason = $"{table.Reference}: {error.Message}";
                        table.Registry.Settings.Warning($"dict_ldap_lookup: {table.Name}: {host.Text}: {Printable.Neutralize(error.Message)}");
                        if (error.ConnectionLost)
                        {
                            host.Rest(Rest);
                        }

                        break;
                    }
                }
            }

            return LookupResult.Failed(reason);
        }

        public void Dispose()
        {
            foreach (LdapConnection connection in _open.Values)
            {
                connection.Dispose();
            }
        }

        private LookupResult Ask(DatabaseHost host, string key, string searchBase, string filter)
        {
            if (!_open.TryGetValue(host, out LdapConnection? connection))
            {
                connection = LdapConnection.Open(host.Text, table._options);
                try
                {
                    if (table._binds)
                    {
                        connection.Bind(table._bindName, table._bindPassword);
                    }
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }

                _open.Add(host, connection);
            }

            ResultCollector collector = new(table, table.Registry.Settings, table._format, table._limit, key);
            string[] attributes = [.. table._ordinary, .. table._special, .. table._leaf, .. table._terminal];
            return Search(connection, new LdapUrl(searchBase, table._scope, filter, attributes), collector, key, 1) ?? collector.Result;
        }

        // Null when all went well.
        private LookupResult? Search(LdapConnection connection, LdapUrl what, ResultCollector collector, string key, int depth)
        {
            if (depth > table._depthLimit)
            {
                return Fail($"{table.Name}: Recursion limit exceeded for special attribute of key: '{Printable.Neutralize(key)}'");
            }

            // An empty list of attributes would ask for all; "1.1" asks for none.
            string[] attributes = what.Attributes.Length > 0 ? what.Attributes : ["1.1"];
            int code = connection.Search(what.Base, what.Scope, what.Filter, attributes, table._sizeLimit, out List<LdapEntry> entries);
            if (code == LdapConnection.SizeLimitExceeded)
            {
                return Fail($"{table.Name}: size limit exceeded for key: '{Printable.Neutralize(key)}'");
            }

            foreach (LdapEntry entry in entries)
            {
                if (Take(connection, what, entry, collector, key, depth) is { } failure)
                {
                    return failure;
                }

                if (collector.IsOverLimit)
                {
                    return collector.Result;
                }
            }

            return null;
        }

        private LookupResult? Take(LdapConnection connection, LdapUrl what, LdapEntry entry, ResultCollector collector, string key, int depth)
        {
            bool isTerminal = entry.Attributes.Exists(attribute => attribute.Value.Length > 0 && Lists(table._terminal, attribute.Key));
            bool isLeaf = !isTerminal && !entry.Attributes.Exists(attribute => attribute.Value.Length > 0 && Lists(table._special, attribute.Key));
            foreach ((string attribute, string[] values) in entry.Attributes)
            {
                bool gives = isTerminal
                    ? Lists(table._terminal, attribute)
                    : Lists(table._ordinary, attribute) || (isLeaf && Lists(table._leaf, attribute));
                foreach (string value in values)
                {
                    if (gives)
                    {
                        collector.Add(value);
                        if (collector.IsOverLimit)
                        {
                            return collector.Result;
                        }
                    }
                    else if (!isTerminal && Lists(table._special, attribute) && Follow(value, what, out LdapUrl next)
                        && Search(connection, next, collector, key, depth + 1) is { } failure)
                    {
                        return failure;
                    }
                }
            }

            return null;
        }

        // A value of a special attribute is an address or the name of an entry.
        private bool Follow(string value, LdapUrl what, out LdapUrl next)
        {
            if (!LdapConnection.TryParseUrl(value, out next))
            {
                next = new LdapUrl(value, LdapScope.Base, "(objectclass=*)", what.Attributes);
                return value.Length > 0 && !value.Contains('\0', StringComparison.Ordinal);
            }

            string[] all = [.. table._ordinary, .. table._special, .. table._leaf, .. table._terminal];
            string[] named = next.Attributes;
            next = next with
            {
                Attributes = named.Length == 0 ? all : Array.FindAll(all, attribute => Lists(named, attribute)),
                Filter = next.Filter.Length > 0 ? next.Filter : "(objectclass=*)",
            };
            return next.Attributes.Length > 0;
        }

        private LookupResult Fail(string text)
        {
            table.Registry.Settings.Warning(text);
            return LookupResult.Failed(text);
        }
    }
}
