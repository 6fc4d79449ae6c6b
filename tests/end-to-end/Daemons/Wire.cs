using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>
/// A connection to a daemon's Unix socket, in the words of Postfix's internal protocols: NUL-terminated attribute lists
/// and queue file records. Written apart from the product's own code, as a second opinion.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly BufferedStream _input;
    private readonly MemoryStream _output = new();

    public Wire(string path)
        : this(Connect(path))
    {
    }

    public Wire(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket) { ReadTimeout = 10_000, WriteTimeout = 30_000 };
        _input = new BufferedStream(_stream);
    }

    public Wire Attribute(string name, object value)
    {
        _output.Write(Encoding.Latin1.GetBytes($"{name}\0{value}\0"));
        return this;
    }

    public void EndList()
    {
        _output.WriteByte(0);
        Flush();
    }

    public void Record(char type, string data)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(data);
        _output.WriteByte((byte)type);
        int length = bytes.Length;
        while (length >= 0x80)
        {
            _output.WriteByte((byte)(length | 0x80));
            length >>= 7;
        }

        _output.WriteByte((byte)length);
        _output.Write(bytes);
    }

    public void Flush()
    {
        _stream.Write(_output.ToArray());
        _output.SetLength(0);
    }

    /// <summary>One list as <c>name=value</c>; null at the end.</summary>
    public List<string>? ReadList()
    {
        List<string> list = [];
        while (true)
        {
            string? name = ReadString();
            if (name is null)
            {
                return null;
            }

            if (name.Length == 0)
            {
                return list;
            }

            list.Add($"{name}={ReadString()}");
        }
    }

    /// <summary>One record; null at the end.</summary>
    public (char Type, string Data)? ReadRecord() => ReadRecord(_input);

    public static (char Type, string Data)? ReadRecord(Stream stream)
    {
        int type = stream.ReadByte();
        if (type < 0)
        {
            return null;
        }

        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            int b = stream.ReadByte();
            if (b < 0)
            {
                return null;
            }

            length |= (b & 0x7F) << shift;
            if (b < 0x80)
            {
                break;
            }
        }

        byte[] data = new byte[length];
        stream.ReadExactly(data);
        return ((char)type, Encoding.Latin1.GetString(data));
    }

    public void Dispose()
    {
        _input.Dispose();
        _stream.Dispose();
        _socket.Dispose();
    }

    // The listener of a service that is started for the first time may not be there yet.
    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private string? ReadString()
    {
        var text = new StringBuilder();
        while (true)
        {
            int b = _input.ReadByte();
            if (b < 0)
            {
                return null;
            }

            if (b == 0)
            {
                return text.ToString();
            }

            text.Append((char)b);
        }
    }
}
