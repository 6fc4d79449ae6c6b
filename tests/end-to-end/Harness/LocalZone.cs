namespace Mta.EndToEnd;

/// <summary>
/// Debian's unbound with the records of a test, and nothing else, at an address of its own; commands that run behind
/// <see cref="Around"/> have it as their resolv.conf(5).
/// </summary>
internal sealed class LocalZone : IDisposable
{
    public const string Program = "/usr/sbin/unbound";

    private readonly string _directory = Directory.CreateTempSubdirectory("zone-test-").FullName;
    private readonly Peer _server;

    /// <param name="records">Lines of a zone file, names in full.</param>
    public LocalZone(params IEnumerable<string> records)
    {
        string address = $"127.{Random.Shared.Next(60, 250)}.{Random.Shared.Next(256)}.{Random.Shared.Next(1, 255)}";
        string ready = $"ready.{Path.GetFileName(_directory)}.test.";
        File.WriteAllText($"{_directory}/unbound.conf", $"""
            server:
              interface: {address}
              port: 53
              do-daemonize: no
              username: ""
              chroot: ""
              directory: "{_directory}"
              pidfile: ""
              use-syslog: no
              num-threads: 1
              module-config: "iterator"
              access-control: 127.0.0.0/8 allow
              local-zone: "." static
              {string.Join("\n  ", records.Select(static record => $"local-data: '{record}'"))}
              local-data: '{ready} IN A 127.0.0.1'
            remote-control:
              control-enable: no

            """);
        File.WriteAllText($"{_directory}/resolv.conf", $"nameserver {address}\n");
        Shell.Bash($"chmod 755 {_directory}").MustSucceed();
        _server = new Peer(Program, "-d", "-c", $"{_directory}/unbound.conf");
        Around = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", $"mount --bind {_directory}/resolv.conf /etc/resolv.conf && exec \"$@\"", "sh"];
        Wait.Until(
            () => Shell.Run(Around[0], [.. Around[1..], "/usr/bin/getent", "ahostsv4", ready]).ExitCode == 0,
            "the zone is served",
            () => _server.Said);
    }

    /// <summary>What to write before a command.</summary>
    public string[] Around { get; }

    /// <summary>A program that asks this zone.</summary>
    public Peer Start(string program, params IEnumerable<string> arguments) => new(Around[0], [.. Around[1..], program, .. arguments]);

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
