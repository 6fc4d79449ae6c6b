using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>How to reach a MySQL or MariaDB server.</summary>
public sealed record MysqlOptions
{
    /// <summary>Null for a local socket.</summary>
    public string? Host { get; init; }

    public int Port { get; init; }

    /// <summary>Path of a local socket; null takes the library's.</summary>
    public string? Socket { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    public string? Database { get; init; }

    public string? OptionFile { get; init; }

    public string? OptionGroup { get; init; }

    public string Charset { get; init; } = "utf8mb4";

    public string? TlsKey { get; init; }

    public string? TlsCertificate { get; init; }

    public string? TlsAuthorityFile { get; init; }

    public string? TlsAuthorityDirectory { get; init; }

    public string? TlsCiphers { get; init; }

    /// <summary>Null: as the library's default is.</summary>
    public bool? VerifyCertificate { get; init; }

    /// <summary>Longest wait of one read, write or connect, in seconds.</summary>
    public uint Timeout { get; init; } = 30;
}

/// <summary>A connection to a MySQL or MariaDB server (libmariadb.so.3). Calls block, bounded; one thread at a time.</summary>
public sealed unsafe partial class MysqlConnection : IDisposable
{
    private const string Library = ClientLibrary.Mysql;
    private const int ConnectTimeout = 0;
    private const int ReadDefaultFile = 4;
    private const int ReadDefaultGroup = 5;
    private const int CharsetName = 7;
    private const int LocalInfile = 8;
    private const int ReadTimeout = 11;
    private const int WriteTimeout = 12;
    private const int VerifyServerCertificate = 21;
    private const ulong MultiResults = 1 << 17;

    // Numbers of errmsg.h and mysqld_error.h: the client's own, and failures of the net.
    private const uint FirstClientError = 2000;
    private const uint LastClientError = 2999;
    private const uint AbortedConnection = 1152;
    private const uint NetWriteInterrupted = 1161;
    private const uint ShutdownInProgress = 1053;
    private const uint ConnectionKilled = 1927;
    private void* _connection;

    private MysqlConnection(void* connection) => _connection = connection;

    /// <exception cref="DatabaseException">No connection.</exception>
    public static MysqlConnection Connect(MysqlOptions options)
    {
        void* connection = Init(null);
        if (connection == null)
        {
            throw new DatabaseException("out of memory", connectionLost: true);
        }

        MysqlConnection made = new(connection);
        uint seconds = options.Timeout;
        uint off = 0;
        SetOption(connection, ConnectTimeout, &seconds);
        SetOption(connection, ReadTimeout, &seconds);
        SetOption(connection, WriteTimeout, &seconds);

        // A server must not be able to ask for files of this machine.
        SetOption(connection, LocalInfile, &off);
        SetText(connection, CharsetName, options.Charset);
        if (options.OptionFile is { } file)
        {
            SetText(connection, ReadDefaultFile, file);
        }

        if (options.OptionGroup is { } group)
        {
            SetText(connection, ReadDefaultGroup, group);
        }

        if (options.TlsKey is not null || options.TlsCertificate is not null || options.TlsAuthorityFile is not null
            || options.TlsAuthorityDirectory is not null || options.TlsCiphers is not null)
        {
            SetTls(connection, options.TlsKey, options.TlsCertificate, options.TlsAuthorityFile, options.TlsAuthorityDirectory, options.TlsCiphers);
        }

        if (options.VerifyCertificate is { } verify)
        {
            byte flag = verify ? (byte)1 : (byte)0;
            SetOption(connection, VerifyServerCertificate, &flag);
        }

        if (RealConnect(connection, options.Host, options.User, options.Password, options.Database, (uint)options.Port, options.Socket, MultiResults) == null)
        {
            string reason = made.Reason();
            made.Dispose();
            throw new DatabaseException(reason, connectionLost: true);
        }

        return made;
    }

    /// <summary>Ends what the library keeps for the calling thread.</summary>
    public static void EndThread() => ThreadEnd();

    /// <summary>Text as it may stand between quotes in a query.</summary>
    public string Escape(string text)
    {
        byte[] from = System.Text.Encoding.Latin1.GetBytes(text);
        byte[] to = new byte[(2 * from.Length) + 1];
        fixed (byte* source = from)
        fixed (byte* target = to)
        {
            uint length = (uint)EscapeString(_connection, target, source, (nuint)from.Length);
            return System.Text.Encoding.Latin1.GetString(to, 0, (int)length);
        }
    }

    /// <summary>Runs one query; a stored procedure may give several sets of rows.</summary>
    /// <param name="row">Told of each value, row by row and column by column; null for a NULL.</param>
    /// <returns>False when the query gives no rows at all, as an UPDATE does.</returns>
    /// <exception cref="DatabaseException">It failed, or took too long.</exception>
    public bool Query(string query, Action<string?> row)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(query);
        int code;
        fixed (byte* pointer = bytes)
        {
            code = RealQuery(_connection, pointer, (nuint)bytes.Length);
        }

        bool any = false;
        while (code == 0)
        {
            void* result = StoreResult(_connection);
            if (result != null)
            {
                any = true;
                try
                {
                    Take(result, row);
                }
                finally
                {
                    FreeResult(result);
                }
            }
            else if (FieldCount(_connection) != 0)
            {
                throw Failure();
            }

            code = NextResult(_connection);
        }

        return code > 0 ? throw Failure() : any;
    }

    public void Dispose()
    {
        if (_connection != null)
        {
            Close(_connection);
            _connection = null;
        }
    }

    private static void Take(void* result, Action<string?> row)
    {
        uint columns = NumberOfFields(result);
        byte** values;
        while ((values = FetchRow(result)) != null)
        {
            nuint* lengths = FetchLengths(result);
            for (uint c = 0; c < columns; c++)
            {
                row(values[c] == null ? null : System.Text.Encoding.Latin1.GetString(values[c], (int)lengths[c]));
            }
        }
    }

    private static void SetText(void* connection, int option, string text)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text + "\0");
        fixed (byte* pointer = bytes)
        {
            SetOption(connection, option, pointer);
        }
    }

    private DatabaseException Failure()
    {
        uint number = ErrorNumber(_connection);
        return new DatabaseException(Reason(), number is (>= FirstClientError and <= LastClientError) or (>= AbortedConnection and <= NetWriteInterrupted) or ShutdownInProgress or ConnectionKilled);
    }

    private string Reason() => NativeText.FromPointer(ErrorText(_connection));

    [LibraryImport(Library, EntryPoint = "mysql_init")]
    private static partial void* Init(void* connection);

    [LibraryImport(Library, EntryPoint = "mysql_options")]
    private static partial int SetOption(void* connection, int option, void* value);

    [LibraryImport(Library, EntryPoint = "mysql_ssl_set")]
    private static partial int SetTls(
        void* connection,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? key,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? certificate,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? authority,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? authorityPath,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? ciphers);

    [LibraryImport(Library, EntryPoint = "mysql_real_connect")]
    private static partial void* RealConnect(
        void* connection,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? host,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? user,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? password,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? database,
        uint port,
        [MarshalUsing(typeof(ByteStringMarshaller))] string? socket,
        ulong flags);

    [LibraryImport(Library, EntryPoint = "mysql_real_escape_string")]
    private static partial nuint EscapeString(void* connection, byte* to, byte* from, nuint length);

    [LibraryImport(Library, EntryPoint = "mysql_real_query")]
    private static partial int RealQuery(void* connection, byte* query, nuint length);

    [LibraryImport(Library, EntryPoint = "mysql_store_result")]
    private static partial void* StoreResult(void* connection);

    [LibraryImport(Library, EntryPoint = "mysql_next_result")]
    private static partial int NextResult(void* connection);

    [LibraryImport(Library, EntryPoint = "mysql_free_result")]
    private static partial void FreeResult(void* result);

    [LibraryImport(Library, EntryPoint = "mysql_field_count")]
    private static partial uint FieldCount(void* connection);

    [LibraryImport(Library, EntryPoint = "mysql_num_fields")]
    private static partial uint NumberOfFields(void* result);

    [LibraryImport(Library, EntryPoint = "mysql_fetch_row")]
    private static partial byte** FetchRow(void* result);

    [LibraryImport(Library, EntryPoint = "mysql_fetch_lengths")]
    private static partial nuint* FetchLengths(void* result);

    [LibraryImport(Library, EntryPoint = "mysql_errno")]
    private static partial uint ErrorNumber(void* connection);

    [LibraryImport(Library, EntryPoint = "mysql_error")]
    private static partial byte* ErrorText(void* connection);

    [LibraryImport(Library, EntryPoint = "mysql_close")]
    private static partial void Close(void* connection);

    [LibraryImport(Library, EntryPoint = "mysql_thread_end")]
    private static partial void ThreadEnd();
}
