using System.Collections.Concurrent;
using System.Globalization;
using Mta.Tables.Types;
using Mta.Text;

namespace Mta.Tables.Clients;

/// <summary>
/// <c>socketmap:inet:host:port:name</c> and <c>socketmap:unix:path:name</c>: asks a server by netstrings, as
/// Sendmail does (socketmap_table(5)). The tables of one server share its connections.
/// </summary>
internal sealed class SocketmapTable : LookupTable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(100);
    private static readonly ConcurrentDictionary<ServerAddress, ServerConnections> Servers = new();
    private readonly ServerConnections _connections;
    private readonly string _map;

    private SocketmapTable(TableRegistry registry, string type, string name, TableFlags flags, ServerAddress address, string map)
        : base(registry, type, name, flags | TableFlags.Pattern)
    {
        _connections = Servers.GetOrAdd(address, static server => new ServerConnections(server, Timeout, Idle, Life));
        _map = map;
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        ClientTypes.RequireAuthentic(type, name, flags);
        BuiltInTypes.RequireReadOnly(type, name, access);
        int colon = name.LastIndexOf(':');
        string service = colon > 0 ? name[..colon] : "";
        string map = name[(colon + 1)..];
        if (service.Length == 0 || map.Length == 0)
        {
            throw new TableException($"{type}:{name}: expected a socketmap server:name");
        }

        int kind = service.IndexOf(':', StringComparison.Ordinal);
        if (kind < 0)
        {
            throw new TableException($"need service transport:endpoint instead of \"{service}\"");
        }

        if (service[..kind] is not ("inet" or "unix"))
        {
            throw new TableException($"invalid transport name: {service[..kind]} in service: {service}");
        }

        return ServerAddress.TryParse(service, "", out ServerAddress address)
            ? new SocketmapTable(registry, type, name, flags, address, map)
            : throw new TableException($"{type}:{name}: malformed address: {service}");
    }

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        string query = $"{_map} {key}";
        if (query.Length > Registry.Settings.SocketmapQueryLimit)
        {
            Registry.Settings.Warning($"table {Reference}: query longer than {Registry.Settings.SocketmapQueryLimit} bytes -- ignored");
            return LookupResult.NotFound;
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Judge(await _connections.UseAsync((connection, token) => AskAsync(connection, query, token), fresh: attempt > 1, stop));
            }
            catch (ServerFailureException error)
            {
                // The server may close a connection at any time: one that fails at its first use is opened once more.
                if (attempt == 1 && (error.Reused || (error.Step == FailedStep.Exchange && error.InnerException is not InvalidDataException and not TimeoutException)))
                {
                    continue;
                }

                if (error.Step == FailedStep.Connect)
                {
                    string place = _connections.Address.IsLocal ? _connections.Address.Path : _connections.Address.ToString();
                    Registry.Settings.Warning($"connect to {place}: {error.Message}");
                }

                Registry.Settings.Warning($"table {Reference} lookup error: {error.Message}");
                return LookupResult.Failed(error.Message);
            }
        }
    }

    private async ValueTask<string> AskAsync(ServerConnection connection, string query, CancellationToken stop)
    {
        Netstring.Write(connection.Output, query);
        await connection.Output.FlushAsync(stop);

        // A netstring has a digit at least, which this reader does not insist on.
        NetstringReader netstrings = new(connection.Input);
        byte[]? reply = await netstrings.PeekAsync(stop) == ':' ? null : await netstrings.ReadAsync(Registry.Settings.SocketmapReplyLimit, stop);
        return reply is not null
            ? ByteString.FromBytes(reply)
            : throw new InvalidDataException(netstrings.Problem == NetstringReader.TooLong ? "netstring too large" : "netstring format error");
    }

    private LookupResult Judge(string reply)
    {
        int blank = reply.IndexOf(' ', StringComparison.Ordinal);
        string status = blank < 0 ? reply : reply[..blank];
        string text = blank < 0 ? "" : reply[(blank + 1)..];
        switch (status)
        {
            case "OK" when text.Length > 0:
                return LookupResult.Found(text);
            case "OK":
                return Complain("", "empty result", LookupFailure.Configuration);
            case "NOTFOUND":
                return LookupResult.NotFound;
            case "TEMP":
                return Complain("temporary", text, LookupFailure.Retry);
            case "TIMEOUT":
                return Complain("timeout", text, LookupFailure.Retry);
            case "PERM":
                return Complain("permanent", text, LookupFailure.Configuration);
            default:
                Registry.Settings.Warning($"{Reference} unknown socketmap server reply status: {Printable.Neutralize(reply.Length > 100 ? reply[..100] : reply)}");
                return LookupResult.Failed("unknown reply status", LookupFailure.Configuration);
        }
    }

    private LookupResult Complain(string kind, string text, LookupFailure failure)
    {
        string shown = Printable.Neutralize(text);
        Registry.Settings.Warning($"{Reference} socketmap server {kind} error{(shown.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $": {shown}") : "")}");
        return LookupResult.Failed(shown.Length > 0 ? shown : $"{kind} error", failure);
    }
}
