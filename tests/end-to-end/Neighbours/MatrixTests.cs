namespace Mta.EndToEnd;

/// <summary>docs/NEIGHBOURS.md tells what the tests do.</summary>
public sealed class MatrixTests
{
    [Fact]
    public void The_table_in_the_documentation_has_what_the_tests_declare_and_no_more()
    {
        string[] declared = [.. Matrix.Declared.Select(static one => one.Row.Key.ToString())];
        NeighbourRow[] documented = [.. Matrix.Read(Path.Combine(Repository.Root, "docs/NEIGHBOURS.md"))];
        Assert.Equal(declared, documented.Select(static row => row.Key.ToString()));
        if (Environment.GetEnvironmentVariable("MTA_NEIGHBOURS") is null)
        {
            Assert.All(documented, static row => Assert.True(row.Result == Matrix.Shown && row.Version.Length > 0, row.ToString()));
        }
    }

    [Fact]
    public void No_exchange_is_declared_twice() => Assert.Distinct(Matrix.Declared.Select(static one => one.Row.Key));

    [Fact]
    public void A_row_is_read_as_it_was_written()
    {
        var row = new NeighbourRow("a", "1", "b", "c: d; e", Matrix.Shown);
        Assert.Equal(row, NeighbourRow.TryParse(row.ToString()));
    }
}
