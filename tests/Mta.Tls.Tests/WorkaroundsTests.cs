namespace Mta.Tls.Tests;

public sealed class WorkaroundsTests
{
    private const ulong All = 0x80000850;

    [Theory]
    [InlineData("", All, "")]
    [InlineData("TLSEXT_PADDING", All & ~0x10UL, "")]
    [InlineData("tlsext_padding, CRYPTOPRO_TLSEXT_BUG", 0x840, "")]
    [InlineData("0xFFFFFFFF", 0, "")]
    [InlineData("CVE-2010-4180", All, "")]
    [InlineData("TLSEXT_PADDING FOO", All & ~0x10UL, "unknown tls_disable_workarounds value \"FOO\" in \"TLSEXT_PADDING FOO\"")]
    public void Named_ones_are_off_and_all_others_on(string disabled, ulong options, string warning)
    {
        string heard = "";
        Assert.Equal(options, TlsWorkarounds.Except(disabled, text => heard = text));
        Assert.Equal(warning, heard);
    }
}
