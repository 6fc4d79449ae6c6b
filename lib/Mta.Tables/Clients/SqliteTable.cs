using Mta.Linux;
using Mta.Tables.Types;

namespace Mta.Tables.Clients;

/// <summary><c>sqlite:FILE</c>: a query to an SQLite database file.</summary>
internal sealed class SqliteTable : SqlTable
{
    private readonly string _path;

    private SqliteTable(TableRegistry registry, string type, string name, TableFlags flags, ClientSettings settings)
        : base(registry, type, name, flags, settings, ClassicQuery(settings), [settings.Required("dbpath")]) =>
        _path = settings.Required("dbpath");

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        ClientTypes.RequireLibrary(type, ClientLibrary.Sqlite, "libsqlite3-0");
        SqliteTable table = new(registry, type, name, flags, ClientSettings.Open(registry, name));
        try
        {
            using SqliteConnection probe = SqliteConnection.Open(table._path);
        }
        catch (DatabaseException error)
        {
            throw new TableException($"open {table._path}: {error.Message}", error);
        }

        return table;
    }

    protected override ISqlConnection Connect(string host) => new Connection(SqliteConnection.Open(host));

    private sealed class Connection(SqliteConnection connection) : ISqlConnection
    {
        public bool TryEscape(string text, out string escaped)
        {
            escaped = text.Replace("'", "''", StringComparison.Ordinal);
            return true;
        }

        public void Query(string query, Action<string?> row) => connection.Query(query, QueryTime, row);

        public void Dispose() => connection.Dispose();
    }
}
