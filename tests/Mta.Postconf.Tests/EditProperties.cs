using FsCheck;
using FsCheck.Fluent;
using Mta.Config;

namespace Mta.Postconf.Tests;

/// <summary>What holds for any main.cf that is edited, and any entry of master.cf that is shown.</summary>
public sealed class EditProperties : IDisposable
{
    private static readonly Gen<string> Lines =
        Gen.Elements("a = 1\n", "b=2\n", "a\t=\n", "c = x\n  y\n", "b = z\n# within\n\tw\n", "# a = 9\n", "\n", "  \n", "d = $a ${b?{c}}\n", "\u00e9 = \u00e9\n");

    private static readonly Arbitrary<((string Text, string Name), string Value)> Edits =
        Lines.ArrayOf().Select(string.Concat).Zip(Gen.Elements("a", "b", "c", "new")).Zip(Gen.Elements("", "1", "x y", "$b, c", "#x", "= z")).ToArbitrary();

    private static readonly Arbitrary<(string[] Fields, string[] Arguments)> Services =
        Gen.Elements("y", "n", "-").Three().Select(static flags => (string[])["smtp", "unix", flags.Item1, flags.Item2, flags.Item3, "60?", "0", "smtpd"])
            .Zip(Gen.Elements("-v", "-D", "-o  a=b", "-oc=d", "-o { e = f  g }", "{x y}", "word", "-n name", "${sender}").ArrayOf()).ToArbitrary();

    private readonly string _folder = Directory.CreateTempSubdirectory("mta-postconf").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_value_that_is_set_is_read_and_nothing_else_changes() => Prop.ForAll(Edits, made =>
    {
        ((string text, string name), string value) = made;
        string edited = Edit(text, 'e', $"{name} = {value}");
        return Values(edited, name) is [.., var last] && last == value && Others(edited, name).SequenceEqual(Others(text, name))
            && Comments(edited).SequenceEqual(Comments(text)) && Edit(edited, 'e', $"{name} = {value}") == edited;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_name_that_is_removed_or_commented_out_is_gone_and_nothing_else_changes() => Prop.ForAll(Edits, made =>
    {
        ((string text, string name), string _) = made;
        string removed = Edit(text, 'X', name);
        string commented = Edit(text, '#', name);
        return Values(removed, name).Count == 0 && Values(commented, name).Count == 0
            && Others(removed, name).SequenceEqual(Others(text, name)) && Others(commented, name).SequenceEqual(Others(text, name))
            && Comments(removed).SequenceEqual(Comments(text)) && commented.Count(static c => c == '\n') == text.Count(static c => c == '\n');
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_entry_that_is_shown_means_what_it_meant() => Prop.ForAll(Services, static made =>
    {
        MasterLine line = MasterLine.FromText(string.Join(' ', [.. made.Fields, .. made.Arguments]), "master.cf");
        string shown = line.Text(folds: false);
        MasterLine again = MasterLine.FromText(shown, "master.cf");
        MasterLine folded = MasterLine.FromText(line.Text(folds: true).Replace("\n", "", StringComparison.Ordinal), "master.cf");
        return again.Text(folds: false) == shown && folded.Text(folds: false) == shown && again.Overrides.SequenceEqual(line.Overrides)
            && Assert.Single(MasterCf.Parse(shown + "\n", "f")).Arguments.SequenceEqual(Assert.Single(MasterCf.Parse(line.Text(folds: true) + "\n", "f")).Arguments);
    }).QuickCheckThrowOnFailure();

    private static List<string> Values(string text, string name) => [.. MainCf.Parse(text, "f").Entries.Where(entry => entry.Name == name).Select(static entry => entry.Value)];

    private static IEnumerable<(string, string)> Others(string text, string name) =>
        MainCf.Parse(text, "f").Entries.Where(entry => entry.Name != name).Select(static entry => (entry.Name, entry.Value));

    private static IEnumerable<string> Comments(string text) => text.Split('\n').Where(static line => line.StartsWith('#'));

    private string Edit(string text, char edit, string request)
    {
        string path = Path.Combine(_folder, "main.cf");
        File.WriteAllText(path, text, System.Text.Encoding.Latin1);
        new MainEditor(path).Apply(edit, [request]);
        return File.ReadAllText(path, System.Text.Encoding.Latin1);
    }
}
