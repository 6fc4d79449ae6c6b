using Mta.Config;
using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Service;

/// <summary>
/// Whether the service is under stress. Our master says so through a shared byte that changes while processes live;
/// a foreign one by <c>-o stress=yes</c> at their start.
/// </summary>
public sealed class StressFlag
{
    private readonly FileHandle? _shared;
    private readonly bool _atStart;

    private StressFlag(FileHandle? shared, bool atStart)
    {
        _shared = shared;
        _atStart = atStart;
    }

    /// <summary>The state now. Costs a system call: ask once per session.</summary>
    public bool IsSet
    {
        get
        {
            if (_shared is null)
            {
                return _atStart;
            }

            Span<byte> state = stackalloc byte[1];
            try
            {
                return Posix.Pread(_shared, state, 0) == 1 && state[0] == (byte)'1';
            }
            catch (LinuxException)
            {
                return false;
            }
        }
    }

    internal static StressFlag FromEnvironment(Configuration configuration)
    {
        bool atStart = !string.IsNullOrEmpty(configuration.Value("stress"));
        string text = Environment.GetEnvironmentVariable(MasterProtocol.StressVariable) ?? "";
        if (int.TryParse(text, out int descriptor) && descriptor > 2 && Posix.IsOpen(descriptor))
        {
            Posix.SetCloseOnExec(descriptor);
            return new StressFlag(new FileHandle(descriptor), false);
        }

        return new StressFlag(null, atStart);
    }
}
