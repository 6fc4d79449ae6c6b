namespace Mta.Delivery.Security;

/// <summary>How much security a delivery asks for, weakest first (TLS_README).</summary>
public enum TlsLevel
{
    /// <summary>No TLS.</summary>
    None,

    /// <summary>TLS where the server offers it.</summary>
    May,

    /// <summary>TLS, with whom ever.</summary>
    Encrypt,

    /// <summary>A certificate or key that the administrator knows.</summary>
    Fingerprint,

    /// <summary>As the DNS's TLSA records say, though the way to the server's name is not proven.</summary>
    HalfDane,

    /// <summary>As the DNS's TLSA records say; where there are none, as <see cref="May"/>.</summary>
    Dane,

    /// <summary>As the DNS's TLSA records say; where there are none, not at all.</summary>
    DaneOnly,

    /// <summary>A trusted authority vouches for the server's name.</summary>
    Verify,

    /// <summary>A trusted authority vouches for the destination's name.</summary>
    Secure,
}

/// <summary>The levels as main.cf and log lines have them.</summary>
public static class TlsLevels
{
    private static readonly string[] Names = ["none", "may", "encrypt", "fingerprint", "half-dane", "dane", "dane-only", "verify", "secure"];

    public static string Name(this TlsLevel level) => Names[(int)level];

    /// <summary>The server's certificate decides whether mail is sent.</summary>
    public static bool MustMatch(this TlsLevel level) => level >= TlsLevel.Fingerprint;

    public static bool UsesTlsa(this TlsLevel level) => level is TlsLevel.HalfDane or TlsLevel.Dane or TlsLevel.DaneOnly;

    public static bool TryParse(string name, out TlsLevel level)
    {
        int index = Array.FindIndex(Names, other => Mta.Text.Ascii.EqualsIgnoreCase(other, name));
        level = (TlsLevel)Math.Max(0, index);
        return index >= 0 && level != TlsLevel.HalfDane;
    }
}
