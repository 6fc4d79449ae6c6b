using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>A call of liblmdb failed. The code is an errno when positive, one of LMDB's own when negative.</summary>
public sealed class LmdbException(int code, string call, string path)
    : IOException($"{call} {path}: {Lmdb.ErrorText(code)}")
{
    public int Code { get; } = code;

    /// <summary>The library's text for the code alone.</summary>
    public string Reason => Lmdb.ErrorText(Code);
}

/// <summary>
/// The LMDB library (liblmdb.so.0): one file, one unnamed database, no lock file. The library's own locking is off
/// (it would need a world-writable lock file); whoever uses this class keeps other processes away by a whole-file
/// fcntl lock (<see cref="Posix.LockRecord"/>) from the start to the end of each transaction, and other threads by a
/// lock of its own.
/// </summary>
public sealed unsafe partial class Lmdb : IDisposable
{
    public const int NotFound = -30798;
    public const int KeyExists = -30799;
    public const int MapFull = -30792;
    public const int MapResized = -30785;
    public const int BadValueSize = -30781;
    private const string Library = "liblmdb.so.0";
    private const uint NoSubdirectory = 0x4000;
    private const uint NoSync = 0x10000;
    private const uint ReadOnlyFlag = 0x20000;
    private const uint NoThreadLocalStorage = 0x200000;
    private const uint NoLock = 0x400000;
    private const uint NoReadAhead = 0x800000;
    private const uint NoOverwrite = 0x10;
    private const uint Append = 0x20000;
    private const int CursorFirst = 0;
    private const int CursorNext = 8;

    private readonly string _path;
    private void* _environment;
    private void* _reader;
    private void* _writer;
    private uint _database;
    private bool _databaseOpen;

    private Lmdb(string path, void* environment)
    {
        _path = path;
        _environment = environment;
    }

    /// <summary>The data file, for locks and fstat; owned by the library.</summary>
    public FileHandle File { get; private set; } = new();

    /// <summary>Opens a database file.</summary>
    /// <param name="mapSize">Size limit in bytes for writers; 0 takes the file's.</param>
    /// <param name="sync">Flush at each commit. Off where the caller flushes the finished file itself.</param>
    /// <exception cref="LmdbException">The file cannot be opened, or is no LMDB file.</exception>
    public static Lmdb Open(string path, bool writable, long mapSize, int mode, bool sync = true)
    {
        void* environment;
        int code = EnvironmentCreate(&environment);
        if (code != 0)
        {
            throw new LmdbException(code, "create", path);
        }

        Lmdb lmdb = new(path, environment);
        try
        {
            if (mapSize > 0)
            {
                lmdb.Check(EnvironmentSetMapSize(environment, (nuint)mapSize), "set map size");
            }

            uint flags = NoSubdirectory | NoLock | NoThreadLocalStorage | NoReadAhead | (writable ? 0 : ReadOnlyFlag) | (sync ? 0 : NoSync);
            lmdb.Check(EnvironmentOpen(environment, path, flags, (uint)mode), "open");
            int descriptor;
            lmdb.Check(EnvironmentGetDescriptor(environment, &descriptor), "open");
            lmdb.File = new FileHandle(descriptor, ownsHandle: false);
            Posix.SetCloseOnExec(descriptor, true);
            return lmdb;
        }
        catch
        {
            lmdb.Dispose();
            throw;
        }
    }

    /// <summary>The library's text for an error code.</summary>
    public static string ErrorText(int code) => Marshal.PtrToStringUTF8((nint)ErrorTextNative(code)) ?? $"error {code}";

    /// <summary>Begins reading a snapshot.</summary>
    /// <exception cref="LmdbException">Among others <see cref="MapResized"/>: another process let the file grow.</exception>
    public void BeginRead()
    {
        if (_reader != null)
        {
            int code = TransactionRenew(_reader);
            if (code == 0)
            {
                return;
            }

            TransactionAbort(_reader);
            _reader = null;
            throw new LmdbException(code, "read", _path);
        }

        void* transaction;
        Check(TransactionBegin(_environment, null, ReadOnlyFlag, &transaction), "read");
        _reader = transaction;
        if (!_databaseOpen)
        {
            uint database;
            int code = DatabaseOpen(transaction, null, 0, &database);
            if (code != 0)
            {
                TransactionAbort(transaction);
                _reader = null;
                throw new LmdbException(code, "open", _path);
            }

            _database = database;
            _databaseOpen = true;
        }
    }

    /// <summary>Ends reading; the values handed out are void.</summary>
    public void EndRead()
    {
        if (_reader != null)
        {
            TransactionReset(_reader);
        }
    }

    /// <summary>Begins writing.</summary>
    /// <exception cref="LmdbException">The file cannot be written.</exception>
    public void BeginWrite()
    {
        void* transaction;
        Check(TransactionBegin(_environment, null, 0, &transaction), "write");
        _writer = transaction;
        if (!_databaseOpen)
        {
            uint database;
            int code = DatabaseOpen(transaction, null, 0, &database);
            if (code != 0)
            {
                Abort();
                throw new LmdbException(code, "open", _path);
            }

            _database = database;
            _databaseOpen = true;
        }
    }

    /// <summary>Makes what was written permanent.</summary>
    /// <exception cref="LmdbException">Nothing was written.</exception>
    public void Commit()
    {
        void* transaction = _writer;
        _writer = null;
        Check(TransactionCommit(transaction), "write");
    }

    /// <summary>Forgets what was written since <see cref="BeginWrite"/>.</summary>
    public void Abort()
    {
        if (_writer != null)
        {
            TransactionAbort(_writer);
            _writer = null;
        }
    }

    /// <summary>Finds a key in the transaction that is open.</summary>
    /// <param name="value">Memory of the file, valid until the transaction ends.</param>
    /// <returns>0, <see cref="NotFound"/>, <see cref="BadValueSize"/> (the key is empty or too long), or another error.</returns>
    public int TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = key)
        {
            Value keyValue = new() { Size = (nuint)key.Length, Data = pointer };
            Value found;
            int code = Get(_writer != null ? _writer : _reader, _database, &keyValue, &found);
            value = code == 0 ? new ReadOnlySpan<byte>(found.Data, checked((int)found.Size)) : default;
            return code;
        }
    }

    /// <summary>Stores a key in the write transaction.</summary>
    /// <returns>0, <see cref="KeyExists"/> when not <paramref name="replace"/>, <see cref="MapFull"/>, or another error.</returns>
    public int TryPut(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool replace) => TryPut(key, value, replace ? 0 : NoOverwrite);

    private int TryPut(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint flags)
    {
        fixed (byte* keyPointer = key)
        fixed (byte* valuePointer = value)
        {
            Value keyValue = new() { Size = (nuint)key.Length, Data = keyPointer };
            Value valueValue = new() { Size = (nuint)value.Length, Data = valuePointer };
            return Put(_writer, _database, &keyValue, &valueValue, flags);
        }
    }

    /// <summary>Stores a key that comes behind all others, which fills pages whole and needs no search.</summary>
    /// <returns>0, <see cref="KeyExists"/> when it does not come behind them, <see cref="MapFull"/>, or another error.</returns>
    public int TryAppend(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => TryPut(key, value, Append);

    /// <summary>Removes a key in the write transaction.</summary>
    /// <returns>0, <see cref="NotFound"/>, or another error.</returns>
    public int TryDelete(ReadOnlySpan<byte> key)
    {
        fixed (byte* pointer = key)
        {
            Value keyValue = new() { Size = (nuint)key.Length, Data = pointer };
            return Delete(_writer, _database, &keyValue, null);
        }
    }

    /// <summary>All entries of the read transaction that is open, in the order of their keys.</summary>
    /// <exception cref="LmdbException">The file is damaged.</exception>
    public List<(byte[] Key, byte[] Value)> ReadAll()
    {
        List<(byte[], byte[])> entries = [];
        void* cursor;
        Check(CursorOpen(_reader, _database, &cursor), "read");
        try
        {
            Value key, value;
            int code = CursorGet(cursor, &key, &value, CursorFirst);
            while (code == 0)
            {
                entries.Add((new ReadOnlySpan<byte>(key.Data, (int)key.Size).ToArray(), new ReadOnlySpan<byte>(value.Data, (int)value.Size).ToArray()));
                code = CursorGet(cursor, &key, &value, CursorNext);
            }

            if (code != NotFound)
            {
                throw new LmdbException(code, "read", _path);
            }

            return entries;
        }
        finally
        {
            CursorClose(cursor);
        }
    }

    /// <summary>Sets another size limit; 0 takes over what another process set. No transaction may be open.</summary>
    /// <exception cref="LmdbException">The system refused.</exception>
    public void SetMapSize(long mapSize)
    {
        DropReader();
        Check(EnvironmentSetMapSize(_environment, (nuint)mapSize), "set map size");
    }

    /// <summary>The current size limit in bytes.</summary>
    /// <exception cref="LmdbException">The library refused.</exception>
    public long MapSize
    {
        get
        {
            EnvironmentInfo info;
            Check(EnvironmentGetInfo(_environment, &info), "info");
            return (long)info.MapSize;
        }
    }

    public void Dispose()
    {
        if (_environment != null)
        {
            Abort();
            DropReader();
            EnvironmentClose(_environment);
            _environment = null;
        }
    }

    private void DropReader()
    {
        if (_reader != null)
        {
            TransactionAbort(_reader);
            _reader = null;
        }
    }

    private void Check(int code, string call)
    {
        if (code != 0)
        {
            throw new LmdbException(code, call, _path);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Value
    {
        public nuint Size;
        public byte* Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct EnvironmentInfo
    {
        public void* MapAddress;
        public nuint MapSize;
        public nuint LastPage;
        public nuint LastTransaction;
        public uint MaxReaders;
        public uint Readers;
    }

    [LibraryImport(Library, EntryPoint = "mdb_env_create")]
    private static partial int EnvironmentCreate(void** environment);

    [LibraryImport(Library, EntryPoint = "mdb_env_set_mapsize")]
    private static partial int EnvironmentSetMapSize(void* environment, nuint size);

    [LibraryImport(Library, EntryPoint = "mdb_env_open")]
    private static partial int EnvironmentOpen(void* environment, [MarshalUsing(typeof(ByteStringMarshaller))] string path, uint flags, uint mode);

    [LibraryImport(Library, EntryPoint = "mdb_env_close")]
    private static partial void EnvironmentClose(void* environment);

    [LibraryImport(Library, EntryPoint = "mdb_env_get_fd")]
    private static partial int EnvironmentGetDescriptor(void* environment, int* descriptor);

    [LibraryImport(Library, EntryPoint = "mdb_env_info")]
    private static partial int EnvironmentGetInfo(void* environment, EnvironmentInfo* info);

    [LibraryImport(Library, EntryPoint = "mdb_txn_begin")]
    private static partial int TransactionBegin(void* environment, void* parent, uint flags, void** transaction);

    [LibraryImport(Library, EntryPoint = "mdb_txn_commit")]
    private static partial int TransactionCommit(void* transaction);

    [LibraryImport(Library, EntryPoint = "mdb_txn_abort")]
    private static partial void TransactionAbort(void* transaction);

    [LibraryImport(Library, EntryPoint = "mdb_txn_reset")]
    private static partial void TransactionReset(void* transaction);

    [LibraryImport(Library, EntryPoint = "mdb_txn_renew")]
    private static partial int TransactionRenew(void* transaction);

    [LibraryImport(Library, EntryPoint = "mdb_dbi_open")]
    private static partial int DatabaseOpen(void* transaction, byte* name, uint flags, uint* database);

    [LibraryImport(Library, EntryPoint = "mdb_get")]
    private static partial int Get(void* transaction, uint database, Value* key, Value* value);

    [LibraryImport(Library, EntryPoint = "mdb_put")]
    private static partial int Put(void* transaction, uint database, Value* key, Value* value, uint flags);

    [LibraryImport(Library, EntryPoint = "mdb_del")]
    private static partial int Delete(void* transaction, uint database, Value* key, Value* value);

    [LibraryImport(Library, EntryPoint = "mdb_cursor_open")]
    private static partial int CursorOpen(void* transaction, uint database, void** cursor);

    [LibraryImport(Library, EntryPoint = "mdb_cursor_get")]
    private static partial int CursorGet(void* cursor, Value* key, Value* value, int operation);

    [LibraryImport(Library, EntryPoint = "mdb_cursor_close")]
    private static partial void CursorClose(void* cursor);

    [LibraryImport(Library, EntryPoint = "mdb_strerror")]
    private static partial byte* ErrorTextNative(int code);
}
