using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Mta.Cleanup.Tests;

/// <summary>A filter that wants to hear of the end of the message only, and answers it with packets made beforehand.</summary>
internal sealed class EditingMilter : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Queue<byte[]> _answers = [];
    private readonly string _path;

    public EditingMilter(string path)
    {
        _path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(100);
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    /// <summary>What the filters of the next message answer, each in its turn.</summary>
    public void Answer(IEnumerable<byte[]> answers)
    {
        lock (_answers)
        {
            _answers.Clear();
            foreach (byte[] answer in answers)
            {
                _answers.Enqueue(answer);
            }
        }
    }

    public static void Packet(List<byte> to, char letter, ReadOnlySpan<byte> data)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length + 1);
        to.AddRange(length);
        to.Add((byte)letter);
        to.AddRange(data);
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                Socket client = _listener.Accept();
                byte[] answer;
                lock (_answers)
                {
                    answer = _answers.TryDequeue(out byte[]? next) ? next : [];
                }

                _ = ServeAsync(client, answer);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private static async Task ServeAsync(Socket client, byte[] answer)
    {
        await using NetworkStream stream = new(client, ownsSocket: true);
        try
        {
            byte[] head = new byte[5];
            while (true)
            {
                await stream.ReadExactlyAsync(head);
                byte[] data = new byte[BinaryPrimitives.ReadInt32BigEndian(head) - 1];
                await stream.ReadExactlyAsync(data);
                switch ((char)head[4])
                {
                    case 'O':
                        // Version 6, every action, no event but the end.
                        await stream.WriteAsync(new byte[] { 0, 0, 0, 13, (byte)'O', 0, 0, 0, 6, 0, 0, 1, 0xFF, 0, 0, 3, 0x7F });
                        break;
                    case 'E':
                        await stream.WriteAsync(answer);
                        if (answer.Length == 0 || answer[^1] is not ((byte)'c' or (byte)'a'))
                        {
                            return;
                        }

                        break;
                    case 'Q':
                        return;
                }
            }
        }
        catch (IOException)
        {
            // The other side has gone.
        }
    }

    public static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
