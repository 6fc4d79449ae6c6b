using static Mta.Milter.Tests.ScriptedFilter;

namespace Mta.Milter.Tests;

/// <summary>One filter and one session, its answers whole, in two pieces and by byte.</summary>
public sealed class MilterConnectionTests
{
    private const string Tempfail = "451 4.7.1 Service unavailable - try again later";
    private const string Misconfigured = "451 4.3.5 Server configuration problem - try again later";

    private static readonly MilterMacros NoMacros = new(["", "", "", "i", "", "", "", ""], new Dictionary<string, string>());

    public static TheoryData<string, string> Answers => new()
    {
        { "c", "" },
        { "s", "" },
        { "a", "" },
        { "p,p,c", "" },
        { "r", "550 5.7.1 Command rejected" },
        { "t", Tempfail },
        { "4", "421 4.7.0 Server closing connection" },
        { "y550 5.7.1 go away", "550 5.7.1 go away" },
        { "y451-4.1.1 one\r\n451 4.1.1 two", "451-4.1.1 one\r\n451 4.1.1 two" },
        { "y550 5.7.1 100%% a%b", "550 5.7.1 100% ab" },
        { "yhello", Misconfigured },
        { "y250 2.0.0 fine", Misconfigured },
        { "y550-one\r\n451 two", Misconfigured },
        { "y550", Misconfigured },
        { "f", Tempfail },
        { "Z", Tempfail },
        { "hX: edit out of place", Tempfail },
        { "O", Tempfail },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_to_RCPT_means_the_same_however_it_is_cut(string answers, string expected)
    {
        foreach (Cut cut in Enum.GetValues<Cut>())
        {
            using var filter = new ScriptedFilter(cut: cut);
            filter.Script['R'] = [.. answers.Split(',').Select(static text => (byte[]?)Packet(text[0], text.Length > 1 ? Strings(text[1..]) : []))];
            using MilterSession session = Session(filter.Definition());
            Assert.Equal("", (await session.ConnectAsync("client.test", null, 0, default)).Text);
            MilterVerdict verdict = await session.RcptAsync(["<a@b.test>"], default);
            Assert.Equal((cut, expected), (cut, verdict.Text));
        }
    }

    [Fact]
    public async Task A_discarded_message_is_no_more_told_of_and_the_next_one_is()
    {
        using var filter = new ScriptedFilter();
        filter.Script['M'] = [Packet('d')];
        using MilterSession session = Session(filter.Definition());
        await session.ConnectAsync("client.test", null, 0, default);
        Assert.Equal(MilterVerdictKind.Discard, (await session.MailAsync(["<a@b.test>"], default)).Kind);
        Assert.True((await session.RcptAsync(["<c@d.test>"], default)).IsContinue);
        await session.AbortAsync(default);
        Assert.Equal(MilterVerdictKind.Discard, (await session.MailAsync(["<e@b.test>"], default)).Kind);
        await session.QuitAsync(default);
        await filter.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["Cclient.test\0U", "M<a@b.test>\0", "A", "M<e@b.test>\0", "A", "Q"], filter.Heard);
    }

    // Lengths that no honest filter sends: nothing is held for them.
    [Theory]
    [InlineData(0u, "")]
    [InlineData(0x7FFFFFFFu, "")]
    [InlineData(0xFFFFFFFFu, "")]
    [InlineData(0x40000000u, "c")]
    [InlineData((1u << 20) + 1, "y")]
    [InlineData(0x3FFFFFFFu, "y")]
    public async Task A_hostile_length_is_a_failure_at_once(uint length, string data)
    {
        foreach (Cut cut in Enum.GetValues<Cut>())
        {
            using var filter = new ScriptedFilter(cut: cut);
            filter.Script['M'] = [[.. Number(length), .. data.Select(static c => (byte)c)]];
            using MilterSession session = Session(filter.Definition());
            await session.ConnectAsync("client.test", null, 0, default);
            long before = GC.GetTotalAllocatedBytes();
            Assert.Equal(Tempfail, (await session.MailAsync(["<a@b.test>"], default)).Text);

            // Of the whole process, in which other tests run.
            Assert.True(GC.GetTotalAllocatedBytes() - before < 200 << 20);

            // The filter is not asked again, and its word stands.
            Assert.Equal(Tempfail, (await session.RcptAsync(["<c@d.test>"], default)).Text);
        }
    }

    [Fact]
    public async Task A_reply_of_too_many_lines_is_none()
    {
        string text = string.Join("\r\n", Enumerable.Repeat("550-x", 64)) + "\r\n550 x";
        using var filter = new ScriptedFilter();
        filter.Script['M'] = [Packet('y', Strings(text))];
        using MilterSession session = Session(filter.Definition());
        await session.ConnectAsync("client.test", null, 0, default);
        Assert.Equal(Misconfigured, (await session.MailAsync(["<a@b.test>"], default)).Text);
    }

    [Theory]
    [InlineData(MilterDefaultAction.Accept, MilterVerdictKind.Continue, "")]
    [InlineData(MilterDefaultAction.Reject, MilterVerdictKind.Reply, "550 5.5.0 Service unavailable")]
    [InlineData(MilterDefaultAction.Tempfail, MilterVerdictKind.Reply, Tempfail)]
    [InlineData(MilterDefaultAction.Shutdown, MilterVerdictKind.Reply, "421 4.7.1 Service unavailable - try again later")]
    [InlineData(MilterDefaultAction.Quarantine, MilterVerdictKind.Hold, "milter triggers HOLD action")]
    public async Task A_filter_that_closes_has_its_default_action_until_the_end(MilterDefaultAction action, MilterVerdictKind kind, string text)
    {
        using var filter = new ScriptedFilter();
        filter.Script['R'] = [null];
        using MilterSession session = Session(filter.Definition(action));
        await session.ConnectAsync("client.test", null, 0, default);
        Assert.True((await session.MailAsync(["<a@b.test>"], default)).IsContinue);
        for (int i = 0; i < 2; i++)
        {
            MilterVerdict verdict = await session.RcptAsync(["<c@d.test>"], default);
            Assert.Equal((kind, text), (verdict.Kind, verdict.Text));
        }

        await session.AbortAsync(default);
        Assert.Equal(kind, (await session.MailAsync(["<a@b.test>"], default)).Kind);
    }

    [Fact]
    public async Task A_silent_filter_costs_no_more_than_the_time_limit()
    {
        using var filter = new ScriptedFilter();
        filter.Script['M'] = [];
        using MilterSession session = Session(filter.Definition(timeout: 0.3));
        await session.ConnectAsync("client.test", null, 0, default);
        Assert.Equal(Tempfail, (await session.MailAsync(["<a@b.test>"], default)).Text);
    }

    [Fact]
    public async Task A_filter_that_is_not_there_has_its_default_action()
    {
        MilterDefinition gone;
        using (var filter = new ScriptedFilter())
        {
            gone = filter.Definition();
        }

        using MilterSession session = Session(gone);
        Assert.Equal(Tempfail, (await session.ConnectAsync("client.test", null, 0, default)).Text);
    }

    [Fact]
    public async Task Edits_come_whole_and_in_order_however_they_are_cut()
    {
        foreach (Cut cut in Enum.GetValues<Cut>())
        {
            using var filter = new ScriptedFilter(cut: cut);
            filter.Script['E'] =
            [
                Packet('h', Strings("X-A", "one\n two")), Packet('i', Number(3), Strings("X-B", "")), Packet('p'), Packet('m', Number(1), Strings("Subject", "new")), Packet('e', Strings("<s@x.test>", "RET=HDRS")),
                Packet('+', Strings("<n@x.test>")), Packet('2', Strings("<m@x.test>", "NOTIFY=NEVER")), Packet('-', Strings("<c@d.test>")), Packet('q', Strings("because")),
                Packet('b', "first\r\n"u8.ToArray()), Packet('b', [.. Enumerable.Repeat((byte)'x', 1000)]), Packet('c'),
            ];
            (MilterVerdict verdict, bool isValid, List<MilterEdit> edits, string body) = await EndAsync(filter);
            Assert.True(verdict.IsContinue && isValid);
            Assert.Equal(
                [
                    new(MilterEditKind.AddHeader, 0, "X-A", "one\n two", false), new(MilterEditKind.InsertHeader, 3, "X-B", "", false), new(MilterEditKind.ChangeHeader, 1, "Subject", "new", false),
                    new(MilterEditKind.ChangeSender, 0, "<s@x.test>", "RET=HDRS", false), new(MilterEditKind.AddRecipient, 0, "<n@x.test>", "", false),
                    new(MilterEditKind.AddRecipient, 0, "<m@x.test>", "NOTIFY=NEVER", false), new(MilterEditKind.DeleteRecipient, 0, "<c@d.test>", "", false), new(MilterEditKind.Quarantine, 0, "because", "", false),
                ],
                edits);
            Assert.Equal("first\r\n" + new string('x', 1000), body);
        }
    }

    public static TheoryData<byte[][]> BadEdits =>
    [
        [Packet('h', "X-A"u8.ToArray())],
        [Packet('h', Strings("X-A"))],
        [Packet('h', Strings("X-A", "one", "two"))],
        [Packet('i', [0, 0])],
        [Packet('m', Number(1))],
        [Packet('+')],
        [Packet('q', "no end"u8.ToArray())],
        [[0, 0, 0, 9, (byte)'b', 1]],
        [[0]],
        [Packet('h', Strings("X-A", "one")), Packet('T')],
    ];

    [Theory]
    [MemberData(nameof(BadEdits))]
    public async Task A_malformed_edit_undoes_all_of_them(byte[][] answers)
    {
        foreach (Cut cut in Enum.GetValues<Cut>())
        {
            using var filter = new ScriptedFilter(cut: cut);
            filter.Script['E'] = [.. answers, null];
            (MilterVerdict verdict, bool isValid, _, _) = await EndAsync(filter);
            Assert.Equal((Tempfail, false), (verdict.Text, isValid));
        }
    }

    [Fact]
    public async Task Edits_without_end_are_bounded()
    {
        byte[] one = Packet('h', Strings("X", "y"));
        byte[] many = [.. Enumerable.Repeat(one, 10_001).SelectMany(static packet => packet)];
        using var filter = new ScriptedFilter();
        filter.Script['E'] = [many];
        (MilterVerdict verdict, bool isValid, List<MilterEdit> edits, _) = await EndAsync(filter);
        Assert.Equal((Tempfail, false), (verdict.Text, isValid));
        Assert.Equal(10_000, edits.Count);
    }

    [Fact]
    public async Task Large_edits_are_bounded_too()
    {
        byte[] one = Packet('h', Strings("X", new string('y', 1 << 19)));
        using var filter = new ScriptedFilter();
        filter.Script['E'] = [.. Enumerable.Repeat((byte[]?)one, 40)];
        (MilterVerdict verdict, bool isValid, List<MilterEdit> edits, _) = await EndAsync(filter);
        Assert.Equal((Tempfail, false), (verdict.Text, isValid));
        Assert.True(edits.Count <= 32, $"{edits.Count}");
    }

    [Fact]
    public async Task Events_that_a_filter_does_not_want_or_does_not_answer_cost_no_turn()
    {
        // No HELO, no RCPT; MAIL is told and not answered.
        using var filter = new ScriptedFilter { Options = Negotiation(6, 0, 0x2 | 0x8 | 0x4000) };
        filter.Script['M'] = [];
        using MilterSession session = Session(filter.Definition());
        await session.ConnectAsync("client.test", null, 0, default);
        Assert.True((await session.HeloAsync("x", default)).IsContinue);
        Assert.True((await session.MailAsync(["<a@b.test>"], default)).IsContinue);
        Assert.True((await session.RcptAsync(["<c@d.test>"], default)).IsContinue);
        Assert.True((await session.DataAsync(default)).IsContinue);
        Assert.Equal(["Cclient.test\0U", "M<a@b.test>\0", "T"], filter.Heard);
    }

    [Fact]
    public async Task A_filter_may_name_its_own_macros()
    {
        using var filter = new ScriptedFilter { Options = Negotiation(6, 0x1FF, 0, Number(2), Strings("{mail_addr} q")) };
        using MilterSession session = Session(filter.Definition(), static name => name is "mail_addr" ? "a@b\0.test" : name is "i" ? "ID" : null);
        await session.ConnectAsync("client.test", null, 0, default);
        await session.MailAsync(["<a@b.test>"], default);
        await session.RcptAsync(["<c@d.test>"], default);
        Assert.Equal(["DC", "DM{mail_addr}\0a@b?.test\0", "DRi\0ID\0"], filter.Macros);
    }

    private static MilterSession Session(MilterDefinition milter, MilterMacroLookup? lookup = null) => new([milter], NoMacros, lookup ?? (static _ => null));

    private static async Task<(MilterVerdict Verdict, bool IsValid, List<MilterEdit> Edits, string Body)> EndAsync(ScriptedFilter filter)
    {
        using MilterSession session = Session(filter.Definition());
        await session.ConnectAsync("client.test", null, 0, default);
        List<MilterEdit> edits = [];
        List<byte> body = [];
        bool isValid = false;
        MilterVerdict verdict = await session.InspectAsync(
            async (look, stop) =>
            {
                (MilterVerdict last, isValid) = await look.EndAsync(edits, piece => body.AddRange(piece), stop);
                return last;
            },
            default);
        return (verdict, isValid, edits, System.Text.Encoding.Latin1.GetString([.. body]));
    }
}
