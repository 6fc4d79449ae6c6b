using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Qmgr;

/// <summary>
/// The pipe of tokens that the master made: cleanup takes one for each message and waits a little when there is none,
/// so that mail does not come in faster than it is taken from incoming.
/// </summary>
internal sealed class FlowControl(int processLimit) : IDisposable
{
    private readonly FileHandle _reader = new(MasterProtocol.FlowReader, ownsHandle: false);
    private readonly FileHandle _writer = new(MasterProtocol.FlowWriter, ownsHandle: false);
    private readonly byte[] _tokens = new byte[Math.Max(1, processLimit)];
    private bool _isBroken;

    /// <summary>Keeps the pipe filled: by what was imported, or, with nothing to import, to the brim.</summary>
    public void Balance(int imported, bool scanIsRunning)
    {
        if (_isBroken)
        {
            return;
        }

        try
        {
            int waiting = Posix.BytesWaiting(_reader);
            if (waiting < processLimit)
            {
                int give = imported > 0 ? Math.Min(imported, processLimit - waiting) : scanIsRunning ? 0 : processLimit - waiting;
                if (give > 0)
                {
                    Posix.WriteAll(_writer, _tokens.AsSpan(0, give));
                }
            }
            else if (waiting > processLimit)
            {
                Posix.Read(_reader, _tokens.AsSpan(0, Math.Min(_tokens.Length, waiting - processLimit)));
            }
        }
        catch (LinuxException error)
        {
            // Started without a master: there is no pipe.
            _isBroken = true;
            LogLines.FileTrouble($"flow control is off: {error.Message}");
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
    }
}
