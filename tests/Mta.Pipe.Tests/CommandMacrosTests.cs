using Mta.Mail.Protocols;

namespace Mta.Pipe.Tests;

public sealed class CommandMacrosTests
{
    [Fact]
    public void A_word_about_recipients_stands_once_for_each()
    {
        Assert.Equal(["cmd", "s@x", "a+e@y", "B@Y", "a|e|a+e|y", "B||B|Y"], Expand("cmd $sender ${recipient} $user|$extension|$mailbox|$domain", "", "s@x", "a+e@y", "B@Y"));
    }

    [Fact]
    public void Values_are_never_expanded_again() =>
        Assert.Equal(["cmd", "$recipient@x", "$sender@y"], Expand("cmd $sender $(recipient)", "", "$recipient@x", "$sender@y"));

    [Theory]
    [InlineData("h", "User+Ext@dom")]
    [InlineData("u", "user+ext@DOM")]
    [InlineData("hu", "user+ext@dom")]
    [InlineData("", "User+Ext@DOM")]
    public void Flags_fold_local_part_and_domain(string flags, string expected) =>
        Assert.Equal(["cmd", expected], Expand("cmd $recipient", flags, "s@x", "User+Ext@DOM"));

    [Fact]
    public void Quoting_is_for_whole_addresses_only() =>
        Assert.Equal(["cmd", "\"s t\"@x", "\"a b\"@y", "a b"], Expand("cmd $sender $recipient $mailbox", "q", "s t@x", "a b@y"));

    [Fact]
    public void The_null_sender_has_a_name() =>
        Assert.Equal(["cmd", "MAILER-DAEMON"], Expand("cmd $sender", "", "", "a@y"));

    [Fact]
    public void An_unknown_macro_is_named()
    {
        CommandMacros macros = new(PipeArguments.Parse(["user=a", "argv=cmd", "x$what"]), "+", utf8: false);
        Assert.Null(macros.Expand(Request("s@x", "a@y"), out string error));
        Assert.Equal("unknown macro name: \"what\"", error);
    }

    private static List<string>? Expand(string words, string flags, string sender, params string[] recipients)
    {
        string[] command = words.Split(' ');
        CommandMacros macros = new(PipeArguments.Parse([$"flags={flags}", "user=a", $"argv={command[0]}", .. command.Skip(1)]), "+", utf8: false);
        return macros.Expand(Request(sender, recipients), out _);
    }

    private static DeliveryRequest Request(string sender, params string[] recipients)
    {
        DeliveryRequest request = new() { Sender = sender };
        foreach (string address in recipients)
        {
            request.Recipients.Add(new DeliveryRecipient(address, address, 0));
        }

        return request;
    }
}
