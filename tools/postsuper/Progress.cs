using Mta.Linux;
using Mta.Text;

namespace Mta.Postsuper;

/// <summary>How far a long run is: one line on the terminal, renewed a few times a second; nothing anywhere else.</summary>
internal sealed class Progress : IDisposable
{
    private const int PatienceMilliseconds = 500;

    /// <summary>So many files are a long run, however fast it is.</summary>
    private const int Many = 1024;
    private const string ClearLine = "\r\x1b[K";

    private readonly FileHandle? _terminal = Posix.IsTerminal(2) ? new FileHandle(2, ownsHandle: false) : null;
    private long _next = Environment.TickCount64 + PatienceMilliseconds;
    private bool _isShown;
    private int _files;

    /// <summary>One more file was looked at.</summary>
    public void Step(string queue)
    {
        _files++;
        if (_terminal is null || (_files & 0x3F) != 0 || (_files != Many && Environment.TickCount64 < _next))
        {
            return;
        }

        _next = Environment.TickCount64 + PatienceMilliseconds;
        _isShown = true;
        Show($"{ClearLine}postsuper: {queue}: {_files} files");
    }

    /// <summary>Takes the line away, for what is said next.</summary>
    public void Clear()
    {
        if (_isShown)
        {
            _isShown = false;
            Show(ClearLine);
        }
    }

    public void Dispose()
    {
        Clear();
        _terminal?.Dispose();
    }

    private void Show(string text)
    {
        try
        {
            Posix.WriteAll(_terminal!, ByteString.ToBytes(text)); // shown on a terminal only
        }
        catch (LinuxException)
        {
            // The terminal is gone; the work goes on.
        }
    }
}
