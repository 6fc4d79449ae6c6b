using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>What a session's two sides said, for a notice to the postmaster. Without content, and without secrets.</summary>
/// <param name="logged">The server's name when the dialogue goes into the log too (<c>debug_peer_list</c>, option -v).</param>
internal sealed class SessionTranscript(string? logged = null)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private const int MaxLines = 500;
    private const int MaxLength = 1000;

    // What is none of these may be part of an authentication.
    private static readonly string[] Verbs = ["EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "RSET", "QUIT", "XFORWARD", "STARTTLS", "NOOP", "."];

    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Commands that are about to be sent.</summary>
    public void Sends(ReadOnlySpan<byte> commands)
    {
        while (!commands.IsEmpty)
        {
            int end = commands.IndexOf("\r\n"u8);
            string line = ByteString.FromBytes(end < 0 ? commands : commands[..end]);
            commands = end < 0 ? default : commands[(end + 2)..];
            int blank = line.AsSpan().IndexOfAny(' ', ':');
            string verb = blank < 0 ? line : line[..blank];
            Add(" Out: ", Array.IndexOf(Verbs, verb) >= 0 ? line : verb == "AUTH" ? "AUTH ..." : "...");
        }
    }

    /// <summary>A reply that came.</summary>
    public void Receives(SmtpReply reply)
    {
        foreach (string line in reply.Text.Split('\n'))
        {
            Add(" In:  ", line);
        }
    }

    private void Add(string mark, string line)
    {
        string text = Printable.Neutralize(line.Length > MaxLength ? line[..MaxLength] : line);
        if (logged is not null)
        {
            Log.Info($"{(mark == " Out: " ? '>' : '<')} {logged}: {text}");
        }

        if (_lines.Count < MaxLines)
        {
            _lines.Add(mark + text);
        }
    }
}
