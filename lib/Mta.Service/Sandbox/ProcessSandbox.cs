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
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private bool _isInJail;

    private ProcessSandbox(Configuration configuration, DaemonOptions options)
    {
        _configuration = configuration;
        _options = options;
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

        Seccomp.GiveUpNewPrivileges();
        int errno = Seccomp.TryConfine(kind.Reach != SandboxReach.Local, SandboxProfile.SystemCalls(kind));
        if (errno != 0)
        {
            Log.Info($"sandbox: system calls are not filtered: {Errno.Text(errno)}");
        }
    }

    private void Explain(int errno, string call, string? path)
    {
        bool writes = call is not "read" and not "open" and not "opendir";
        if (path is null || _told.Count >= MostLines || !Refusals.IsBeyondModes(path, writes) || !_told.TryAdd(path, true))
        {
            return;
        }

        string place = path.StartsWith('/') && !_isInJail ? path : $"{_configuration.Get(GlobalParameters.QueueDirectory)}/{path.TrimStart('/')}";
        Log.Warn($"sandbox: service {_options.ServiceName}: {call} {Printable.Neutralize(place)}: {Errno.Text(errno)}; {(writes ? SandboxParameters.SandboxWritePaths.Name : SandboxParameters.SandboxReadPaths.Name)} widens what it may do");
    }
}
