using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Dns.Tests;

/// <summary>A name server on a loopback port that says what the test tells it to.</summary>
internal sealed class FakeDnsServer : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Dictionary<(string Name, int Type), List<byte[]>> _records = [];
    private readonly Dictionary<string, int> _codes = [];
    private readonly HashSet<string> _silent = [];

    public FakeDnsServer() => _ = Task.Run(ServeAsync);

    public string Address => $"127.0.0.1@{((IPEndPoint)_socket.Client.LocalEndPoint!).Port}";

    public void Add(string name, int type, params byte[] data)
    {
        lock (_records)
        {
            if (!_records.TryGetValue((name, type), out List<byte[]>? list))
            {
                _records[(name, type)] = list = [];
            }

            list.Add(data);
        }
    }

    public void AddMx(string name, int preference, string target) =>
        Add(name, 15, [(byte)(preference >> 8), (byte)preference, .. Wire(target)]);

    public void Fail(string name, int code) => _codes[name] = code;

    public void Ignore(string name) => _silent.Add(name);

    public static byte[] Wire(string name)
    {
        List<byte> bytes = [];
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.Add(0);
        return [.. bytes];
    }

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult query = await _socket.ReceiveAsync();
                if (Answer(query.Buffer) is byte[] answer)
                {
                    await _socket.SendAsync(answer, query.RemoteEndPoint);
                }
            }
        }
        catch (Exception failure) when (failure is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private byte[]? Answer(byte[] query)
    {
        int position = 12;
        List<string> labels = [];
        while (query[position] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, position + 1, query[position]));
            position += query[position] + 1;
        }

        string name = string.Join('.', labels).ToLowerInvariant();
        int type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(position + 1));
        int end = position + 5;
        if (_silent.Contains(name))
        {
            return null;
        }

        List<(int Type, byte[] Data)> answers = [];
        bool isKnown;
        lock (_records)
        {
            isKnown = _records.Keys.Any(key => key.Name == name);
            if (_records.TryGetValue((name, type), out List<byte[]>? list))
            {
                answers.AddRange(list.Select(data => (type, data)));
            }
            else if (_records.TryGetValue((name, 5), out List<byte[]>? alias))
            {
                answers.Add((5, alias[0]));
            }
        }

        int code = _codes.TryGetValue(name, out int given) ? given : isKnown ? 0 : 3;
        List<byte> reply = [.. query.AsSpan(0, end)];
        reply[2] = 0x85;
        reply[3] = (byte)(0x80 | code);
        reply[6] = 0;
        reply[7] = (byte)answers.Count;
        reply[8] = reply[9] = reply[10] = reply[11] = 0;
        foreach ((int recordType, byte[] data) in answers)
        {
            reply.AddRange([0xC0, 12, 0, (byte)recordType, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length]);
            reply.AddRange(data);
        }

        return [.. reply];
    }
}
