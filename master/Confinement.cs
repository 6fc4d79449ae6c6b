using Mta.Config;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service.Sandbox;
using Mta.Text;

namespace Mta.Master;

/// <summary>
/// Starts the processes of one service under its profile. Rules of Landlock belong to a thread and to what it starts, so
/// each start has a thread of its own, which takes the rules on first and ends with the call.
/// </summary>
internal sealed class Confinement(MasterEntry? entry, string directory)
{
    private const int StackSize = 256 << 10;
    private static bool s_saidThatThereIsNone;
    private SandboxProfile? _profile;
    private bool _isKnown;

    /// <returns>0, or the error number.</returns>
    public int Start(SpawnRequest request, out int process)
    {
        if (Profile() is not { } profile)
        {
            return Posix.TrySpawn(request, out process);
        }

        SpawnRequest confined = request.With($"{MasterProtocol.SandboxVariable}=1");
        int errno = 0;
        int started = 0;
        LinuxException? refusal = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    profile.Apply();
                }
                catch (LinuxException error)
                {
                    refusal = error;
                    return;
                }

                try
                {
                    errno = Posix.TrySpawn(confined, out started);
                }
                catch (LinuxException error)
                {
                    errno = error.Errno;
                }
            },
            StackSize);
        try
        {
            thread.Start();
        }
        catch (OutOfMemoryException)
        {
            process = 0;
            return Errno.EAGAIN;
        }

        thread.Join();
        if (refusal is not null || errno == Errno.EACCES)
        {
            // Better mail without these rules than no mail; an intruder has no say in either.
            int plain = Posix.TrySpawn(request, out process);
            if (plain == 0)
            {
                LogLines.NotConfined(request.Path, refusal?.Message ?? $"exec: {Errno.Text(errno)}");
            }

            return plain;
        }

        process = started;
        return errno;
    }

    private SandboxProfile? Profile()
    {
        if (_isKnown)
        {
            return _profile;
        }

        _isKnown = true;
        if (entry is null)
        {
            return null;
        }

        try
        {
            _profile = SandboxProfile.ConfigurationOf(entry, directory) is { } configuration ? SandboxProfile.Of(configuration, entry.Command) : null;
        }
        catch (Exception error) when (error is ConfigurationException or FatalException or LinuxException)
        {
            // The process will say so itself, and end.
            return null;
        }

        if (_profile is not null && Landlock.Version < Landlock.FirstVersion)
        {
            _profile = null;
            if (!s_saidThatThereIsNone)
            {
                s_saidThatThereIsNone = true;
                LogLines.NoLandlock();
            }
        }

        return _profile;
    }
}
