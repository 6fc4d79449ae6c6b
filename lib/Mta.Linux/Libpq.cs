using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>
/// A connection to a PostgreSQL server (libpq.so.5). Calls block, each for a bounded time; one thread at a time.
/// </summary>
public sealed unsafe partial class PgsqlConnection : IDisposable
{
    private const string Library = ClientLibrary.Pgsql;
    private const int StatusOk = 0;
    private const int ResultCommand = 1;
    private const int ResultTuples = 2;
    private void* _connection;

    private PgsqlConnection(void* connection) => _connection = connection;

    /// <summary>Connects.</summary>
    /// <param name="parameters">Keywords and values of a connection string; a <c>dbname</c> that is an URI is expanded.</param>
    /// <exception cref="DatabaseException">No connection.</exception>
    public static PgsqlConnection Connect(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        string[] names = new string[parameters.Count];
        string[] values = new string[parameters.Count];
        for (int i = 0; i < names.Length; i++)
        {
            (names[i], values[i]) = parameters[i];
        }

        byte** nameVector = NativeText.ToVector(names);
        byte** valueVector = NativeText.ToVector(values);
        void* connection;
        try
        {
            connection = ConnectParameters(nameVector, valueVector, 1);
        }
        finally
        {
            NativeMemory.Free(nameVector);
            NativeMemory.Free(valueVector);
        }

        if (connection == null)
        {
            throw new DatabaseException("out of memory", connectionLost: true);
        }

        PgsqlConnection made = new(connection);
        if (Status(connection) != StatusOk)
        {
            string reason = made.Reason();
            made.Dispose();
            throw new DatabaseException(reason, connectionLost: true);
        }

        return made;
    }

    /// <summary>Text as it may stand between quotes in a query.</summary>
    /// <returns>False when the text is not valid in the connection's encoding.</returns>
    public bool TryEscape(string text, out string escaped)
    {
        byte[] from = System.Text.Encoding.Latin1.GetBytes(text);
        byte[] to = new byte[(2 * from.Length) + 1];
        int error;
        nuint length;
        fixed (byte* source = from)
        fixed (byte* target = to)
        {
            length = EscapeString(_connection, target, source, (nuint)from.Length, &error);
        }

        escaped = error == 0 ? System.Text.Encoding.Latin1.GetString(to, 0, (int)length) : "";
        return error == 0;
    }

    /// <summary>Runs one query.</summary>
    /// <param name="row">Told of each value, row by row and column by column; null for a NULL.</param>
    /// <param name="milliseconds">Longest wait for all of the answer.</param>
    /// <exception cref="DatabaseException">It failed, or took too long.</exception>
    public void Query(string query, int milliseconds, Action<string?> row)
    {
        if (SendQuery(_connection, query) == 0)
        {
            throw Failure(Reason());
        }

        long deadline = Environment.TickCount64 + milliseconds;
        string? error = null;
        while (true)
        {
            while (IsBusy(_connection) != 0)
            {
                Await(deadline);
                if (ConsumeInput(_connection) == 0)
                {
                    throw Failure(Reason());
                }
            }

            void* result = GetResult(_connection);
            if (result == null)
            {
                break;
            }

            try
            {
                int status = ResultStatus(result);
                if (status == ResultTuples)
                {
                    Take(result, row);
                }
                else if (status != ResultCommand)
                {
                    error ??= NativeText.FromPointer(ResultError(result)).Trim();
                }
            }
            finally
            {
                Clear(result);
            }
        }

        if (error is not null)
        {
            throw Failure(error);
        }
    }

    public void Dispose()
    {
        if (_connection != null)
        {
            Finish(_connection);
            _connection = null;
        }
    }

    private static void Take(void* result, Action<string?> row)
    {
        int rows = RowCount(result);
        int columns = ColumnCount(result);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                row(IsNull(result, r, c) != 0
                    ? null
                    : System.Text.Encoding.Latin1.GetString(GetValue(result, r, c), GetLength(result, r, c)));
            }
        }
    }

    private void Await(long deadline)
    {
        long left = deadline - Environment.TickCount64;
        Span<PollEntry> entries = [new PollEntry(SocketOf(_connection), PollEvents.Input)];
        if (left <= 0 || Posix.Poll(entries, (int)left) == 0)
        {
            throw new DatabaseException("timeout while waiting for the server", connectionLost: true);
        }
    }

    private DatabaseException Failure(string reason) => new(reason, Status(_connection) != StatusOk);

    private string Reason() => NativeText.FromPointer(ErrorMessage(_connection)).Trim();

    [LibraryImport(Library, EntryPoint = "PQconnectdbParams")]
    private static partial void* ConnectParameters(byte** keywords, byte** values, int expandDatabaseName);

    [LibraryImport(Library, EntryPoint = "PQfinish")]
    private static partial void Finish(void* connection);

    [LibraryImport(Library, EntryPoint = "PQstatus")]
    private static partial int Status(void* connection);

    [LibraryImport(Library, EntryPoint = "PQsocket")]
    private static partial int SocketOf(void* connection);

    [LibraryImport(Library, EntryPoint = "PQerrorMessage")]
    private static partial byte* ErrorMessage(void* connection);

    [LibraryImport(Library, EntryPoint = "PQescapeStringConn")]
    private static partial nuint EscapeString(void* connection, byte* to, byte* from, nuint length, int* error);

    [LibraryImport(Library, EntryPoint = "PQsendQuery")]
    private static partial int SendQuery(void* connection, [MarshalUsing(typeof(ByteStringMarshaller))] string query);

    [LibraryImport(Library, EntryPoint = "PQconsumeInput")]
    private static partial int ConsumeInput(void* connection);

    [LibraryImport(Library, EntryPoint = "PQisBusy")]
    private static partial int IsBusy(void* connection);

    [LibraryImport(Library, EntryPoint = "PQgetResult")]
    private static partial void* GetResult(void* connection);

    [LibraryImport(Library, EntryPoint = "PQresultStatus")]
    private static partial int ResultStatus(void* result);

    [LibraryImport(Library, EntryPoint = "PQresultErrorMessage")]
    private static partial byte* ResultError(void* result);

    [LibraryImport(Library, EntryPoint = "PQclear")]
    private static partial void Clear(void* result);

    [LibraryImport(Library, EntryPoint = "PQntuples")]
    private static partial int RowCount(void* result);

    [LibraryImport(Library, EntryPoint = "PQnfields")]
    private static partial int ColumnCount(void* result);

    [LibraryImport(Library, EntryPoint = "PQgetisnull")]
    private static partial int IsNull(void* result, int row, int column);

    [LibraryImport(Library, EntryPoint = "PQgetvalue")]
    private static partial byte* GetValue(void* result, int row, int column);

    [LibraryImport(Library, EntryPoint = "PQgetlength")]
    private static partial int GetLength(void* result, int row, int column);
}
