using System.Globalization;
using System.Text;
using Mta.Text;
using Ascii = Mta.Text.Ascii;
using Mta.Tables.Types;

namespace Mta.Tables.Clients;

/// <summary>
/// <c>tcp:host:port</c>: asks a server in a protocol of lines, <c>get KEY</c> and <c>NNN TEXT</c> (tcp_table(5)). The
/// server gets the whole key only.
/// </summary>
internal sealed class TcpTable : LookupTable
{
    private const int ReplyLimit = 4096;
    private const int Attempts = 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly ServerConnections _connections;

    private TcpTable(TableRegistry registry, string type, string name, TableFlags flags, ServerAddress address)
        : base(registry, type, name, flags | TableFlags.Pattern) =>
        _connections = new ServerConnections(address, Timeout, idle: Timeout, life: TimeSpan.FromHours(1));

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        ClientTypes.RequireAuthentic(type, name, flags);
        BuiltInTypes.RequireReadOnly(type, name, access);
        return ServerAddress.TryParseInet(name, "", out ServerAddress address)
            ? new TcpTable(registry, type, name, flags, address)
            : throw new TableException($"{type}:{name}: need host:port");
    }

    /// <summary>Text as it stands on a line: printable ASCII without blanks and percent signs, the rest as <c>%XX</c>.</summary>
    internal static string Quote(string text)
    {
        StringBuilder quoted = new(text.Length);
        foreach (char c in text)
        {
            if (c is > ' ' and < '\x7f' and not '%')
            {
                quoted.Append(c);
            }
            else
            {
                quoted.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return quoted.ToString();
    }

    internal static bool TryUnquote(string text, out string plain)
    {
        StringBuilder result = new(text.Length);
        plain = "";
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                result.Append((char)byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                return false;
            }
        }

        plain = result.ToString();
        return true;
    }

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        string request = $"get {Quote(key)}\n";
        for (int attempt = 1; ; attempt++)
        {
            string reason;
            bool reused = false;
            try
            {
                (LookupResult result, string problem) = await _connections.UseAsync((connection, token) => AskAsync(connection, request, token), fresh: attempt > 1, stop);
                if (problem.Length > 0)
                {
                    Registry.Settings.Warning($"read TCP map reply from {_connections.Address}: {problem}");
                }

                return result;
            }
            catch (ServerFailureException error)
            {
                reused = error.Reused;
                reason = error.Message;
                string call = error.Step == FailedStep.Connect ? "connect to TCP map " : "read TCP map reply from ";
                if (!reused)
                {
                    Registry.Settings.Warning($"{call}{_connections.Address}: {reason}");
                }
            }

            if (attempt == Attempts)
            {
                return LookupResult.Failed(reason);
            }

            // A connection that the server closed while it was idle is replaced at once.
            if (!reused)
            {
                await Task.Delay(Pause, stop);
            }
        }
    }

    private static async ValueTask<(LookupResult Result, string Problem)> AskAsync(ServerConnection connection, string request, CancellationToken stop)
    {
        connection.Output.Write(request);
        await connection.Output.FlushAsync(stop);
        string reply = await connection.ReadLineAsync(ReplyLimit, stop);
        string text = "";
        if (reply.Length < 4 || !char.IsAsciiDigit(reply[0]) || !char.IsAsciiDigit(reply[1]) || !char.IsAsciiDigit(reply[2])
            || !Ascii.IsSpace(reply[3]) || !TryUnquote(reply[4..].TrimStart(' ', '\t'), out text))
        {
            throw new InvalidDataException($"malformed reply: {Printable.Neutralize(reply.Length > 100 ? reply[..100] : reply)}");
        }

        return reply[0] switch
        {
            '2' => (LookupResult.Found(text), ""),
            '5' => (LookupResult.NotFound, ""),
            '4' => (LookupResult.Failed(text), ""),
            _ => (LookupResult.Failed("bad status code"), $"bad status code: {Printable.Neutralize(reply.Length > 100 ? reply[..100] : reply)}"),
        };
    }
}
