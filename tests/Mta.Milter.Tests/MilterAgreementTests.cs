using static Mta.Milter.Tests.ScriptedFilter;

namespace Mta.Milter.Tests;

/// <summary>The first packets of both sides.</summary>
public sealed class MilterAgreementTests
{
    [Theory]
    [InlineData(2, 0x3Fu, 0x7Fu)]
    [InlineData(3, 0x3Fu, 0x1FFu)]
    [InlineData(4, 0x3Fu, 0x3FFu)]
    [InlineData(6, 0x1FFu, 0x1FFFFFu)]
    public void A_version_offers_what_it_has(int version, uint actions, uint options) =>
        Assert.Equal([.. Number((uint)version), .. Number(actions), .. Number(options)], MilterAgreement.Offer(version));

    [Fact]
    public void Any_answer_that_is_cut_short_is_malformed_or_means_no_macros()
    {
        byte[] whole = [.. Number(6), .. Number(1), .. Number(2), .. Number(0), .. Strings("i {x}"), .. Number(6), .. Strings("j")];
        for (int length = 0; length <= whole.Length; length++)
        {
            bool agrees = MilterAgreement.TryParse("m", 6, whole.AsSpan(0, length), out MilterAgreement agreed, out string problem, out bool isMalformed);
            bool isComplete = length is 12 or 22 || length == whole.Length;
            Assert.Equal((length, isComplete, !isComplete), (length, agrees, isMalformed));
            Assert.Equal(agrees, problem.Length == 0);
            Assert.Equal(agrees && length > 12, agreed.Macros is not null);
        }
    }

    [Fact]
    public void A_newer_version_or_unknown_actions_are_no_agreement()
    {
        Assert.False(MilterAgreement.TryParse("m", 4, [.. Number(6), .. Number(0), .. Number(0)], out _, out string problem, out bool isMalformed));
        Assert.Equal(("milter m: protocol version 6 conflict with MTA protocol version 4", false), (problem, isMalformed));
        Assert.False(MilterAgreement.TryParse("m", 6, [.. Number(6), .. Number(0x200), .. Number(0)], out _, out problem, out isMalformed));
        Assert.Equal(("milter m: request mask 0x200 conflict with MTA request mask 0x1ff", false), (problem, isMalformed));
    }

    [Fact]
    public void Macro_stages_beyond_the_last_are_malformed()
    {
        Assert.False(MilterAgreement.TryParse("m", 6, [.. Number(6), .. Number(0), .. Number(0), .. Number(7), .. Strings("i")], out _, out string problem, out bool isMalformed));
        Assert.Equal(("milter m: ignoring unknown macro type 7", true), (problem, isMalformed));
    }

    [Theory]
    [InlineData("550 5.7.1 no\0behind", true, "550 5.7.1 no")]
    [InlineData("550 5.7.1 no", true, "550 5.7.1 no")]
    [InlineData("550-a\n550 b", true, "550-a\r\n550 b")]
    [InlineData("5%5%%0 x", false, "5%5%%0 x")]
    [InlineData("4%50 x%", true, "450 x")]
    [InlineData("", false, "")]
    [InlineData("650 x", false, "650 x")]
    [InlineData("55x y", false, "55x y")]
    [InlineData("550-a", false, "550-a")]
    [InlineData("550 a\r\n550 b", false, "550 a\r\n550 b")]
    [InlineData("550-a\r\n551 b", false, "550-a\r\n551 b")]
    public void A_filters_own_reply_is_one_reply_or_none(string text, bool isReply, string expected)
    {
        Assert.Equal(isReply, MilterReply.TryParse(System.Text.Encoding.Latin1.GetBytes(text), out string reply));
        Assert.Equal(expected, reply);
    }
}
