using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Mail.Tests;

public sealed class AliasSourceTests
{
    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData("postmaster: root", "postmaster", "root")]
    [InlineData("Foo:bar,baz", "Foo", "bar, baz")]
    [InlineData("a b: x", "a b", "x")]
    [InlineData("\"q s\": y", "q s", "y")]
    [InlineData("\"a:b\": c", "a:b", "c")]
    [InlineData("prog: \"|/bin/cmd -a \\\"b\\\"\"", "prog", "\"|/bin/cmd -a \\\"b\\\"\"")]
    [InlineData("inc: :include:/etc/list", "inc", ":include:/etc/list")]
    [InlineData("adr: User <user@dom>, b@c", "adr", "User <user@dom>, b@c")]
    [InlineData("cm (c1): (c2) a (c3) b", "cm (c1)", "(c2) a (c3) b")]
    [InlineData("emp: \"\", a", "emp", "\"\", a")]
    public void Entry_of(string line, string key, string value)
    {
        SourceEntry entry = Assert.Single(Read(line));
        Assert.Equal((key, value), (entry.Key, entry.Value));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("nocolon line", "need name:value pair")]
    [InlineData(":novalue", "need name:value pair")]
    [InlineData("key:", "need name:value pair")]
    [InlineData("a,b: c", "need name:value pair")]
    [InlineData("x@y: z", "name must be local")]
    [InlineData("x%y: z", "name must be local")]
    public void No_entry_of(string line, string warning)
    {
        Assert.Empty(Read(line));
        Assert.Equal([$"f, line 1: {warning}"], _warnings);
    }

    private IEnumerable<SourceEntry> Read(string line) => AliasSource.Read(ByteString.ToBytes(line + "\n"), "f", true, _warnings.Add);
}
