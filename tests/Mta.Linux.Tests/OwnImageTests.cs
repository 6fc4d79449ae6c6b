namespace Mta.Linux.Tests;

public sealed class OwnImageTests
{
    [Fact]
    public void The_program_runs_on_without_its_pages_in_memory()
    {
        OwnImage.Survey();
        for (int i = 0; i < 3; i++)
        {
            OwnImage.ReleaseUnused();
            Assert.Equal("3", (1 + 2).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
