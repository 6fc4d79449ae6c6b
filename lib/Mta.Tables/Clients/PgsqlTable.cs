using Mta.Linux;
using Mta.Tables.Types;

namespace Mta.Tables.Clients;

/// <summary><c>pgsql:FILE</c>: a query to a PostgreSQL server.</summary>
internal sealed class PgsqlTable : SqlTable
{
    private const string ConnectSeconds = "10";
    private readonly string _user;
    private readonly string _password;
    private readonly string _database;
    private readonly string _encoding;

    private PgsqlTable(TableRegistry registry, string type, string name, TableFlags flags, ClientSettings settings, string query)
        : base(registry, type, name, flags, settings, query, settings.List("hosts", "localhost"))
    {
        _user = settings.Text("user");
        _password = settings.Text("password");
        _encoding = settings.Text("encoding", "UTF8");
        _database = settings.Text("dbname");
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        ClientTypes.RequireLibrary(type, ClientLibrary.Pgsql, "libpq5");
        ClientSettings settings = ClientSettings.Open(registry, name);
        string query = settings.Text("query").Length == 0 && settings.Text("select_function") is { Length: > 0 } function
            ? $"SELECT {function}('%s')"
            : ClassicQuery(settings);
        PgsqlTable table = new(registry, type, name, flags, settings, query);
        if (table._database.Length == 0 && !Array.TrueForAll(settings.List("hosts", "localhost"), IsUri))
        {
            settings.Required("dbname");
        }

        return table;
    }

    protected override ISqlConnection Connect(string host)
    {
        List<KeyValuePair<string, string>> parameters =
        [
            KeyValuePair.Create("connect_timeout", ConnectSeconds),
            KeyValuePair.Create("client_encoding", _encoding),
            KeyValuePair.Create("application_name", "postfix"),
        ];
        if (IsUri(host))
        {
            parameters.Insert(0, KeyValuePair.Create("dbname", host));
        }
        else
        {
            // For a local socket the library wants its directory.
            ServerAddress.TryParse(host, "", out ServerAddress address);
            string place = address.IsLocal ? address.Path : address.Host.Length > 0 ? address.Host : host["inet:".Length..];
            parameters.Insert(0, KeyValuePair.Create("host", host.StartsWith('/') ? host : place));
            parameters.Add(KeyValuePair.Create("dbname", _database));
            if (address.Port.Length > 0)
            {
                parameters.Add(KeyValuePair.Create("port", address.Port));
            }
        }

        if (_user.Length > 0)
        {
            parameters.Add(KeyValuePair.Create("user", _user));
        }

        if (_password.Length > 0)
        {
            parameters.Add(KeyValuePair.Create("password", _password));
        }

        return new Connection(PgsqlConnection.Connect(parameters));
    }

    private static bool IsUri(string host) =>
        host.StartsWith("postgresql://", StringComparison.Ordinal) || host.StartsWith("postgres://", StringComparison.Ordinal);

    private sealed class Connection(PgsqlConnection connection) : ISqlConnection
    {
        public bool TryEscape(string text, out string escaped) => connection.TryEscape(text, out escaped);

        public void Query(string query, Action<string?> row) => connection.Query(query, QueryTime, row);

        public void Dispose() => connection.Dispose();
    }
}
