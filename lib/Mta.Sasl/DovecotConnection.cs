using Mta.Linux;
using Mta.Text;

namespace Mta.Sasl;

/// <summary>A connection to Dovecot's authentication service: lines of fields separated by tabs. Owns its socket.</summary>
internal sealed class DovecotConnection : IDisposable
{
    private const int MaxLine = 32 << 10;
    private const int MaxGreeting = 1000;

    private readonly SocketStream _stream;
    private readonly BufferedInput _input;
    private readonly BufferedOutput _output;
    private readonly TimeSpan _limit;

    public DovecotConnection(SocketStream stream, TimeSpan limit)
    {
        _stream = stream;
        _limit = limit;
        _input = new BufferedInput(stream, 1024) { Timeout = limit };
        _output = new BufferedOutput(stream, 1024) { Timeout = limit };
    }

    public IReadOnlyList<SaslMechanism> Mechanisms { get; private set; } = [];

    /// <summary>Both sides introduce themselves.</summary>
    /// <returns>What is wrong with the service; null when nothing is.</returns>
    public async ValueTask<string?> GreetAsync(CancellationToken stop)
    {
        await SendAsync($"VERSION\t1\t0\nCPID\t{Environment.ProcessId}", stop);
        List<SaslMechanism> mechanisms = [];
        for (int lines = 0; lines < MaxGreeting; lines++)
        {
            if (await ReadAsync(stop) is not { } line)
            {
                return "SASL: Dovecot auth socket closed during the greeting";
            }

            string[] fields = line.Split('\t');
            switch (fields[0])
            {
                case "DONE":
                    Mechanisms = mechanisms;
                    return null;
                case "VERSION" when fields.Length < 2 || fields[1] != "1":
                    return $"SASL: Dovecot auth socket has unsupported protocol version {(fields.Length > 1 ? fields[1] : "")}";
                case "SPID" when mechanisms.Count == 0:
                    return "SASL: Connected to wrong auth socket (auth-master instead of auth-client)";
                case "MECH" when fields.Length > 1 && !fields.Contains("private"):
                    mechanisms.Add(new SaslMechanism(fields[1], Properties(fields)));
                    break;
            }
        }

        return "SASL: endless greeting of the Dovecot auth socket";
    }

    public ValueTask SendAsync(string line, CancellationToken stop)
    {
        _output.Write(line);
        _output.Write((byte)'\n');
        return _output.FlushAsync(stop);
    }

    /// <returns>The next line; null at the end of file.</returns>
    public async ValueTask<string?> ReadAsync(CancellationToken stop)
    {
        _input.Deadline = Environment.TickCount64 + (long)_limit.TotalMilliseconds;
        while (true)
        {
            int end = _input.Available.IndexOf((byte)'\n');
            if (end >= 0)
            {
                string line = ByteString.FromBytes(_input.Available[..end]);
                _input.Consume(end + 1);
                return line;
            }

            if (!await _input.FillAsync(MaxLine, stop))
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _stream.Dispose();
    }

    private static SaslProperties Properties(string[] fields)
    {
        SaslProperties properties = SaslProperties.None;
        foreach (string field in fields)
        {
            properties |= field switch
            {
                "plaintext" => SaslProperties.PlainText,
                "active" => SaslProperties.Active,
                "dictionary" => SaslProperties.Dictionary,
                "anonymous" => SaslProperties.Anonymous,
                "forward-secrecy" => SaslProperties.ForwardSecrecy,
                "mutual-auth" => SaslProperties.MutualAuth,
                _ => SaslProperties.None,
            };
        }

        return properties;
    }
}
