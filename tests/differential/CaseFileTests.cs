namespace Mta.Differential;

/// <summary>The cases themselves: their notation, and that every difference kept on purpose is documented.</summary>
public sealed class CaseFileTests
{
    [Fact]
    public void Every_case_file_is_well_formed() => Assert.NotEmpty(Repository.AllCases);

    [Fact]
    public void Every_difference_kept_on_purpose_stands_in_the_documentation()
    {
        string documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs/COMPATIBILITY.md"));
        foreach (DifferentialCase made in Repository.AllCases.Where(static made => made.Difference.Length > 0))
        {
            Assert.True(documentation.Contains($"| {made.Difference} |", StringComparison.Ordinal), $"{made.Source}: no row '{made.Difference}' in docs/COMPATIBILITY.md");
        }
    }

    [Fact]
    public void A_case_is_read_with_its_blocks_and_named_setups()
    {
        DifferentialCase made = Assert.Single(CaseFile.Parse("x.cases", "x", """
            # a comment
            --- base
            main.cf:
            | a = b
            env: A=1
            === it works
            use: base
            file etc/table 600 nobody:
            | one
            |  two
            |
            stdin bytes: a\0b
            run: true
            normalise: /x+/y/
            """));
        Assert.Equal("it works", made.Name);
        Assert.Equal("a = b\n", made.MainCf);
        Assert.Equal(["A=1"], made.Environment);
        Assert.Equal(new SetupStep("etc/table", "one\n two\n\n", 0x180, "nobody"), Assert.Single(made.Setup));
        Assert.Equal("a\0b", made.Input);
        Assert.Equal(("x+", "y"), Assert.Single(made.Normalisations));
    }

    [Theory]
    [InlineData("=== a\nrun: x\n=== a\nrun: y\n", "second case")]
    [InlineData("=== a\nruns: x\n", "unknown directive")]
    [InlineData("=== a\nuse: nothing\nrun: x\n", "no such setup")]
    [InlineData("=== a\n", "nothing to run")]
    [InlineData("=== a\nrun: x\ndiffers: y\n", "ours:")]
    [InlineData("run: x\n", "expected a case")]
    [InlineData("=== a\nstdin bytes: \\q\nrun: x\n", "unknown escape")]
    public void A_malformed_case_is_refused_with_its_line(string text, string problem)
    {
        CaseFileException error = Assert.Throws<CaseFileException>(() => CaseFile.Parse("x.cases", "x", text));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("x.cases:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_are_framed_and_the_size_record_counts_them()
    {
        string file = RecordFile.Encode(["C auto", "T 5 0", "R a", "M", "N abc", "X", "E"]);
        Assert.Equal("C\x5f" + "              5             107               1               0               5               0", file[..97]);
        Assert.Equal("T\x03" + "5 0R\x01" + "aM\0N\x03" + "abcX\0E\0", file[97..]);
    }
}
