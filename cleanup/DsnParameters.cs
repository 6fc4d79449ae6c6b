using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>NOTIFY= and ORCPT= (RFC 3461 §4) where a filter adds a recipient.</summary>
internal static class DsnParameters
{
    /// <returns>False for anything else, and for what is malformed.</returns>
    public static bool TryTake(string word, ref int notify, ref string original)
    {
        if (Ascii.StartsWithIgnoreCase(word, "ORCPT="))
        {
            string value = word["ORCPT=".Length..];
            int semicolon = value.IndexOf(';');
            if (semicolon <= 0 || !Xtext.TryDecode(value[(semicolon + 1)..], out string address) || !Xtext.IsPrintableUtf8(address))
            {
                return false;
            }

            original = $"{value[..semicolon]};{address}";
            return true;
        }

        if (!Ascii.StartsWithIgnoreCase(word, "NOTIFY="))
        {
            return false;
        }

        DsnNotify mask = DsnNotify.None;
        foreach (string one in word["NOTIFY=".Length..].Split(','))
        {
            DsnNotify bit = Notify(one);
            if (bit == DsnNotify.None)
            {
                return false;
            }

            mask |= bit;
        }

        if ((mask & DsnNotify.Never) != 0 && mask != DsnNotify.Never)
        {
            return false;
        }

        notify = (int)mask;
        return true;
    }

    /// <summary>Whether a word may stand in a NOTIFY list.</summary>
    public static bool IsNotifyWord(string word) => Notify(word) != DsnNotify.None;

    private static DsnNotify Notify(string word) => Ascii.ToLower(word) switch
    {
        "never" => DsnNotify.Never,
        "success" => DsnNotify.Success,
        "failure" => DsnNotify.Failure,
        "delay" => DsnNotify.Delay,
        _ => DsnNotify.None,
    };
}
