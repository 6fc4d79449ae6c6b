namespace Mta.Postconf.Tests;

// What Postfix 3.7.11 prints for these with postconf -M and -Mf.
public sealed class MasterLineTests
{
    private const string Entry = "smtp inet n - y - - smtpd\n  -o  a=b\n\t-v -o { c = d e } -of=g  -D -vv\n rest {x y} -o z\n";

    [Fact]
    public void An_entry_prints_on_one_line() =>
        Assert.Equal("smtp       inet  n       -       y       -       -       smtpd -o a=b -v -o {c=d e} -o f=g -D -vv rest {x y} -o z", Line().Text(folds: false));

    [Fact]
    public void A_folded_entry_has_each_setting_on_a_line() =>
        Assert.Equal("smtp       inet  n       -       y       -       -       smtpd\n    -o a=b\n    -v\n    -o {c=d e}\n    -o f=g\n    -D -vv rest {x y} -o z", Line().Text(folds: true));

    [Fact]
    public void Settings_end_where_the_options_end() =>
        Assert.Equal([("a", "b"), ("c", "d e"), ("f", "g")], Line().Overrides);

    [Fact]
    public void A_new_setting_goes_behind_the_options()
    {
        MasterLine line = Line();
        line.SetOverride("n", "1");
        line.SetOverride("a", "2");
        Assert.Equal("smtpd -o a=2 -v -o {c=d e} -o f=g -D -vv -o n=1 rest {x y} -o z", line.CommandText());
    }

    private static MasterLine Line() => MasterLine.FromText(Entry.Replace("\n", ""), "master.cf");
}
