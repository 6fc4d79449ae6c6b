namespace Mta.Postfix.Tests;

public class TakeoverCheckTests
{
    [Fact]
    public void The_programs_that_are_taken_for_ours_are_the_daemons_of_the_tree()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Mta.sln")))
        {
            root = Path.GetDirectoryName(root)!; // a test runs below the tree
        }

        // lmtp is smtp, by the name it is called by; postdrop is no daemon.
        IEnumerable<string> daemons = Directory.GetDirectories(root).Where(static folder => File.Exists(Path.Combine(folder, "Program.cs"))).Select(static folder => Path.GetFileName(folder)).Append("lmtp").Except(["postdrop"]);
        Assert.Equal(daemons.Order(StringComparer.Ordinal), TakeoverCheck.Programs.Order(StringComparer.Ordinal));
    }
}
