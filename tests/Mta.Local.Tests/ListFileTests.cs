using Mta.Linux;

namespace Mta.Local.Tests;

public sealed class ListFileTests
{
    [Theory]
    [InlineData("a\nb\n", 100, "a|b")]
    [InlineData("a\n\nb", 100, "a||b")]
    [InlineData("abcdef\ng\n", 4, "abcd|ef|g")]
    [InlineData("abcd\ng\n", 4, "abcd|g")]
    [InlineData("", 100, "")]
    public void Lines_are_physical_and_bounded(string content, int limit, string expected)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            using ListFile file = new(Posix.Open(path, OpenFlags.ReadOnly), limit);
            List<string> lines = [];
            while (file.Next() is { } line)
            {
                lines.Add(line);
            }

            Assert.Equal(expected, string.Join('|', lines));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
