using System.Collections.Concurrent;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Text;
using NLog;

namespace Mta.Service.Sandbox;

/// <summary>
/// The sandbox as the confined process sees it: it drops what system calls it will not need, and when the system refuses
/// something says whether these rules did it and how to widen them.
/// </summary>
internal sealed class ProcessSandbox
{
    private const int MostLines = 100;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly Configuration _configuration;
    private readonly DaemonOptions _options;
    private readonly Lazy<SandboxProfile?> _profile;
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private bool _isInJail;

    private ProcessSandbox(Configuration configuration, DaemonOptions options)
    {
        _configuration = configuration;
        _options = options;
        _profile = new Lazy<SandboxProfile?>(() => SandboxProfile.Of(configuration, options.ProcessName));
    }

    /// <summary>Begins to explain refusals, where the master has put this process under rules for files.</summary>
    public static ProcessSandbox Watch(Configuration configuration, DaemonOptions options)
    {
        var sandbox = new ProcessSandbox(configuration, options);
        if (Environment.GetEnvironmentVariable(MasterProtocol.SandboxVariable) is { Length: > 0 })
        {
            Refusals.Observer = sandbox.Explain;
        }

        return sandbox;
    }

    /// <summary>Gives up, for good, the system calls that the work does not need. All threads; after the start is over.</summary>
    public void Confine()
    {
        _isInJail = _options.Chroot && Posix.EffectiveUser != 0;
        if (!SandboxParameters.IsOn(_configuration) || !SandboxKind.All.TryGetValue(_options.ProcessName, out SandboxKind? kind) || kind.IsFree || _options.Debug || !Seccomp.IsSupported)
        {
            return;
        }

        if (Posix.EffectiveUser != 0)
        {
            // No daemon that drops its rights starts a program of others.
            Seccomp.GiveUpNewPrivileges();
        }

        int errno = Seccomp.TryConfine(kind.Reach != SandboxReach.Local, SandboxProfile.SystemCalls(kind));
        if (errno != 0)
        {
            Log.Info($"sandbox: system calls are not filtered: {Errno.Text(errno)}");
        }
    }

    private void Explain(int errno, string call, string? path)
    {
        try
        {
            if (path is null || errno == Errno.EPERM || _told.Count >= MostLines || !_told.TryAdd(path, true))
            {
                return;
            }

            bool writes = call is not "read" and not "open" and not "opendir";
            string place = path.StartsWith('/') && !_isInJail ? path : $"{_configuration.Get(GlobalParameters.QueueDirectory)}/{path.TrimStart('/')}";
            if (_profile.Value is { } profile && !profile.Covers(place, writes))
            {
                Log.Warn($"sandbox: {Printable.Neutralize(place)}: service {_options.ServiceName} may not {(writes ? "write" : "read")} this ({Errno.Text(errno)}); {(writes ? "sandbox_write_paths" : "sandbox_read_paths")} in main.cf or master.cf widens what it may");
            }
        }
        catch (Exception failure) when (failure is ConfigurationException or LinuxException)
        {
            // Without a profile there is nothing to explain.
        }
    }
}
