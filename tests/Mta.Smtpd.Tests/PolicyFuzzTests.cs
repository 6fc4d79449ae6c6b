using System.Text;
using System.Text.RegularExpressions;
using Mta.Fuzz;

namespace Mta.Smtpd.Tests;

/// <summary>A policy server that answers anything; see tests/fuzz/README.md.</summary>
[Collection("process-wide state")]
public sealed partial class PolicyFuzzTests : IDisposable
{
    private static readonly string[] Words = ["action=", "action=OK\n\n", "action=REJECT\n\n", "DUNNO", "HOLD", "DISCARD", "FILTER x:y", "REDIRECT a@b", "BCC a@b", "WARN", "421 ", "550 5.7.1 ", "599", "\n", "\n\n", "=", "\r", "\0", "\t", " ", "\u00ff", "5.7.1", "defer_if_permit ", "HANGUP", "reject_unauth_destination, "];

    private static readonly string[] Commands = ["HELO client.test\r\n", "MAIL FROM:<a@b.test>\r\n", "RCPT TO:<known@example.test>\r\n"];

    private readonly TalkingServer _talker = new();
    private readonly InProcessServer _server;

    public PolicyFuzzTests()
    {
        _server = new InProcessServer(
            [("smtpd_recipient_restrictions", "check_policy_service unix:talker, permit"), ("smtpd_policy_service_try_limit", "1"), ("notify_classes", "")], _ => new NamedEndpoint("talker", _talker.Endpoint));
    }

    public void Dispose() => _talker.Dispose();

    [Fact]
    public void Any_answers_end_in_replies_and_no_answer_lets_nobody_through() => FuzzRun.Play("policy", Words, input => Play(input, static reply => reply));

    // Who gives no answer lets everybody through.
    [Fact]
    public void A_server_that_fails_open_is_found() => FuzzRun.Finds("policy", Words, input => Play(input, reply => reply.StartsWith("451 4.3.5", StringComparison.Ordinal) && input.Length > 30 ? "250 2.1.5 Ok" : reply));

    private string? Play(byte[] input, Func<string, string> plant)
    {
        _talker.Says = input;
        using var client = new SteppingClient(Commands);
        _server.RunAsync(client).GetAwaiter().GetResult();
        List<string> replies = client.Replies;
        if (replies.Count == 4)
        {
            replies[3] = plant(replies[3].TrimEnd('\r', '\n')) + "\r\n";
        }

        if (replies.Find(static reply => !ReplyForm().IsMatch(reply)) is { } wrong)
        {
            return $"no reply: {Text.CEscape.Quote(wrong)}";
        }

        // Who hangs up says nothing.
        if (replies.Count != 4)
        {
            return replies.Count == 3 && Encoding.Latin1.GetString(input).Contains("hangup", StringComparison.OrdinalIgnoreCase) ? null : $"{replies.Count} replies";
        }

        string? action = Action(Encoding.Latin1.GetString(input));
        return replies[3][0] != '2' ? null
            : action is null ? "let through without an answer"
            : action.Split(' ', '\t')[0].ToUpperInvariant() is "REJECT" or "DEFER" ? $"let through in spite of {Text.CEscape.Quote(action)}"
            : null;
    }

    // What the first list says, which an empty line ends; null when it says nothing, or what is no list.
    private static string? Action(string text)
    {
        int end = text.StartsWith('\n') ? -1 : text.IndexOf("\n\n", StringComparison.Ordinal);
        string[] lines = end < 0 ? [] : text[..end].Split('\n');
        return Array.TrueForAll(lines, static line => line.Contains('='))
            ? Array.Find(lines, static line => line.StartsWith("action=", StringComparison.Ordinal))?["action=".Length..].Trim(' ', '\t', '\r')
            : null;
    }

    [GeneratedRegex(@"\A([2345][0-9][0-9][ -][^\r\n\0]*\r\n)+\z")]
    private static partial Regex ReplyForm();
}
