using FsCheck;
using FsCheck.Fluent;

namespace Mta.Config.Tests;

/// <summary>What holds for any text: parsers end in a value or in their own error, and what is written can be read.</summary>
public sealed class GrammarProperties
{
    private static readonly Arbitrary<string> Texts =
        Gen.Elements("a", "B", "9", "_", "$", "{", "}", "(", ")", "?", ":", "=", "==", "<", "!", " ", "\t", "\n", "\n ", "#", ",", "-", "o", "smtp", "inet", "y", "n", "\r", "\0", "\u00e9", "level", "$$", "${a", "-o ")
            .ArrayOf().Select(string.Concat).ToArbitrary();

    [Fact]
    public void Expansion_ends_with_a_value_or_its_own_error() => Prop.ForAll(Texts, text =>
    {
        var values = new Dictionary<string, string> { ["a"] = "value", ["B"] = "$a", ["o"] = "${o}" };
        return Ends<ExpansionException>(() => new Expander(values.GetValueOrDefault).Expand(text)) && Ends<ExpansionException>(() => Expander.NamesIn(text));
    }).QuickCheckThrowOnFailure();

    // Defaults that are computed from other values can close a circle that no text shows.
    [Fact]
    public void Values_that_refer_to_each_other_in_any_circle_have_an_end() => Prop.ForAll(
        Gen.Elements("myhostname", "mydomain", "mynetworks", "mynetworks_style", "myorigin", "compatibility_level").Two().ArrayOf().ToArbitrary(), static pairs =>
    {
        Configuration configuration = Configuration.FromText(string.Concat(pairs.Select(static pair => $"{pair.Item1} = x.${pair.Item2}\n")));
        return pairs.All(pair => Ends<ConfigurationException>(() => configuration.Value(pair.Item1)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Own_addresses_that_depend_on_themselves_are_none() =>
        Assert.Empty(Configuration.FromText("inet_interfaces = $mynetworks\n").OwnAddresses.Addresses);

    [Fact]
    public void Text_without_a_dollar_expands_to_itself() => Prop.ForAll(Texts, text =>
    {
        string plain = text.Replace("$", "", StringComparison.Ordinal);
        return new Expander(static _ => null).Expand(plain) == plain && new Expander(static _ => null).Expand(plain + "$$") == plain + "$";
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Main_cf_ends_with_entries_or_an_error() => Prop.ForAll(Texts, static text => Ends<ConfigurationException>(() => MainCf.Parse(text, "main.cf"))).QuickCheckThrowOnFailure();

    [Fact]
    public void An_assignment_that_is_written_is_read_again() => Prop.ForAll(Texts, static text =>
    {
        string value = string.Join(' ', text.Split(['\n', '\r', '\t', ' ', '\0'], StringSplitOptions.RemoveEmptyEntries));
        MainCfEntry entry = MainCf.Parse($"name = {value}\n", "main.cf").Entries[0];
        return entry == new MainCfEntry(1, "name", value);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_value_is_the_same_in_one_line_and_in_several() => Prop.ForAll(Texts, static text =>
    {
        string[] words = text.Split(['\n', '\r', '\t', ' ', '\0', '#'], StringSplitOptions.RemoveEmptyEntries);
        return MainCf.Parse($"name = {string.Join(' ', words)}\n", "f").Entries[0].Value == MainCf.Parse($"name = {string.Join("\n# comment\n ", words)}\n", "f").Entries[0].Value;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Master_cf_ends_with_entries_or_an_error() => Prop.ForAll(Texts, static text =>
        Ends<ConfigurationException>(() => MasterCf.Parse(text, "master.cf")) && Ends<ConfigurationException>(() => MasterCf.Parse($"smtp inet n - n - - smtpd {text}", "master.cf"))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_service_that_is_written_is_read_again() => Prop.ForAll(
        Gen.Elements("smtp", "127.0.0.1:25", "[::1]:25", "a-b").Zip(Gen.Elements("inet", "unix", "pass", "unix-dgram"))
            .Zip(Gen.Elements("y", "n", "-").Two().Zip(Gen.Elements("0", "-", "60", "60?").Zip(Gen.Elements("0", "-", "100"))))
            .Zip(Gen.Elements("-v", "-o a=b", "-o { a = b c }", "{x y}", "flags=DRhu", "argv=/bin/x", "${sender}").ArrayOf()).ToArbitrary(), static made =>
    {
        (((string name, string type), ((string unprivileged, string chroot), (string wakeup, string limit))), string[] arguments) = made;
        string[] fields = [name, type, "n", unprivileged, chroot, wakeup, limit, "smtpd", .. arguments];
        string inOneLine = string.Join(' ', fields) + "\n";
        string inSeveral = "# comment\n" + string.Join("\n# comment\n \t", fields) + "\n\n";
        MasterEntry one = Assert.Single(MasterCf.Parse(inOneLine, "f"));
        MasterEntry several = Assert.Single(MasterCf.Parse(inSeveral, "f"));
        return one.NameAndType == $"{name}/{type}" && one.Command == "smtpd" && one.Arguments.SequenceEqual(several.Arguments) && several.NameAndType == one.NameAndType
            && one.Arguments.Count == arguments.Sum(static argument => argument.StartsWith("-o ", StringComparison.Ordinal) ? 2 : 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Times_are_digits_and_a_unit() => Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), static number =>
        TimeParameter.TryParse($"{number}s", 'h', out long seconds) && seconds == number
        && TimeParameter.TryParse($"{number % 10_000}", 'h', out long hours) && hours == (number % 10_000) * 3600L
        && TimeParameter.TryParse($"{number % 1000}w", 's', out long weeks) && weeks == (number % 1000) * 604_800L
        && !TimeParameter.TryParse($"-{number}s", 's', out _)).QuickCheckThrowOnFailure();

    [Fact]
    public void Times_and_sizes_of_any_text_are_a_value_or_an_error() => Prop.ForAll(Texts, static text =>
        (!TimeParameter.TryParse(text, 's', out long seconds) || seconds >= 0)
        && Ends<ConfigurationException>(() => new SizeParameter("x", 0).Parse(text)) && Ends<ConfigurationException>(() => new IntParameter("x", 0).Parse(text))).QuickCheckThrowOnFailure();

    private static bool Ends<TError>(Action action)
        where TError : Exception
    {
        try
        {
            action();
        }
        catch (TError)
        {
            // An answer, too.
        }

        return true;
    }
}
