using System.Text;
using Mta.Text;

namespace Mta.Smtp.Tests;

public sealed class EnvelopeCommandsTests
{
    [Theory]
    [InlineData("abc+def=", "abc+2Bdef+3D")]
    [InlineData("a b\u00e9", "a+20b+E9")]
    public void Xtext_encodes_what_RFC_3461_section_4_names(string text, string encoded)
    {
        using BufferedOutput output = new(Stream.Null);
        EnvelopeCommands.WriteXtext(output, text);
        Assert.Equal(encoded, Encoding.Latin1.GetString(output.PendingBytes));
    }

    [Theory]
    [InlineData("a\r\nRCPT TO:<x@y>", true)]
    [InlineData("a\n@b", true)]
    [InlineData("a\0@b", true)]
    [InlineData("\"a b\"@c", false)]
    public void Address_that_would_break_a_command_is_recognised(string address, bool isUnsafe) =>
        Assert.Equal(isUnsafe, EnvelopeCommands.IsUnsafe(address));
}
