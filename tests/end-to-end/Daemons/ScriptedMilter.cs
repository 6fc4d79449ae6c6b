using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>
/// A mail filter that agrees to everything and asks at the end of the message for what the present script says, one
/// request a line: <c>add NAME VALUE</c>, <c>insert INDEX NAME VALUE</c>, <c>change INDEX NAME VALUE</c>,
/// <c>from ADDRESS [ARGUMENTS]</c>, <c>rcpt ADDRESS</c>, <c>rcptargs ADDRESS [ARGUMENTS]</c>, <c>delete ADDRESS</c>,
/// <c>body TEXT</c>, <c>quarantine REASON</c>, <c>raw LETTER BYTES</c>, and as the last one <c>accept</c>,
/// <c>continue</c>, <c>reject</c>, <c>tempfail</c>, <c>discard</c>, <c>reply TEXT</c> or <c>die</c>. A first word
/// <c>at EVENT</c> (a letter of the protocol) lets the last one answer that event instead. What filters are shown is
/// kept: <see cref="Seen"/>.
/// </summary>
internal sealed class ScriptedMilter : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly StringBuilder _seen = new();
    private readonly Lock _lock = new();
    private List<string> _script = [];

    public ScriptedMilter()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port { get; }

    /// <summary>What the filter was told since the script was set.</summary>
    public string Seen
    {
        get
        {
            lock (_lock)
            {
                return _seen.ToString();
            }
        }
    }

    public void Play(List<string> script)
    {
        lock (_lock)
        {
            _script = script;
            _seen.Clear();
        }
    }

    public void Dispose() => _listener.Stop();

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket client = _listener.AcceptSocket();
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket client)
    {
        using var stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            byte[] length = new byte[4];
            while (true)
            {
                stream.ReadExactly(length);
                byte[] packet = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                stream.ReadExactly(packet);
                char command = (char)packet[0];
                if (command is 'Q' || !Answer(stream, command, packet.AsSpan(1)))
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            // The other side has gone.
        }
    }

    private bool Answer(NetworkStream stream, char command, ReadOnlySpan<byte> data)
    {
        List<string> script;
        lock (_lock)
        {
            script = _script;
            if (command is not ('O' or 'D' or 'A' or 'C'))
            {
                _seen.Append(command).Append(' ').Append(Encoding.Latin1.GetString(data).Replace("\0", "|", StringComparison.Ordinal).Replace("\r\n", "$", StringComparison.Ordinal)).Append('\n');
            }
        }

        switch (command)
        {
            case 'O':
                Send(stream, 'O', [0, 0, 0, 6, 0, 0, 1, 0xFF, 0, 0, 0, 0]);
                return true;
            case 'D' or 'A' or 'K':
                return true;
        }

        char at = 'E';
        foreach (string line in script)
        {
            string[] words = line.Split(' ', 3);
            if (words[0] == "at")
            {
                at = words[1][0];
            }
            else if (command == at && !Ask(stream, words, line))
            {
                return !line.StartsWith("die", StringComparison.Ordinal);
            }
        }

        Send(stream, 'c', []);
        return true;
    }

    // True when more may follow.
    private static bool Ask(NetworkStream stream, string[] words, string line)
    {
        string second = words.Length > 1 ? words[1] : "";
        string third = words.Length > 2 ? words[2] : "";
        string rest = line.Length > words[0].Length ? line[(words[0].Length + 1)..] : "";
        switch (words[0])
        {
            case "add":
                Send(stream, 'h', Encoding.Latin1.GetBytes($"{second}\0{Broken(third)}\0"));
                return true;
            case "insert" or "change":
                int blank = third.IndexOf(' ');
                (string name, string value) = blank < 0 ? (third, "") : (third[..blank], third[(blank + 1)..]);
                byte[] index = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(index, int.Parse(second));
                Send(stream, words[0] == "insert" ? 'i' : 'm', [.. index, .. Encoding.Latin1.GetBytes($"{name}\0{Broken(value)}\0")]);
                return true;
            case "from":
                Send(stream, 'e', Encoding.Latin1.GetBytes(third.Length > 0 ? $"{second}\0{third}\0" : $"{second}\0"));
                return true;
            case "rcpt":
                Send(stream, '+', Encoding.Latin1.GetBytes($"{rest}\0"));
                return true;
            case "rcptargs":
                Send(stream, '2', Encoding.Latin1.GetBytes(third.Length > 0 ? $"{second}\0{third}\0" : $"{second}\0"));
                return true;
            case "delete":
                Send(stream, '-', Encoding.Latin1.GetBytes($"{rest}\0"));
                return true;
            case "body":
                Send(stream, 'b', Encoding.Latin1.GetBytes(rest.Replace("$", "\r\n", StringComparison.Ordinal)));
                return true;
            case "quarantine":
                Send(stream, 'q', Encoding.Latin1.GetBytes($"{rest}\0"));
                return true;
            case "raw":
                Send(stream, second[0], Encoding.Latin1.GetBytes(third.Replace("|", "\0", StringComparison.Ordinal)));
                return true;
            case "die":
                return false;
            case "reply":
                Send(stream, 'y', Encoding.Latin1.GetBytes($"{rest}\0"));
                return false;
            default:
                Send(stream, words[0] switch { "accept" => 'a', "continue" => 'c', "reject" => 'r', "tempfail" => 't', "discard" => 'd', _ => throw new InvalidDataException($"unknown request {line}") }, []);
                return false;
        }
    }

    private static string Broken(string value) => value.Replace("$", "\n", StringComparison.Ordinal);

    private static void Send(NetworkStream stream, char command, ReadOnlySpan<byte> data)
    {
        byte[] packet = new byte[5 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(packet, data.Length + 1);
        packet[4] = (byte)command;
        data.CopyTo(packet.AsSpan(5));
        stream.Write(packet);
    }
}
