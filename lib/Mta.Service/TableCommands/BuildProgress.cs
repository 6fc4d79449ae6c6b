using System.Globalization;
using Mta.Linux;
using Mta.Tables.Source;

namespace Mta.Service.TableCommands;

/// <summary>Tells someone who waits at a terminal how far a long build is: one line, once a second, wiped at the end.</summary>
internal sealed class BuildProgress(string reference) : IDisposable
{
    private const int Interval = 1000;

    /// <summary>So many entries are a long build, however fast it is.</summary>
    private const int Many = 1 << 16;
    private readonly bool _isSeen = Posix.IsTerminal(2);
    private long _next = Environment.TickCount64 + Interval;
    private bool _isShown;

    /// <summary>The same entries, counted on their way.</summary>
    public IEnumerable<SourceEntry> Count(IEnumerable<SourceEntry> entries)
    {
        long count = 0;
        foreach (SourceEntry entry in entries)
        {
            // The clock is looked at now and then only.
            if ((++count & 0x3FF) == 0 && _isSeen && (count == Many || Environment.TickCount64 >= _next))
            {
                _next = Environment.TickCount64 + Interval;
                _isShown = true;
                Show(string.Create(CultureInfo.InvariantCulture, $"\r{reference}: {count:N0} entries"));
            }

            yield return entry;
        }

        if (_isShown)
        {
            Show(string.Create(CultureInfo.InvariantCulture, $"\r{reference}: {count:N0} entries, writing the index"));
        }
    }

    public void Dispose()
    {
        if (_isShown)
        {
            Show("\r\x1b[K");
        }
    }

    private static void Show(string text)
    {
        using FileHandle terminal = new(2, ownsHandle: false);
        _ = Posix.TryWrite(terminal, Mta.Text.ByteString.ToBytes(text), out _);
    }
}
