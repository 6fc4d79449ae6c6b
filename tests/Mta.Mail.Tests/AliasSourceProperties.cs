using FsCheck;
using FsCheck.Fluent;
using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Mail.Tests;

/// <summary>What holds for any text in the form of aliases(5).</summary>
public sealed class AliasSourceProperties
{
    private static readonly Arbitrary<string> Texts =
        Gen.Elements("a", "B", "\"", "\\", ":", ",", "@", "%", " ", "\t", "\n", "\n ", "#", "(", ")", "<", ">", ";", "|", "/file", ":include:", "\"|cmd x\"", "\r", "\0", "\u00c3\u00a4", "\u00ff", "a: b\n", "[", "]", ".")
            .ArrayOf().Select(string.Concat).ToArbitrary();

    private static readonly Gen<string> Value = Gen.Elements("user", "User.Name", "user@example.com", "\"|/bin/cmd -a\"", "/var/mail/x", ":include:/etc/list", "User <user@example.com>");

    [Fact]
    public void Any_text_ends_with_entries_and_warnings() => Prop.ForAll(Texts, static text =>
    {
        List<string> warnings = [];
        foreach (SourceEntry entry in AliasSource.Read(ByteString.ToBytes(text), "f", utf8: true, warnings.Add))
        {
            if (entry.Line.First < 1)
            {
                return false;
            }
        }

        return warnings.TrueForAll(static warning => warning.StartsWith('f'));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_stored_reads_as_itself() => Prop.ForAll(Value.NonEmptyListOf().ToArbitrary(), static values =>
    {
        string stored = Read($"name: {string.Join(',', values)}\n")[0].Value;
        return Read($"name: {stored}\n")[0].Value == stored;
    }).QuickCheckThrowOnFailure();

    // Wherever a list is broken into lines, with comments and empty lines between them, it stays one entry.
    [Fact]
    public void A_list_over_several_lines_is_that_of_one() => Prop.ForAll(
        Value.NonEmptyListOf().Zip(Gen.Elements("\n ", "\n\t", " \n  ", "\n# comment\n ", "\n\n\t", "\n  # comment\n ").NonEmptyListOf()).ToArbitrary(),
        static made =>
        {
            (var values, var breaks) = made;
            string joined = string.Concat(values.Select((value, i) => (i == 0 ? "" : "," + breaks[i % breaks.Count]) + value));
            SourceEntry[] entries = Read($"first: x\nname:{breaks[0]}{joined}\nlast: y\n");
            return entries.Length == 3 && entries[1].Key == "name" && entries[1].Value == Read($"name: {string.Join(", ", values)}\n")[0].Value
                && entries[1].Line.First == 2 && entries[0].Value == "x" && entries[2].Value == "y";
        }).QuickCheckThrowOnFailure();

    private static SourceEntry[] Read(string text)
    {
        List<string> warnings = [];
        SourceEntry[] entries = [.. AliasSource.Read(ByteString.ToBytes(text), "f", utf8: true, warnings.Add)];
        Assert.Empty(warnings);
        return entries;
    }
}
