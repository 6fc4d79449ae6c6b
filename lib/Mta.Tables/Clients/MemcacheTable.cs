using System.Globalization;
using System.Security.Cryptography;
using Mta.Text;

namespace Mta.Tables.Clients;

/// <summary><c>memcache:FILE</c>: a memcached server, by its text protocol (memcache_table(5)).</summary>
internal sealed class MemcacheTable : CacheTable
{
    private const int LongestKey = 250;
    private readonly int _flags;
    private readonly string _digest;

    private MemcacheTable(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access, ClientSettings settings)
        : base(registry, type, name, flags, access, settings, ServerOf(settings, "memcache", "inet:localhost:11211"))
    {
        _flags = settings.Number("flags", 0);
        _digest = Ascii.ToLower(settings.Text("key_digest"));
        if (_digest is not ("" or "sha1" or "sha256" or "sha384" or "sha512"))
        {
            throw new TableException($"{name}: unknown key_digest: {_digest}");
        }
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        ClientTypes.RequireAuthentic(type, name, flags);
        return new MemcacheTable(registry, type, name, flags, access, ClientSettings.Open(registry, name));
    }

    // A blank or a line end in a key would begin another command.
    protected override bool CanAsk(string key) =>
        _digest.Length > 0 || (key.Length is > 0 and <= LongestKey && !key.AsSpan().ContainsAnyInRange('\0', ' ') && !key.Contains('\x7f', StringComparison.Ordinal));

    protected override async ValueTask<string?> GetAsync(ServerConnection connection, string key, CancellationToken stop)
    {
        connection.Output.Write($"get {Digest(key)}\r\n");
        await connection.Output.FlushAsync(stop);
        string line = await connection.ReadLineAsync(LineLimit, stop);
        if (line == "END")
        {
            return null;
        }

        string[] words = line.Split(' ');
        if (words.Length < 4 || words[0] != "VALUE" || !int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > DataLimit)
        {
            throw new InvalidDataException($"unexpected memcache server reply: {Shorten(line)}");
        }

        string value = await connection.ReadAsync(length, stop);
        return await connection.ReadLineAsync(LineLimit, stop) == "" && await connection.ReadLineAsync(LineLimit, stop) == "END"
            ? value
            : throw new InvalidDataException("unexpected memcache server reply after a value");
    }

    protected override async ValueTask<bool> SetAsync(ServerConnection connection, string key, string value, CancellationToken stop)
    {
        connection.Output.Write(string.Create(CultureInfo.InvariantCulture, $"set {Digest(key)} {_flags} {Life} {value.Length}\r\n"));
        connection.Output.Write(value);
        connection.Output.Write("\r\n");
        await connection.Output.FlushAsync(stop);
        string line = await connection.ReadLineAsync(LineLimit, stop);
        return line == "STORED" || (line == "NOT_STORED" ? false : throw new InvalidDataException($"unexpected memcache server reply: {Shorten(line)}"));
    }

    protected override async ValueTask<bool> DeleteAsync(ServerConnection connection, string key, CancellationToken stop)
    {
        connection.Output.Write($"delete {Digest(key)}\r\n");
        await connection.Output.FlushAsync(stop);
        string line = await connection.ReadLineAsync(LineLimit, stop);
        return line == "DELETED" || (line == "NOT_FOUND" ? false : throw new InvalidDataException($"unexpected memcache server reply: {Shorten(line)}"));
    }

    private static string Shorten(string line) => Printable.Neutralize(line.Length > 100 ? line[..100] : line);

    private string Digest(string key) => _digest switch
    {
        "sha1" => Convert.ToHexStringLower(Sha1(ByteString.ToBytes(key))),
        "sha256" => Convert.ToHexStringLower(SHA256.HashData(ByteString.ToBytes(key))),
        "sha384" => Convert.ToHexStringLower(SHA384.HashData(ByteString.ToBytes(key))),
        "sha512" => Convert.ToHexStringLower(SHA512.HashData(ByteString.ToBytes(key))),
        _ => key,
    };

#pragma warning disable CA5350 // The administrator names the digest; it shortens keys and protects nothing.
    private static byte[] Sha1(byte[] key) => SHA1.HashData(key);
#pragma warning restore CA5350
}
