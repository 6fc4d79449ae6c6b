using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mta.Config;
using Mta.Tables;
using Mta.Text;

namespace Mta.TableServers.Tests;

/// <summary>A server of a test class, its private directory, and tables that ask it.</summary>
public abstract class TestServer : IDisposable
{
    private readonly Lock _lock = new();
    private Process? _process;

    protected TestServer()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("mta-server-").FullName;
        File.SetUnixFileMode(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Port = FreePort();
    }

    public string Directory { get; }

    public int Port { get; }

    /// <summary>Starts the server, once; after <see cref="Stop"/> again.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_process is not null)
            {
                return;
            }

            Prepare();
            _process = Launch();
            var watch = Stopwatch.StartNew();
            while (!IsReady())
            {
                Assert.False(_process.HasExited, $"the server ended; see {Directory}/log:\n{Log()}");
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"the server is not ready after 60 s\n{Log()}");
                Thread.Sleep(50);
            }

            Fill();
        }
    }

    /// <summary>Ends the server, as a crash would.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            if (_process is null)
            {
                return;
            }

            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }
    }

    public void Dispose()
    {
        Stop();
        System.IO.Directory.Delete(Directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A registry, its warnings, and one table with these settings.</summary>
    public AskedTable Table(string type, string settings, bool writes = false)
    {
        string path = Path.Combine(Directory, $"{Guid.NewGuid():N}.cf");
        File.WriteAllBytes(path, ByteString.ToBytes(settings));
        return new AskedTable($"{type}:{path}", writes);
    }

    protected static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    protected static string Run(string command, string? input = null)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input ?? "");
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(120_000), command);
        Assert.True(process.ExitCode == 0, $"{command}\n{output.Result}{error.Result}");
        return output.Result;
    }

    protected static bool Succeeds(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{command} >/dev/null 2>&1"]))!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Makes what the server needs, at the first start.</summary>
    protected virtual void Prepare()
    {
    }

    /// <summary>The command, which stays in the foreground.</summary>
    protected abstract string Command { get; }

    protected abstract bool IsReady();

    /// <summary>Puts data in.</summary>
    protected virtual void Fill()
    {
    }

    private Process Launch() => Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec {Command} >>{Directory}/log 2>&1"]) { WorkingDirectory = "/" })!;

    private string Log() => File.Exists($"{Directory}/log") ? File.ReadAllText($"{Directory}/log") : "";
}

/// <summary>One open table and what it warned of.</summary>
public sealed class AskedTable
{
    private readonly List<string> _warnings = [];

    public AskedTable(string reference, bool writes)
    {
        // As every program has it.
        void Warn(string text)
        {
            lock (_warnings)
            {
                _warnings.Add(text);
            }
        }

        TableRegistry registry = new(Mta.Config.Configuration.FromText("").TableSettings(isDaemon: false, Warn, Warn));
        Table = registry.Open(reference, TableFlags.Usual, writes ? TableAccess.Create : TableAccess.ReadOnly);
    }

    public LookupTable Table { get; }

    public string[] Warnings
    {
        get
        {
            lock (_warnings)
            {
                return [.. _warnings];
            }
        }
    }

    /// <summary>The value, "-" when there is none, "!" for a failure.</summary>
    public string Ask(string key)
    {
        LookupResult result = Table.LookupAsync(key).AsTask().WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
        return result.Status switch
        {
            LookupStatus.Found => result.Value,
            LookupStatus.NotFound => "-",
            LookupStatus.Failed => "!",
        };
    }
}
