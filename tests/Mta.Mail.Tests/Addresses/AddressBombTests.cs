using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Mta.Mail.Addresses;
using Mta.Mail.Headers;

namespace Mta.Mail.Tests.Addresses;

/// <summary>Address lists made to hurt are parsed and printed in linear time, and nothing is thrown for any text.</summary>
public sealed class AddressBombTests
{
    public static TheoryData<string, string> Bombs() => new()
    {
        { "open comments", new string('(', 100_000) },
        { "nested comments", new string('(', 50_000) + new string(')', 50_000) + "a" },
        { "comments", string.Concat(Enumerable.Repeat("(a)", 33_000)) },
        { "commas", new string(',', 100_000) },
        { "groups", string.Concat(Enumerable.Repeat("g:", 40_000)) + new string(';', 20_000) },
        { "closed groups", string.Concat(Enumerable.Repeat("g:a;", 25_000)) },
        { "open brackets", new string('<', 100_000) },
        { "closing brackets", new string('>', 100_000) },
        { "bracket pairs", string.Concat(Enumerable.Repeat("a<b>", 25_000)) },
        { "null addresses", string.Concat(Enumerable.Repeat("<>", 50_000)) },
        { "nested brackets", new string('<', 50_000) + new string('>', 50_000) },
        { "quotes", new string('"', 99_999) },
        { "escapes", "\"" + string.Concat(Enumerable.Repeat("\\\"", 50_000)) },
        { "backslashes", new string('\\', 100_000) },
        { "route", "<" + string.Concat(Enumerable.Repeat("@a,", 33_000)) + ":b@c>" },
        { "routes", string.Concat(Enumerable.Repeat("<@a:b@c>", 12_000)) },
        { "open routes", string.Concat(Enumerable.Repeat("<@a,", 25_000)) },
        { "dots and ats", string.Concat(Enumerable.Repeat(".@", 50_000)) },
        { "words", string.Concat(Enumerable.Repeat("a ", 50_000)) },
        { "quoted words", string.Concat(Enumerable.Repeat("\"a\"", 33_000)) },
        { "literals", new string('[', 100_000) },
        { "literal pairs", string.Concat(Enumerable.Repeat("[]", 50_000)) },
        { "percents", new string('%', 100_000) },
        { "blanks", new string(' ', 100_000) + "a" + new string('\n', 100_000) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Lists_made_to_hurt_take_linear_time(string name, string text)
    {
        Stopwatch watch = Stopwatch.StartNew();
        AddressList list = AddressList.Parse(text);
        string printed = HeaderFolding.Join(list.ToExternal("\n"));
        foreach (AddressNode node in list.Addresses)
        {
            AddressSyntax.ToInternal(node.ToExternal());
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{name}: {watch.Elapsed}");
        Assert.True(printed.Length < 4 * text.Length, name);
    }

    [Fact]
    public void Printed_lists_are_read_as_what_they_were()
    {
        Gen<string> pieces = Gen.Elements("a", "b@c", "\"", "(", ")", "<", ">", "@", ",", ";", ":", "[", "]", "\\", " ", ".", "%", "!", "\t", "\n", "\u00fc", "\u0001", "\"q s\"", "g: x;");
        Prop.ForAll(pieces.ListOf().Select(static parts => string.Concat(parts)).ToArbitrary(), static text =>
        {
            AddressList list = AddressList.Parse(text);
            AddressList again = AddressList.Parse(list.ToExternal());

            // What is malformed may be read otherwise once it stands alone, but never becomes more than it was.
            return again.ToExternal().Length <= (2 * text.Length) + (4 * list.Count) + 8;
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500));
    }
}
