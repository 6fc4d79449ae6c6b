using System.Globalization;
using Mta.Text;

namespace Mta.Tables.Clients;

/// <summary>
/// <c>redis:FILE</c>: a Redis server, by its serialization protocol (RESP 2). Settings as of <c>memcache:</c>, with
/// <c>redis</c> for the server, <c>user</c>, <c>password</c> and <c>database</c>. With <c>tls = yes</c> everything goes
/// through TLS, the password too, and the server's certificate must be for its name and by a trusted authority.
/// </summary>
internal sealed class RedisTable : CacheTable
{
    private const string Server = "redis";
    private const string DefaultServer = "inet:localhost:6379";
    private readonly string _user;
    private readonly string _password;
    private readonly int _database;

    private RedisTable(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access, ClientSettings settings)
        : base(registry, type, name, flags, access, settings, ServerOf(settings, Server, DefaultServer), Security(registry, name, settings))
    {
        _user = settings.Text("user");
        _password = settings.Text("password");
        _database = settings.Number("database", 0);
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        ClientTypes.RequireAuthentic(type, name, flags);
        return new RedisTable(registry, type, name, flags, access, ClientSettings.Open(registry, name));
    }

    protected override async ValueTask<string?> GetAsync(ServerConnection connection, string key, CancellationToken stop) =>
        await CallAsync(connection, stop, "GET", key);

    protected override async ValueTask<bool> SetAsync(ServerConnection connection, string key, string value, CancellationToken stop) =>
        await (Life > 0
            ? CallAsync(connection, stop, "SET", key, value, "EX", Life.ToString(CultureInfo.InvariantCulture))
            : CallAsync(connection, stop, "SET", key, value)) == "OK";

    protected override async ValueTask<bool> DeleteAsync(ServerConnection connection, string key, CancellationToken stop) =>
        await CallAsync(connection, stop, "DEL", key) is not "0";

    private static StreamSecurer? Security(TableRegistry registry, string name, ClientSettings settings)
    {
        if (!settings.Flag("tls", otherwise: false))
        {
            return null;
        }

        ServerAddress address = ServerOf(settings, Server, DefaultServer);
        string serverName = settings.Text("tls_server_name", address.Host);
        if (serverName.Length == 0)
        {
            throw new TableException($"{name}: tls_server_name has to say whose certificate is expected");
        }

        return registry.Settings.PrepareTls is { } prepare
            ? prepare(new TableTls(serverName, settings.Text("tls_ca_cert_file"), settings.Text("tls_ca_cert_dir"), settings.Text("tls_cert"), settings.Text("tls_key")))
            : throw new TableException($"{name}: TLS is not available here");
    }

    private async ValueTask<string?> CallAsync(ServerConnection connection, CancellationToken stop, params string[] words)
    {
        if (!connection.IsGreeted)
        {
            if (_password.Length > 0)
            {
                await SendAsync(connection, stop, _user.Length > 0 ? ["AUTH", _user, _password] : ["AUTH", _password]);
            }

            if (_database != 0)
            {
                await SendAsync(connection, stop, "SELECT", _database.ToString(CultureInfo.InvariantCulture));
            }

            connection.IsGreeted = true;
        }

        return await SendAsync(connection, stop, words);
    }

    // Every word is counted, so no key can be taken for anything else.
    private async ValueTask<string?> SendAsync(ServerConnection connection, CancellationToken stop, params string[] words)
    {
        connection.Output.Write(string.Create(CultureInfo.InvariantCulture, $"*{words.Length}\r\n"));
        foreach (string word in words)
        {
            connection.Output.Write(string.Create(CultureInfo.InvariantCulture, $"${word.Length}\r\n"));
            connection.Output.Write(word);
            connection.Output.Write("\r\n");
        }

        await connection.Output.FlushAsync(stop);
        string line = await connection.ReadLineAsync(LineLimit, stop);
        string text = line.Length > 0 ? line[1..] : "";
        switch (line.Length > 0 ? line[0] : '?')
        {
            case '+' or ':':
                return text;
            case '-':
                throw new IOException($"redis server error: {Printable.Neutralize(text.Length > 100 ? text[..100] : text)}");
            case '$' when text == "-1":
                return null;
            case '$' when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= DataLimit:
                string value = await connection.ReadAsync(length, stop);
                return await connection.ReadLineAsync(LineLimit, stop) == "" ? value : throw new InvalidDataException("malformed redis server reply");
            default:
                throw new InvalidDataException($"unexpected redis server reply: {Printable.Neutralize(line.Length > 100 ? line[..100] : line)}");
        }
    }
}
