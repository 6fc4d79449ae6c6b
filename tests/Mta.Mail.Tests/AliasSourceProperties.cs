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

    private static SourceEntry[] Read(string text)
    {
        List<string> warnings = [];
        SourceEntry[] entries = [.. AliasSource.Read(ByteString.ToBytes(text), "f", utf8: true, warnings.Add)];
        Assert.Empty(warnings);
        return entries;
    }
}
