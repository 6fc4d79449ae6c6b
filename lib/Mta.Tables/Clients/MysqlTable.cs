using System.Globalization;
using Mta.Linux;
using Mta.Tables.Types;

namespace Mta.Tables.Clients;

/// <summary><c>mysql:FILE</c>: a query to a MySQL or MariaDB server.</summary>
internal sealed class MysqlTable : SqlTable
{
    private readonly MysqlOptions _options;
    private readonly bool _needsRows;

    private MysqlTable(TableRegistry registry, string type, string name, TableFlags flags, ClientSettings settings)
        : base(registry, type, name, flags, settings, ClassicQuery(settings), settings.List("hosts", "localhost"))
    {
        _needsRows = settings.Flag("require_result_set", true);
        _options = new MysqlOptions
        {
            User = OrNull("user"),
            Password = OrNull("password"),
            Database = settings.Required("dbname"),
            OptionFile = OrNull("option_file"),
            OptionGroup = settings.IsSet("option_group") ? OrNull("option_group") : settings.IsSet("option_file") ? "client" : null,
            Charset = settings.Text("charset", "utf8mb4"),
            TlsKey = OrNull("tls_key_file"),
            TlsCertificate = OrNull("tls_cert_file"),
            TlsAuthorityFile = OrNull("tls_CAfile"),
            TlsAuthorityDirectory = OrNull("tls_CApath"),
            TlsCiphers = OrNull("tls_ciphers"),
            VerifyCertificate = settings.IsSet("tls_verify_cert") ? settings.Flag("tls_verify_cert", false) : null,
            Timeout = QueryTime / 1000,
        };

        string? OrNull(string attribute) => settings.Text(attribute) is { Length: > 0 } text ? text : null;
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        ClientTypes.RequireLibrary(type, ClientLibrary.Mysql, "libmariadb3");
        return new MysqlTable(registry, type, name, flags, ClientSettings.Open(registry, name));
    }

    protected override ISqlConnection Connect(string host)
    {
        ServerAddress.TryParse(host, "3306", out ServerAddress address);
        MysqlOptions options = address.IsLocal
            ? _options with { Socket = address.Path }
            : _options with
            {
                // By the library's rule "localhost" is the local socket.
                Host = address.Host,
                Port = int.TryParse(address.Port, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 0,
            };
        return new Connection(MysqlConnection.Connect(options), _needsRows);
    }

    protected override void EndThread() => MysqlConnection.EndThread();

    private sealed class Connection(MysqlConnection connection, bool needsRows) : ISqlConnection
    {
        public bool TryEscape(string text, out string escaped)
        {
            escaped = connection.Escape(text);
            return true;
        }

        public void Query(string query, Action<string?> row)
        {
            if (!connection.Query(query, row) && needsRows)
            {
                throw new DatabaseException("query failed (no result set)", connectionLost: false);
            }
        }

        public void Dispose() => connection.Dispose();
    }
}
