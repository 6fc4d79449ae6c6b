using System.Text;
using Mta.Config;
using Mta.Fuzz;
using Mta.Tables;
using Mta.Text;

namespace Mta.Sasl.Tests;

/// <summary>Clients that try to log in, and an authentication service that has gone mad; see tests/fuzz/README.md.</summary>
public sealed class ExchangeFuzzTests
{
    private static readonly SaslConnection About = new("smtp", "127.0.0.1", "192.0.2.1", false, "carol");

    private static readonly string[] ClientWords =
    [
        "PLAIN\n", "LOGIN\n", "SCRAM-SHA-256\n", "EXTERNAL\n", "\0bob\0secret", "bob\n", "secret\n", "n,,n=bob,r=abc", "y,a=bob,", ",p=", "c=biws,r=", "=2C", "=3D", "!=\n", "!AA\n", "!====\n", "\0", "carol", ",", "\n\n", "\u00c3\u00a4",
    ];

    [Fact]
    public void Nobody_is_let_in_without_the_password()
    {
        ISaslBackend backend = Backend();
        FuzzRun.Play("sasl", ClientWords, input => Login(backend, input, static step => step));
    }

    // The last letter of a password does not count.
    [Fact]
    public void Who_is_let_in_without_the_password_is_found()
    {
        ISaslBackend backend = Backend();
        FuzzRun.Finds("sasl", ClientWords, input => Login(backend, input, step => step.Outcome == SaslOutcome.Failed && step.User == "bob" && Encoding.Latin1.GetString(input).Contains("bob\0secre", StringComparison.Ordinal) ? SaslStep.Done("bob") : step));
    }

    // One round: what is tested here is who gets in, not how long a guess takes.
    private static PasswordBackend Backend()
    {
        byte[] salt = Encoding.ASCII.GetBytes("saltsaltsalt1234");
        ScramVerifier verifier = ScramVerifier.Create(Encoding.ASCII.GetBytes("secret"), salt, 1);
        string stored = $"SCRAM-SHA-256$1:{Convert.ToBase64String(salt)}${Convert.ToBase64String(verifier.StoredKey)}:{Convert.ToBase64String(verifier.ServerKey)}";
        var tables = new TableRegistry(Configuration.FromText("").TableSettings(isDaemon: true, static _ => { }, static _ => { }));
        return new PasswordBackend(TableList.Open(tables, "smtpd_sasl_path", $"static:{stored}"), "");
    }

    // The mechanism, then what the client sends: encoded, or as it is behind "!".
    private static string? Login(ISaslBackend backend, byte[] input, Func<SaslStep, SaslStep> plant)
    {
        string[] lines = Encoding.Latin1.GetString(input).Split('\n');
        using ISaslExchange exchange = backend.Begin(About);
        string? First(int at) => at >= lines.Length ? null : lines[at].StartsWith('!') ? lines[at][1..] : Convert.ToBase64String(Encoding.Latin1.GetBytes(lines[at]));
        SaslStep step = plant(exchange.StartAsync(lines[0], First(1), default).AsTask().GetAwaiter().GetResult());
        List<string> said = [.. lines.Skip(1).Select(static line => line.StartsWith('!') ? Decoded(line[1..]) : line)];
        for (int at = 2; step.Outcome == SaslOutcome.Challenge && First(at) is { } next; at++)
        {
            if (!Base64Text.TryDecode(step.Text, out _))
            {
                return "a challenge that is not base64";
            }

            step = plant(exchange.ContinueAsync(next, default).AsTask().GetAwaiter().GetResult());
        }

        if (step.Text.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0 || step.User.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0)
        {
            return "control characters";
        }

        // Nonces are new each time: nobody proves a password by chance.
        bool mayEnter = lines[0].ToUpperInvariant() switch
        {
            "PLAIN" => said.Exists(text => text.Split('\0') is [var asked, var name, "secret"] && name.Length > 0 && Printable.Neutralize(name) == step.User && (asked.Length == 0 || asked == name)),
            "LOGIN" => said.Contains("secret") && said.Exists(text => Printable.Neutralize(text) == step.User),
            "EXTERNAL" => step.User == "carol" && said.Exists(static text => text is "" or "carol"),
            _ => false,
        };
        return step.Outcome == SaslOutcome.Done && !mayEnter ? $"{step.User} was let in" : null;
    }

    private static string Decoded(string text) => Base64Text.TryDecode(text, out byte[] bytes) ? Encoding.Latin1.GetString(bytes) : "";

    private static readonly string[] ServiceWords =
    [
        "VERSION\t1\t2\n", "VERSION\t2\t0\n", "MECH\tPLAIN\tplaintext\n", "MECH\tGSSAPI\tprivate\n", "SPID\t1\n", "CUID\t1\n", "COOKIE\tx\n", "DONE\n", "OK\t1\tuser=bob\n", "OK\t2\tuser=eve\n", "OK\t1\n", "CONT\t1\tAAAA\n",
        "CONT\t1\n", "FAIL\t1\treason=no\ttemp\n", "\t", "\n", "\0", "user=", "\u00ff",
    ];

    [Fact]
    public void Any_answers_of_Dovecot_end_in_an_answer()
    {
        using TalkingServer service = new();
        FuzzRun.Play("dovecot", ServiceWords, input => Ask(service, input, static step => step));
    }

    // An answer to somebody else is taken.
    [Fact]
    public void An_answer_to_somebody_else_is_found()
    {
        using TalkingServer service = new();
        FuzzRun.Finds("dovecot", ServiceWords, input => Ask(service, input, step => Encoding.Latin1.GetString(input).Contains("\nOK\t2\tuser=", StringComparison.Ordinal) && step.Outcome != SaslOutcome.Done ? SaslStep.Done("eve") : step));
    }

    private static string? Ask(TalkingServer service, byte[] input, Func<SaslStep, SaslStep> plant)
    {
        service.Says = input;

        // One that has failed is left alone for a while: each input has its own.
        using ISaslExchange exchange = new DovecotBackend(service.Endpoint, "talker").Begin(About);
        SaslStep step = plant(exchange.StartAsync("PLAIN", "AAAA", default).AsTask().GetAwaiter().GetResult());
        for (int at = 0; step.Outcome == SaslOutcome.Challenge; at++)
        {
            if (at > input.Length || !Base64Text.IsAlphabet(step.Text))
            {
                return "a challenge that is none";
            }

            service.Hear();
            step = plant(exchange.ContinueAsync("AAAA", default).AsTask().GetAwaiter().GetResult());
        }

        if (step.Text.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0)
        {
            return "control characters";
        }

        return step.Outcome == SaslOutcome.Done && step.User != Named(Encoding.Latin1.GetString(input)) ? $"{step.User} was let in" : null;
    }

    // The greeting, then the first answer with this exchange's number that is no challenge; null when it names nobody.
    private static string? Named(string text)
    {
        string[]? answer = text.Split('\n')[..^1]
            .SkipWhile(static line => line.Split('\t')[0] != "DONE").Skip(1)
            .Select(static line => line.Split('\t'))
            .FirstOrDefault(static fields => fields is ["OK" or "FAIL", "1", ..]);
        return answer is ["OK", ..] && Array.Find(answer, static field => field.StartsWith("user=", StringComparison.Ordinal)) is { Length: > 5 } user ? Printable.Neutralize(user[5..]) : null;
    }
}
