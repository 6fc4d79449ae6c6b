using System.Text.RegularExpressions;
using Mta.Fuzz;

namespace Mta.Milter.Tests;

/// <summary>
/// A filter that says everything at once, whatever it is asked; a packet is a letter and a text on a line of the input,
/// raw bytes stand behind "!". See tests/fuzz/README.md.
/// </summary>
public sealed partial class AnswerFuzzTests : IDisposable
{
    private const int MaxCommands = 200;

    private static readonly MilterMacros NoMacros = new(["", "", "", "i", "", "", "", ""], new Dictionary<string, string>());

    private static readonly string[] Words =
    [
        "c\n", "a\n", "r\n", "t\n", "d\n", "s\n", "p\n", "f\n", "4\n", "y550 5.7.1 no\n", "y451-4.1.1 one\r%%", "hX-A\0b\0", "i\0\0\0\u0001X-A\0b\0", "m\0\0\0\u0001Subject\0x\0", "bbody\n", "e<a@b>\0", "+<a@b>\0", "2<a@b>\0NOTIFY=NEVER\0", "-<a@b>\0", "qwhy\0",
        "!\0\0\0\u0001c", "!\u007f\u00ff\u00ff\u00ffc", "!\0\0\0\0", "\0", "%", "\u00ff", "O\0\0\0\u0006\0\0\u0001\u00ff\0\0\0\0\n", "l",
    ];

    private readonly TalkingServer _talker = new();
    private readonly MilterDefinition _definition;

    public AnswerFuzzTests()
    {
        _definition = new MilterDefinition
        {
            Name = "unix:filter",
            Endpoint = _talker.Endpoint,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            CommandTimeout = TimeSpan.FromSeconds(20),
            ContentTimeout = TimeSpan.FromSeconds(20),
            DefaultAction = MilterDefaultAction.Tempfail,
            Version = 6,
        };
    }

    public void Dispose() => _talker.Dispose();

    [Fact]
    public void Any_answers_end_in_replies_that_a_client_may_get() => FuzzRun.Play("milter", Words, input => Play(input, static verdict => verdict));

    // Another class of reply is taken over.
    [Fact]
    public void A_reply_that_no_client_may_get_is_found() => FuzzRun.Finds("milter", Words, input => Play(input, static verdict => verdict.Kind == MilterVerdictKind.Reply && verdict.Text.StartsWith("550", StringComparison.Ordinal) && verdict.Text.Length > 30 ? MilterVerdict.Reply("2" + verdict.Text[1..]) : verdict));

    private string? Play(byte[] input, Func<MilterVerdict, MilterVerdict> plant)
    {
        _talker.Says = Packets(input);
        using var session = new MilterSession([_definition], NoMacros, static name => name == "i" ? "ID" : null);
        List<MilterEdit> edits = [];
        int body = 0;
        foreach (Func<ValueTask<MilterVerdict>> next in (Func<ValueTask<MilterVerdict>>[])
        [
            () => session.ConnectAsync("client.test", null, 0, default), () => session.HeloAsync("helo", default), () => session.MailAsync(["<a@b.test>"], default), () => session.RcptAsync(["<c@d.test>"], default),
            () => session.DataAsync(default), () => session.InspectAsync(async (filter, stop) =>
            {
                MilterVerdict verdict = await filter.HeaderAsync("Subject", "x", stop);
                if (verdict.IsContinue && filter.IsActive)
                {
                    (verdict, _) = await filter.EndAsync(edits, chunk => body += chunk.Length, stop);
                }

                return verdict;
            }, default),
        ])
        {
            MilterVerdict verdict = plant(next().AsTask().GetAwaiter().GetResult());
            if (verdict.Kind == MilterVerdictKind.Reply && !ReplyForm().IsMatch(verdict.Text))
            {
                return $"a reply that is none: {Text.CEscape.Quote(verdict.Text)}";
            }

            if (verdict.Kind == MilterVerdictKind.Reply && verdict.Text.Split("\r\n").Any(line => !line.StartsWith(verdict.Text[..3], StringComparison.Ordinal)))
            {
                return $"a reply of two minds: {Text.CEscape.Quote(verdict.Text)}";
            }
        }

        return body > _talker.Says.Length || edits.Count > input.Length ? "more than was said" : null;
    }

    // The negotiation comes first; from then on what the input says.
    private static byte[] Packets(byte[] input)
    {
        List<byte> packets = [];
        void Add(ReadOnlySpan<byte> packet) => packets.AddRange([(byte)(packet.Length >> 24), (byte)(packet.Length >> 16), (byte)(packet.Length >> 8), (byte)packet.Length, .. packet]);
        if (input.Length % 8 != 0)
        {
            Add([(byte)'O', 0, 0, 0, 6, 0, 0, 1, 0xFF, 0, 0, 0, 0]);
        }

        int count = 0;
        foreach (Range range in ((ReadOnlySpan<byte>)input).Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = input.AsSpan(range);
            if (line.StartsWith("!"u8))
            {
                packets.AddRange(line[1..]);
            }
            else if (!line.IsEmpty)
            {
                Add(line);
            }

            if (++count == MaxCommands)
            {
                break;
            }
        }

        return [.. packets];
    }

    [GeneratedRegex(@"\A[45][0-9][0-9][ -][^\n]*(\n[45][0-9][0-9][ -][^\n]*)*\z")]
    private static partial Regex ReplyForm();
}
