namespace Mta.Service.Tests;

public sealed class ProgramEnvironmentTests
{
    [Fact]
    public void Words_are_split_at_commas_and_blanks_outside_of_braces() =>
        Assert.Equal(["A", "B=c", "D = e, f", "G"], ProgramEnvironment.Split("A, B=c {D = e, f}\tG"));
}
