using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>A program of others, in the foreground for as long as a test; what it says is kept.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _said = new();

    public Peer(string program, params IEnumerable<string> arguments)
        : this(program, arguments, null)
    {
    }

    public Peer(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        _name = program;
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!; // started or thrown
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its standard output and error.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Waits until it takes connections on a port of 127.0.0.1.</summary>
    public Peer Listening(int port, int seconds = 60)
    {
        Await(() => IsOpen(port), $"listens on port {port}", seconds);
        return this;
    }

    /// <summary>Waits until it takes connections on a local socket, and lets everybody connect.</summary>
    public Peer Listening(string path, int seconds = 60)
    {
        Await(() => IsOpen(path), $"listens on {path}", seconds);
        Shell.Bash($"chmod 777 {path}").MustSucceed();
        return this;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit(10_000);
        _process.Dispose();
    }

    private void Await(Func<bool> condition, string what, int seconds) =>
        Wait.Until(
            () => condition() || (_process.HasExited ? throw new InvalidOperationException($"{_name} has ended: {Said}") : false),
            $"{_name} {what}",
            () => Said,
            seconds);

    private static bool IsOpen(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsOpen(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
        {
            _said.Append(line.Data).Append('\n');
        }
    }
}
