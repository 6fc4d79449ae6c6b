namespace Mta.EndToEnd;

/// <summary>What a caller can do to the programs that have a group of their own.</summary>
public sealed class LauncherTests
{
    private static readonly Dictionary<string, string> Hostile = new()
    {
        ["DOTNET_DbgEnableMiniDump"] = "1",
        ["CLR_OPENSSL_VERSION_OVERRIDE"] = "/e",
        ["LD_PRELOAD"] = "",
    };

    [Theory]
    [InlineData("postdrop")]
    [InlineData("postqueue")]
    [InlineData("postlog")]
    public void The_runtime_obeys_its_caller_and_so_no_variable_of_his_reaches_it(string name)
    {
        string build = Repository.Build;

        // The control: the program alone obeys, which is why it never holds the group itself.
        Assert.Contains("DOTNET_DbgEnableMiniDump is set", Shell.Run($"{build}/libexec/{name}", ["-?"], environment: Hostile).Error);
        Assert.DoesNotContain("DOTNET_DbgEnableMiniDump", Shell.Run($"{build}/sbin/{name}", ["-?"], environment: Hostile).Error);
        Assert.Equal(0, (int)File.GetUnixFileMode($"{build}/libexec/{name}") & (int)(UnixFileMode.SetGroup | UnixFileMode.SetUser));
    }
}
