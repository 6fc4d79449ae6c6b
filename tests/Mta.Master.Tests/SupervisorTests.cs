using Mta.Config;
using Mta.Linux;

namespace Mta.Master.Tests;

/// <summary>The supervisor with shell scripts for daemons, in a private instance of the caller's.</summary>
public sealed class SupervisorTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mta").FullName;
    private readonly PollLoop _loop = new();
    private readonly Supervisor _supervisor;

    public SupervisorTests()
    {
        foreach (string name in (string[])["etc", "spool/public", "spool/private", "spool/pid", "data", "libexec"])
        {
            Directory.CreateDirectory($"{_directory}/{name}");
        }

        File.WriteAllText($"{_directory}/etc/main.cf", $"""
            compatibility_level = 3.6
            queue_directory = {_directory}/spool
            data_directory = {_directory}/data
            daemon_directory = {_directory}/libexec
            mail_owner = nobody
            inet_interfaces = 127.0.0.1
            """);
        Script("show", "for f in /proc/$$/fd/*; do echo ${f##*/}; done >$0.fds; env >$0.env; echo \"$@\" >$0.arguments; mv $0.env $0.done; exec sleep 100");
        Script("fail", "echo x >>$0.starts; exit 3");
        Script("busy", """
            number() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)); }
            taken=$(number $$)$(number $((8#$GENERATION)))$(number 0)
            trap 'printf "$taken" >&5; touch $0.said' TERM
            touch $0.ready
            while :; do sleep 0.1; done
            """);
        Services("show unix - n n - 5 show -o a=b", "fail unix - n n - 5 fail", "busy unix - n n - 5 busy");
        Posix.Chdir($"{_directory}/spool");
        foreach (string name in (string[])["public", "private"])
        {
            // The sockets are made as mail_owner when root runs the tests.
            Posix.Chmod($"{_directory}/spool/{name}", 0x1FF);
        }

        Posix.Chmod(_directory, 0x1ED);
        _supervisor = new Supervisor(_loop, MasterOptions.Parse([]), MasterSettings.Load($"{_directory}/etc"));
        _supervisor.StartAll();
    }

    public void Dispose()
    {
        foreach (int worker in _supervisor.Workers)
        {
            Posix.TryKill(worker, Signals.SIGKILL);
        }

        Until(() => _supervisor.Workers.Count == 0);
        Posix.Chdir("/");
        _loop.Dispose();
        Directory.Delete(_directory, recursive: true);
        Posix.Alarm(0);
    }

    private void Script(string name, string text)
    {
        string path = $"{_directory}/libexec/{name}";
        File.WriteAllText(path, $"#!/bin/bash\n{text}\n");
        Posix.Chmod(path, 0x1ED);
    }

    private void Services(params string[] lines) => File.WriteAllText($"{_directory}/etc/master.cf", string.Join('\n', lines) + "\n");

    private void Until(Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + 20_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "nothing happened in time");
            _loop.Turn(20);
            _supervisor.Reap();
        }
    }

    private FileHandle Connect(string name)
    {
        Assert.Equal(0, UnixSocket.TryConnectNow($"private/{name}", out FileHandle client));
        return client;
    }

    [Fact]
    public void A_process_gets_the_named_descriptors_and_variables_and_nothing_else()
    {
        Environment.SetEnvironmentVariable("SECRET", "x");
        using FileHandle hidden = Posix.Open("/dev/null", OpenFlags.ReadOnly);
        using FileHandle client = Connect("show");
        Until(() => File.Exists($"{_directory}/libexec/show.done"));

        // 7 is the listing itself, which takes the first free number; from 10 on they are the shell's own.
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7"], File.ReadAllLines($"{_directory}/libexec/show.fds").Where(n => n.Length == 1).Order());
        string[] environment = File.ReadAllLines($"{_directory}/libexec/show.done");
        string[] names = environment.Select(v => v.Split('=')[0]).Except(["PWD", "SHLVL", "_", "TZ", "DISPLAY", "XAUTHORITY", "MAIL_LOGTAG"]).Order().ToArray();
        Assert.Equal(["DOTNET_EnableDiagnostics", "DOTNET_GCGen0MaxBudget", "GENERATION", "LANG", "MAIL_CONFIG", "MTA_CLIENTS", "MTA_LIMIT"], names);
        Assert.Equal("-t unix -o a=b", File.ReadAllText($"{_directory}/libexec/show.arguments").Trim());
        Assert.Single(_supervisor.Workers);
    }

    [Fact]
    public void A_process_that_fails_at_its_start_throttles_its_service_and_clients_wait()
    {
        using FileHandle first = Connect("fail");
        Until(() => File.Exists($"{_directory}/libexec/fail.starts") && _supervisor.Workers.Count == 0);
        using FileHandle second = Connect("fail");
        for (int i = 0; i < 5; i++)
        {
            _loop.Turn(20);
        }

        Assert.Single(File.ReadAllLines($"{_directory}/libexec/fail.starts"));
    }

    [Theory]
    [InlineData("show unixx - n n - 5 show")]
    [InlineData("203.0.113.1:1 inet n - n - - show")]
    public void A_broken_file_at_reload_leaves_everything_as_it_was(string line)
    {
        Services(line);
        _supervisor.Reload();
        using FileHandle client = Connect("show");
        Until(() => _supervisor.Workers.Count == 1);
    }

    [Fact]
    public void No_process_starts_at_the_end_although_one_says_then_that_it_takes_no_more_clients()
    {
        using FileHandle client = Connect("busy");
        Until(() => File.Exists($"{_directory}/libexec/busy.ready"));
        _supervisor.StopListening();
        Posix.TryKill(Assert.Single(_supervisor.Workers), Signals.SIGTERM);
        Until(() => File.Exists($"{_directory}/libexec/busy.said"));
        for (int i = 0; i < 5; i++)
        {
            _loop.Turn(20);
        }

        Assert.Single(_supervisor.Workers);
    }

    [Fact]
    public void A_reload_starts_new_services_and_ends_missing_ones()
    {
        using (Connect("show"))
        {
            Until(() => _supervisor.Workers.Count == 1);
        }

        Services("other unix - n n - 5 show");
        _supervisor.Reload();
        Until(() => _supervisor.Workers.Count == 0);
        Assert.Equal(Errno.ECONNREFUSED, UnixSocket.TryConnectNow("private/show", out _));
        using FileHandle client = Connect("other");
        Until(() => _supervisor.Workers.Count == 1);
    }

    [Theory]
    [InlineData("", "pid/master.pid")]
    [InlineData("process_id_directory = run\n", "run/master.pid")]
    [InlineData("process_id_directory = /run/mta\n", "/run/mta/master.pid")]
    public void The_lock_is_where_process_numbers_are(string mainCf, string path) =>
        Assert.Equal(path, InstanceLock.PidFile(Configuration.FromText(mainCf)));

    [Fact]
    public void A_lock_is_held_once()
    {
        Assert.False(InstanceLock.IsTaken("pid/master.pid"));
        using (InstanceLock.Take("pid/master.pid"))
        {
            Assert.True(InstanceLock.IsTaken("pid/master.pid"));
            Assert.Equal($"{Posix.ProcessId(),32}\n", TextFile.Read("pid/master.pid"));
            Assert.Throws<Mta.Text.FatalException>(() => InstanceLock.Take("pid/master.pid"));
        }
    }
}
