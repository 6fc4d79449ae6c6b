using System.Text;
using Mta.Tables;
using Ascii = Mta.Text.Ascii;

namespace Mta.Smtpd;

/// <summary>A set of EHLO keywords that are hidden from a client.</summary>
internal readonly record struct EhloKeywords(int Bits)
{
    public static readonly EhloKeywords None;
    public static readonly EhloKeywords Pipelining = new(1 << 0);
    public static readonly EhloKeywords Size = new(1 << 1);
    public static readonly EhloKeywords Vrfy = new(1 << 2);
    public static readonly EhloKeywords Etrn = new(1 << 3);
    public static readonly EhloKeywords Auth = new(1 << 5);
    public static readonly EhloKeywords Xverp = new(1 << 6);
    public static readonly EhloKeywords Xclient = new(1 << 7);
    public static readonly EhloKeywords Xforward = new(1 << 8);
    public static readonly EhloKeywords StartTls = new(1 << 4);
    public static readonly EhloKeywords EnhancedStatusCodes = new(1 << 9);
    public static readonly EhloKeywords EightBitMime = new(1 << 10);
    public static readonly EhloKeywords Dsn = new(1 << 11);
    public static readonly EhloKeywords SmtpUtf8 = new(1 << 12);
    public static readonly EhloKeywords Chunking = new(1 << 13);
    public static readonly EhloKeywords RequireTls = new(1 << 14);

    /// <summary>What a session that filters have refused does not see.</summary>
    public static readonly EhloKeywords AllButStatusCodes = new(~EnhancedStatusCodes.Bits);

    private static readonly string[] Names =
    [
        "pipelining", "size", "vrfy", "etrn", "starttls", "auth", "xverp", "xclient", "xforward",
        "enhancedstatuscodes", "8bitmime", "dsn", "smtputf8", "chunking", "requiretls",
    ];

    public bool Contains(EhloKeywords keyword) => (Bits & keyword.Bits) != 0;

    /// <summary>Reads <c>smtpd_discard_ehlo_keywords</c>; unknown words are passed over.</summary>
    public static EhloKeywords Parse(string list, out bool isSilent)
    {
        int bits = 0;
        isSilent = false;
        foreach (string word in TableListSyntax.Split(list))
        {
            string name = Ascii.ToLower(word);
            int index = Array.IndexOf(Names, name);
            bits |= index < 0 ? 0 : 1 << index;
            isSilent |= name == "silent-discard";
        }

        return new EhloKeywords(bits);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Names.Length; i++)
        {
            if ((Bits & (1 << i)) != 0)
            {
                text.Append(text.Length == 0 ? "" : " ").Append(Names[i].ToUpperInvariant());
            }
        }

        return text.ToString();
    }
}
