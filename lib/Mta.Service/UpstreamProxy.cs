using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Text;
using NLog;

namespace Mta.Service;

/// <summary>What the header of an upstream proxy says; both names are empty when the connection is the proxy's own.</summary>
public readonly record struct ProxiedConnection(SocketName Client, SocketName Server)
{
    /// <summary>The proxy speaks for itself (version 2, LOCAL): the socket's addresses hold.</summary>
    public bool IsLocal => !Client.IsInternet;
}

/// <summary>
/// Reads the PROXY protocol's header, version 1 (one line) or 2 (binary), that haproxy and others send before the
/// client's first byte. Nothing behind the header is consumed.
/// </summary>
public static class UpstreamProxy
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private const int MaxVersion1 = 107;
    private const int FixedVersion2 = 16;

    // Addresses and a generous allowance for the fields behind them, which are passed over.
    private const int MaxVersion2 = 2048;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header and not a byte more: what is behind it stays in the socket, for whoever the socket is handed to.</summary>
    /// <returns>Null, after a warning, when there is no good header.</returns>
    public static async ValueTask<ProxiedConnection?> ReadAsync(SocketStream socket, TimeSpan limit, CancellationToken stop)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timer.CancelAfter(limit);
        byte[] header = new byte[FixedVersion2 + MaxVersion2];
        int held = 0;
        try
        {
            while (true)
            {
                int seen = await socket.PeekAsync(header.AsMemory(held), timer.Token);
                if (seen == 0)
                {
                    Log.Warn("haproxy read: EOF");
                    return null;
                }

                bool isWhole = TryParse(header.AsSpan(0, held + seen), out int length, out ProxiedConnection connection, out string? problem);
                if (problem is not null)
                {
                    Log.Warn($"haproxy read: {problem}");
                    return null;
                }

                // A header that is not whole yet is all that was seen.
                held += await socket.ReadAsync(header.AsMemory(held, isWhole ? length - held : seen), timer.Token);
                if (isWhole)
                {
                    return connection;
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Log.Warn("haproxy read: time limit exceeded");
            return null;
        }
        catch (IOException)
        {
            Log.Warn("haproxy read: EOF");
            return null;
        }
    }

    /// <returns>Null, after a warning, when there is no good header.</returns>
    public static async ValueTask<ProxiedConnection?> ReadAsync(BufferedInput input, TimeSpan limit, CancellationToken stop)
    {
        long before = input.Deadline;
        input.Deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        try
        {
            while (true)
            {
                if (TryParse(input.Available, out int length, out ProxiedConnection connection, out string? problem))
                {
                    input.Consume(length);
                    return connection;
                }

                if (problem is not null)
                {
                    Log.Warn($"haproxy read: {problem}");
                    return null;
                }

                if (!await input.FillAsync(stop))
                {
                    Log.Warn("haproxy read: EOF");
                    return null;
                }
            }
        }
        catch (TimeoutException)
        {
            Log.Warn("haproxy read: time limit exceeded");
            return null;
        }
        catch (IOException)
        {
            Log.Warn("haproxy read: EOF");
            return null;
        }
        finally
        {
            input.Deadline = before;
        }
    }

    /// <summary>Reads a header at the start of the input.</summary>
    /// <param name="problem">Why it can never become one; null when more bytes are needed.</param>
    public static bool TryParse(ReadOnlySpan<byte> input, out int length, out ProxiedConnection connection, out string? problem)
    {
        connection = default;
        length = 0;
        problem = null;
        if (input.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> start = Signature[..Math.Min(Signature.Length, input.Length)];
        return input[..start.Length].SequenceEqual(start)
            ? TryParseBinary(input, out length, out connection, out problem)
            : TryParseLine(input, out length, out connection, out problem);
    }

    private static bool TryParseLine(ReadOnlySpan<byte> input, out int length, out ProxiedConnection connection, out string? problem)
    {
        connection = default;
        length = 0;
        problem = null;
        ReadOnlySpan<byte> keyword = "PROXY "u8;
        int shown = Math.Min(input.Length, keyword.Length);
        int end = input.IndexOf((byte)'\n');
        if (!input[..shown].SequenceEqual(keyword[..shown]))
        {
            problem = $"bad or missing protocol type: {Shown(input)}";
            return false;
        }

        if (end < 0)
        {
            problem = input.Length >= MaxVersion1 ? $"missing protocol header terminator: {Shown(input)}" : null;
            return false;
        }

        length = end + 1;
        string[] words = ByteString.FromBytes(input[..end]).TrimEnd('\r').Split(' ');
        if (words.Length < 2 || words[1] is not ("TCP4" or "TCP6"))
        {
            problem = $"bad or missing protocol type: {Shown(input)}";
            return false;
        }

        int family = words[1] == "TCP4" ? SocketName.Inet : SocketName.Inet6;
        problem = words.Length < 3 || !IsAddress(family, words[2]) ? $"bad or missing client address: {Shown(input[..length])}"
            : words.Length < 4 || !IsAddress(family, words[3]) ? $"bad or missing server address: {Shown(input[..length])}"
            : words.Length < 5 || !TryParsePort(words[4], out _) ? $"bad or missing client port: {Shown(input[..length])}"
            : words.Length < 6 || !TryParsePort(words[5], out _) ? $"bad or missing server port: {Shown(input[..length])}"
            : null;
        if (problem is not null)
        {
            return false;
        }

        _ = TryParsePort(words[4], out int clientPort);
        _ = TryParsePort(words[5], out int serverPort);
        connection = new ProxiedConnection(Name(IPAddress.Parse(words[2]), clientPort), Name(IPAddress.Parse(words[3]), serverPort));
        return true;
    }

    private static bool TryParseBinary(ReadOnlySpan<byte> input, out int length, out ProxiedConnection connection, out string? problem)
    {
        connection = default;
        length = 0;
        problem = null;
        if (input.Length < FixedVersion2)
        {
            return false;
        }

        int behind = BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
        byte command = input[12];
        if (command >> 4 != 2 || behind > MaxVersion2)
        {
            problem = command >> 4 != 2 ? "unsupported protocol version" : "protocol header too long";
            return false;
        }

        if (input.Length < FixedVersion2 + behind)
        {
            return false;
        }

        length = FixedVersion2 + behind;
        ReadOnlySpan<byte> addresses = input.Slice(FixedVersion2, behind);
        switch (command & 0xF, input[13])
        {
            case (0, _):
                return true;
            case (1, 0x11) when behind >= 12:
                connection = new ProxiedConnection(
                    Name(new IPAddress(addresses[..4]), BinaryPrimitives.ReadUInt16BigEndian(addresses[8..])),
                    Name(new IPAddress(addresses.Slice(4, 4)), BinaryPrimitives.ReadUInt16BigEndian(addresses[10..])));
                return true;
            case (1, 0x21) when behind >= 36:
                connection = new ProxiedConnection(
                    Name(new IPAddress(addresses[..16]), BinaryPrimitives.ReadUInt16BigEndian(addresses[32..])),
                    Name(new IPAddress(addresses.Slice(16, 16)), BinaryPrimitives.ReadUInt16BigEndian(addresses[34..])));
                return true;
            case (1, 0x11 or 0x21):
                problem = $"short protocol header: {behind}";
                return false;
            case (1, _):
                problem = "unsupported network protocol";
                return false;
            default:
                problem = "bad command";
                return false;
        }
    }

    private static SocketName Name(IPAddress address, int port) => address.IsIPv4MappedToIPv6
        ? new SocketName(SocketName.Inet, address.MapToIPv4().ToString(), port)
        : new SocketName(address.AddressFamily == AddressFamily.InterNetworkV6 ? SocketName.Inet6 : SocketName.Inet, address.ToString(), port);

    // "010.0.0.1" is eight to some and ten to others: nobody's address.
    private static bool IsAddress(int family, string text) =>
        (family == SocketName.Inet ? DomainSyntax.IsValidIPv4(text) : DomainSyntax.IsValidIPv6(text))
        && IPAddress.TryParse(text, out IPAddress? address) && (family != SocketName.Inet || address.ToString() == text);

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out port) && port <= 65535;

    private static string Shown(ReadOnlySpan<byte> input) => CEscape.Quote(ByteString.FromBytes(input[..Math.Min(100, input.Length)]));
}
