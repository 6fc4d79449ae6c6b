using System.Text;
using static Mta.Milter.Tests.ScriptedFilter;

namespace Mta.EndToEnd;

/// <summary>What filters do, one thing at a time.</summary>
internal static class MilterCases
{
    public static IEnumerable<MilterCase> Verdicts()
    {
        (string Name, byte[]?[] Answer)[] answers =
        [
            ("reject", [Packet('r')]), ("tempfail", [Packet('t')]), ("accept", [Packet('a')]), ("discard", [Packet('d')]),
            ("550", [Packet('y', Strings("550 5.7.1 go away"))]), ("451 in two lines", [Packet('y', Strings("451-4.1.1 one\r\n451 4.1.1 two"))]),
            ("421", [Packet('y', Strings("421 4.3.2 bye"))]), ("malformed reply", [Packet('y', Strings("hello"))]),
            ("percent signs", [Packet('y', Strings("550 5.7.1 100%% a%b"))]), ("shutdown", [Packet('4')]), ("connection failure", [Packet('f')]),
            ("unknown letter", [Packet('Z', Strings("zz"))]), ("close", [null]), ("skip", [Packet('s')]), ("progress", [Packet('p'), Packet('p'), Packet('c')]),
            ("length beyond bounds", [Number(0x7FFFFFFF)]), ("no length", [Number(0)]), ("edit out of place", [Packet('h', Strings("A", "b"))]),
        ];
        foreach (char what in "CHMRTLNBEU")
        {
            foreach ((string name, byte[]?[] answer) in answers)
            {
                // Postfix 3.7.11 panics, accepts mail after a refusal, or adds the header: see COMPATIBILITY.
                if ((what == 'U' && name is "accept" or "discard") || ("LNBE".Contains(what) && name == "shutdown") || (what == 'E' && name == "edit out of place"))
                {
                    continue;
                }

                List<string> lines = ["HELO cl.test", "MAIL FROM:<a@b.test>", "RCPT TO:<c@virt.test>", "RCPT TO:<d@virt.test>", "DATA", MilterCase.Message, "QUIT"];
                if (what == 'U')
                {
                    lines.Insert(1, "FOO bar");
                }

                yield return new MilterCase($"{what}: {name}", new() { [what] = answer }, Lines: [.. lines]);
            }
        }
    }

    public static IEnumerable<MilterCase> Edits()
    {
        static MilterCase Edit(string name, params byte[]?[] edits) => new(name, new() { ['E'] = edits is [.., null] ? edits : [.. edits, Packet('c')] });
        yield return Edit("nothing");
        yield return Edit("two headers", Packet('h', Strings("X-A", "one")), Packet('h', Strings("X-B", "two")));
        yield return Edit("folded header", Packet('h', Strings("X-A", "one\n two\nthree\n\tfour")));
        yield return Edit("empty header", Packet('h', Strings("X-A", "")));
        yield return Edit("header longer than a line", Packet('h', Strings("X-A", new string('x', 5000))));
        foreach (uint at in (uint[])[0, 1, 2, 3, 99])
        {
            yield return Edit($"insert at {at}", Packet('i', Number(at), Strings("X-A", "one")));
            yield return Edit($"insert twice at {at}", Packet('i', Number(at), Strings("X-A", "one")), Packet('i', Number(at), Strings("X-B", "two")));
        }

        yield return Edit("change", Packet('m', Number(1), Strings("Subject", "new")));
        yield return Edit("change number 0", Packet('m', Number(0), Strings("subject", "new and longer than before")));
        yield return Edit("change what is not there", Packet('m', Number(2), Strings("Subject", "new")));
        yield return Edit("change twice", Packet('m', Number(1), Strings("Subject", "one")), Packet('m', Number(1), Strings("Subject", "two")));
        yield return Edit("change a short header", Packet('m', Number(1), Strings("T", "y")));
        yield return Edit("insert before and change", Packet('i', Number(2), Strings("X-A", "one")), Packet('m', Number(1), Strings("Subject", "two")), Packet('m', Number(1), Strings("X-A", "three")));
        yield return Edit("remove", Packet('m', Number(1), Strings("Subject", "")));
        yield return Edit("remove all", [.. ((string[])["From", "Subject", "T", "To", "Date", "Message-Id"]).Select(static name => Packet('m', Number(1), Strings(name, "")))]);
        yield return Edit("remove and add", Packet('m', Number(1), Strings("Subject", "")), Packet('h', Strings("Subject", "again")));
        yield return Edit("remove what is not there", Packet('m', Number(5), Strings("Subject", "")));
        yield return Edit("change our trace field", Packet('m', Number(1), Strings("Received", "x")));
        yield return Edit("sender", Packet('e', Strings("<new@x.test>")));
        yield return Edit("sender twice", Packet('e', Strings("<new@x.test>")), Packet('e', Strings("<newer-and-longer@x.test>")));
        yield return Edit("sender with arguments", Packet('e', Strings("<new@x.test>", "RET=HDRS ENVID=a+2Bb FOO=1")));
        yield return Edit("null sender", Packet('e', Strings("<>")));
        yield return Edit("recipients", Packet('+', Strings("<n@virt.test>")), Packet('+', Strings("m@virt.test")));
        yield return Edit("recipient with arguments", Packet('2', Strings("<n@virt.test>", "NOTIFY=NEVER ORCPT=rfc822;q@z BAR=2")));
        yield return Edit("null recipient", Packet('+', Strings("<>")));
        yield return Edit("recipient removed", Packet('-', Strings("<c@virt.test>")));
        yield return Edit("recipient removed and added", Packet('-', Strings("<c@virt.test>")), Packet('+', Strings("<c@virt.test>")));
        yield return Edit("recipient of other case", Packet('-', Strings("<C@virt.test>")));
        yield return Edit("body", Packet('b', Encoding.ASCII.GetBytes("new\r\n")));
        yield return Edit("empty body", Packet('b'));
        yield return Edit("body in pieces", Packet('b', Encoding.ASCII.GetBytes("a\r")), Packet('b', Encoding.ASCII.GetBytes("\nb\nc\rd\r\n\r\n")));
        yield return Edit("body longer and without an end", Packet('b', Encoding.ASCII.GetBytes(new string('y', 3000) + "\r\n")), Packet('b', Encoding.ASCII.GetBytes("second")));
        yield return Edit("large body", [.. Enumerable.Range(0, 5).Select(static i => Packet('b', Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"line {i}\r\n", 5000)))))]);
        yield return Edit("header, body, header", Packet('h', Strings("X-A", "one")), Packet('b', Encoding.ASCII.GetBytes("x\r\n")), Packet('h', Strings("X-B", "two")));
        yield return Edit("body that looks like records", Packet('b', Encoding.Latin1.GetBytes("L\x0fevil:[1.2.3.4]\r\nR\x05x@y.z\r\nE\0\r\n")));
        yield return Edit("body, header, body", Packet('b', Encoding.ASCII.GetBytes("x\r\n")), Packet('h', Strings("X-A", "one")), Packet('b', Encoding.ASCII.GetBytes("y\r\n")));
        yield return Edit("quarantine", Packet('q', Strings("because")));
        yield return new MilterCase("quarantine and reject", new() { ['E'] = [Packet('q', Strings("because")), Packet('r')] });
        yield return Edit("lost after a header and a body", Packet('h', Strings("X-A", "one")), Packet('b', Encoding.ASCII.GetBytes("x\r\n")), null);
        yield return Edit("lost in the middle of a body", [.. Number(1000), (byte)'b', .. Encoding.ASCII.GetBytes("new body")], null);
        yield return Edit("no string end", Packet('h', Encoding.ASCII.GetBytes("X-A")));
        yield return Edit("no number", Packet('i', Encoding.ASCII.GetBytes("X")));
        yield return Edit("too many strings", Packet('h', Strings("X-A", "one", "two")));
        yield return Edit("line break in a name", Packet('h', Strings("X-A\nB", "one")));
    }

    public static IEnumerable<MilterCase> Negotiations()
    {
        static MilterCase Agree(string name, byte[] options) => new(name, new() { ['E'] = [Packet('h', Strings("X-A", "one")), Packet('c')] }, options);
        yield return Agree("leading space", Negotiation(6, 0x1FF, 0x100000));
        yield return Agree("refused recipients", Negotiation(6, 0x1FF, 0x800));
        yield return Agree("no events", Negotiation(6, 0x1FF, 0x37F));
        Dictionary<char, byte[]?[]> silent = "CHMRTLNB".ToDictionary(static letter => letter, static _ => (byte[]?[])[]);
        silent['E'] = [Packet('h', Strings("X-A", "one")), Packet('c')];
        yield return new MilterCase("no answers", silent, Negotiation(6, 0x1FF, 0xFF080));
        yield return Agree("no headers", Negotiation(6, 0x1FF, 0x20));
        yield return Agree("no body", Negotiation(6, 0x1FF, 0x10));
        yield return Agree("version 2", Negotiation(2, 0x1F, 0));
        yield return Agree("version 4", Negotiation(4, 0x1F, 0));
        yield return Agree("version too high", Negotiation(7, 0x1FF, 0));
        yield return Agree("unknown actions", Negotiation(6, 0xFFF, 0));
        yield return Agree("own macros", Negotiation(6, 0x1FF, 0, Number(0), Strings("j _"), Number(4), Strings("i {client_addr} {client_name}"), Number(5), Strings("i j")));
        yield return Agree("too short", Packet('O', Number(6), Number(1)));
        yield return Agree("not an answer", Packet('c'));
        yield return Agree("another protocol", Encoding.ASCII.GetBytes("SMTP ready\r\n"));
    }

    /// <summary>Filters that fail, with each default action.</summary>
    public static IEnumerable<MilterCase> Failures()
    {
        foreach (string action in (string[])["accept", "reject", "quarantine"])
        {
            foreach (char what in "CHMRTLNBE")
            {
                yield return new MilterCase($"{action}, {what}: close", new() { [what] = [null] }, Service: action);
            }

            foreach (char what in "CMRE")
            {
                yield return new MilterCase($"{action}, {what}: unknown letter", new() { [what] = [Packet('Z')] }, Service: action);
            }

            yield return new MilterCase($"{action}, not there", [], Service: $"gone-{action}");
        }

        foreach (char what in "CH")
        {
            yield return new MilterCase($"EHLO after a temporary failure at {what}", new() { [what] = [Packet('t')] });
            yield return new MilterCase($"EHLO after a refusal at {what}", new() { [what] = [Packet('r')] });
        }

        yield return new MilterCase("tempfail, not there", [], Service: "gone");
        yield return new MilterCase("silent at MAIL", new() { ['M'] = [] }, Service: "hurried");
        yield return new MilterCase("silent at the end", new() { ['E'] = [] }, Service: "hurried");
        yield return new MilterCase("half an answer", new() { ['E'] = [[0, 0]] }, Service: "hurried");
    }

    /// <summary>Two filters, one behind the other.</summary>
    public static IEnumerable<MilterCase> Pairs()
    {
        Dictionary<char, byte[]?[]> none = [];
        static Dictionary<char, byte[]?[]> At(char what, params byte[]?[] answers) => new() { [what] = answers };
        static MilterCase Pair(string name, Dictionary<char, byte[]?[]> first, Dictionary<char, byte[]?[]> second) => new($"two: {name}", first, Service: "two", Second: second);
        byte[] go = Packet('c');
        yield return Pair("content", none, none);
        foreach (char what in "CHMRTE")
        {
            yield return Pair($"the first refuses {what}", At(what, Packet('r')), none);
            yield return Pair($"the second refuses {what}", none, At(what, Packet('r')));
        }

        yield return Pair("the first accepts the sender", At('M', Packet('a')), none);
        yield return Pair("the second accepts the sender", none, At('M', Packet('a')));
        yield return Pair("the first discards", At('T', Packet('d')), none);
        yield return Pair("the second discards at the end", none, At('E', Packet('d')));
        yield return Pair("the second sees the first's headers", At('E', Packet('h', Strings("X-A", "one")), Packet('m', Number(1), Strings("Subject", "new")), go), none);
        yield return Pair("the second sees the first's body", At('E', Packet('b', Encoding.ASCII.GetBytes("new\r\n")), go), none);
        yield return Pair("both change the body", At('E', Packet('b', Encoding.ASCII.GetBytes("new\r\n")), go), At('E', Packet('b', Encoding.ASCII.GetBytes("newer and longer\r\n")), go));
        yield return Pair("both change a header", At('E', Packet('m', Number(1), Strings("Subject", "one")), go), At('E', Packet('m', Number(1), Strings("Subject", "two and longer")), go));
        yield return Pair("one adds, the other removes a recipient", At('E', Packet('+', Strings("<n@virt.test>")), go), At('E', Packet('-', Strings("<n@virt.test>")), go));
        yield return Pair("one holds, the other refuses", At('E', Packet('q', Strings("because")), go), At('E', Packet('r'))) with { Kept = "550 5.7.1 Command rejected" };
        yield return Pair("both hold", At('E', Packet('q', Strings("because")), go), At('E', Packet('q', Strings("why not")), go)) with { Kept = "Q: hold" };
        yield return Pair("one changes, the other is lost", At('E', Packet('h', Strings("X-A", "one")), go), At('E', (byte[]?)null));
        yield return Pair("one is lost", At('M', (byte[]?)null), none);
    }

    /// <summary>Other ways to a filter.</summary>
    public static IEnumerable<MilterCase> Ways()
    {
        byte[] go = Packet('c');
        foreach (string service in (string[])["unix", MilterCase.Sendmail])
        {
            yield return new MilterCase($"{service}: content", [], Service: service);
            yield return new MilterCase($"{service}: edits", new() { ['E'] = [Packet('h', Strings("X-A", "one")), Packet('b', Encoding.ASCII.GetBytes("new\r\n")), Packet('+', Strings("<n@virt.test>")), go] }, Service: service);
            yield return new MilterCase($"{service}: sender", new() { ['E'] = [Packet('e', Strings("<new@x.test>")), go] }, Service: service);
            yield return new MilterCase($"{service}: quarantine", new() { ['E'] = [Packet('q', Strings("because")), go] }, Service: service);
            yield return new MilterCase($"{service}: discard", new() { ['E'] = [Packet('d')] }, Service: service);
            yield return new MilterCase($"{service}: accept", new() { ['M'] = [Packet('a')] }, Service: service);
            yield return new MilterCase($"{service}: no macros", [], Negotiation(6, 0x1FF, 0, Number(5), Strings("")), Service: service);
        }
    }
}
