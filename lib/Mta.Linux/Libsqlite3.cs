using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>An SQLite database, open for reading (libsqlite3.so.0). Calls block, bounded; one thread at a time.</summary>
public sealed unsafe partial class SqliteConnection : IDisposable
{
    private const string Library = ClientLibrary.Sqlite;
    private const int ReadOnly = 1;
    private const int NoMutex = 0x8000;
    private const int Row = 100;
    private const int Done = 101;
    private const int BusyMilliseconds = 5000;
    private const int StepsBetweenChecks = 10_000;
    private void* _database;
    private long* _deadline;

    private SqliteConnection()
    {
    }

    /// <exception cref="DatabaseException">The file cannot be opened.</exception>
    public static SqliteConnection Open(string path)
    {
        SqliteConnection made = new();
        void* database;
        int code = OpenFile(path, &database, ReadOnly | NoMutex, null);
        made._database = database;
        if (code != 0)
        {
            string reason = database == null ? "out of memory" : made.Reason();
            made.Dispose();
            throw new DatabaseException(reason, connectionLost: true);
        }

        BusyTimeout(database, BusyMilliseconds);
        made._deadline = (long*)NativeMemory.AllocZeroed(sizeof(long));
        ProgressHandler(database, StepsBetweenChecks, &IsLate, made._deadline);
        return made;
    }

    /// <summary>Runs one query.</summary>
    /// <param name="row">Told of each value, row by row and column by column; null for a NULL.</param>
    /// <param name="milliseconds">Longest time that it may take.</param>
    /// <exception cref="DatabaseException">It failed, or took too long.</exception>
    public void Query(string query, int milliseconds, Action<string?> row)
    {
        *_deadline = Environment.TickCount64 + milliseconds;
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(query);
        void* statement;
        fixed (byte* pointer = bytes)
        {
            byte* tail;
            if (Prepare(_database, pointer, bytes.Length, &statement, &tail) != 0)
            {
                throw new DatabaseException(Reason(), connectionLost: false);
            }
        }

        if (statement == null)
        {
            return;
        }

        try
        {
            int columns = ColumnCount(statement);
            int code;
            while ((code = Step(statement)) == Row)
            {
                for (int c = 0; c < columns; c++)
                {
                    byte* text = ColumnText(statement, c);
                    row(text == null ? null : System.Text.Encoding.Latin1.GetString(text, ColumnBytes(statement, c)));
                }
            }

            if (code != Done)
            {
                throw new DatabaseException(Reason(), connectionLost: false);
            }
        }
        finally
        {
            _ = FinalizeStatement(statement);
        }
    }

    public void Dispose()
    {
        if (_database != null)
        {
            _ = CloseDatabase(_database);
            _database = null;
        }

        NativeMemory.Free(_deadline);
        _deadline = null;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsLate(void* deadline) => Environment.TickCount64 > *(long*)deadline ? 1 : 0;

    private string Reason() => NativeText.FromPointer(ErrorText(_database));

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2")]
    private static partial int OpenFile([MarshalUsing(typeof(ByteStringMarshaller))] string path, void** database, int flags, byte* vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    private static partial int CloseDatabase(void* database);

    [LibraryImport(Library, EntryPoint = "sqlite3_busy_timeout")]
    private static partial int BusyTimeout(void* database, int milliseconds);

    [LibraryImport(Library, EntryPoint = "sqlite3_progress_handler")]
    private static partial void ProgressHandler(void* database, int steps, delegate* unmanaged[Cdecl]<void*, int> handler, void* argument);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2")]
    private static partial int Prepare(void* database, byte* query, int length, void** statement, byte** tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(void* statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    private static partial int FinalizeStatement(void* statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_count")]
    private static partial int ColumnCount(void* statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    private static partial byte* ColumnText(void* statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    private static partial int ColumnBytes(void* statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    private static partial byte* ErrorText(void* database);
}
