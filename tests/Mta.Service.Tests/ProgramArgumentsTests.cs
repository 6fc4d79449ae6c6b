using Mta.Text;

namespace Mta.Service.Tests;

public sealed class ProgramArgumentsTests
{
    [Fact]
    public void Bytes_of_arguments_are_kept()
    {
        (string path, string[] arguments) = ProgramArguments.Split(ByteString.ToBytes("/x/prog\0-o\0a=\u00e9\u00ff\0\0"), 3);
        Assert.Equal("/x/prog", path);
        Assert.Equal(["-o", "a=\u00e9\u00ff", ""], arguments);
    }

    [Fact]
    public void Words_of_a_host_in_front_are_left_out()
    {
        (string path, string[] arguments) = ProgramArguments.Split("dotnet\0x.dll\0-v\0"u8, 1);
        Assert.Equal("x.dll", path);
        Assert.Equal(["-v"], arguments);
    }
}
