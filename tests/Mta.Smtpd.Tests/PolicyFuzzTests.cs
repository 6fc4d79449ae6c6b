using System.Text;
using System.Text.RegularExpressions;
using Mta.Fuzz;

namespace Mta.Smtpd.Tests;

/// <summary>A policy server that answers anything; see tests/fuzz/README.md.</summary>
[Collection("process-wide state")]
public sealed partial class PolicyFuzzTests : IDisposable
{
    private static readonly string[] Words = ["action=", "action=OK\n\n", "action=REJECT\n\n", "DUNNO", "HOLD", "DISCARD", "FILTER x:y", "REDIRECT a@b", "BCC a@b", "WARN", "421 ", "550 5.7.1 ", "599", "\n", "\n\n", "=", "\r", "\0", "\t", " ", "\u00ff", "5.7.1", "defer_if_permit ", "HANGUP", "reject_unauth_destination, "];

    private readonly TalkingServer _talker = new();
    private readonly InProcessServer _server;

    public PolicyFuzzTests()
    {
        _server = new InProcessServer([("smtpd_recipient_restrictions", $"check_policy_service unix:{_talker.Path}, permit"), ("smtpd_policy_service_try_limit", "1")]);
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
        (Stream stream, Task session) = _server.Connect();
        List<string> replies = [];
        using (stream)
        {
            foreach (string command in (string[])["", "HELO client.test\r\n", "MAIL FROM:<a@b.test>\r\n", "RCPT TO:<known@example.test>\r\n"])
            {
                stream.Write(Encoding.Latin1.GetBytes(command));
                if (Read(stream) is not { } reply)
                {
                    break;
                }

                replies.Add(replies.Count == 3 ? plant(reply.TrimEnd('\r', '\n')) + "\r\n" : reply);
            }
        }

        session.GetAwaiter().GetResult();
        if (replies.Find(static reply => !ReplyForm().IsMatch(reply)) is { } wrong)
        {
            return $"no reply: {Text.CEscape.Quote(wrong)}";
        }

        bool isAnswer = Encoding.Latin1.GetString(input).Split('\n').Any(static line => line.StartsWith("action=", StringComparison.Ordinal));
        return replies.Count == 4 && replies[3][0] == '2' && !isAnswer ? "let through without an answer" : null;
    }

    // One line is what these commands are answered with.
    private static string? Read(Stream stream)
    {
        var line = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (true)
        {
            int count = stream.Read(buffer);
            if (count == 0)
            {
                return line.Length == 0 ? null : line.ToString();
            }

            line.Append(Encoding.Latin1.GetString(buffer, 0, count));
            if (buffer[count - 1] == '\n')
            {
                return line.ToString();
            }
        }
    }

    [GeneratedRegex(@"\A([2345][0-9][0-9][ -][^\r\n\0]*\r\n)+\z")]
    private static partial Regex ReplyForm();
}
