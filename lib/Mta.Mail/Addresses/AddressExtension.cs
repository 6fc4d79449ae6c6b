using Mta.Config;
using Mta.Config.Parameters;
using Mta.Text;

namespace Mta.Mail.Addresses;

/// <summary>
/// Splits <c>user+extension</c>. The rules of one configuration: <c>recipient_delimiter</c> is a set of characters,
/// and some local parts are never split.
/// </summary>
/// <param name="delimiters">Value of <c>recipient_delimiter</c>; nothing is ever split when empty.</param>
/// <param name="doubleBounceSender">Local part of <c>double_bounce_sender</c>, never split.</param>
/// <param name="ownerRequestSpecial">Keep <c>owner-list</c> and <c>list-request</c> whole when <c>-</c> is a delimiter.</param>
public sealed class AddressExtension(string delimiters, string doubleBounceSender = "double-bounce", bool ownerRequestSpecial = true)
{
    /// <summary>No local part has an extension.</summary>
    public static readonly AddressExtension None = new("");

    /// <summary>As main.cf says.</summary>
    public static AddressExtension From(Configuration configuration) => new(
        configuration.Get(GlobalParameters.RecipientDelimiter),
        configuration.Get(GlobalParameters.DoubleBounceSender),
        configuration.Get(LocalParameters.OwnerRequestSpecial));

    /// <summary>
    /// Position of the delimiter in a local part (internal form); -1 when it has no extension. The text behind may be
    /// empty (<c>user+</c>).
    /// </summary>
    public int IndexInLocalPart(ReadOnlySpan<char> localPart)
    {
        if (delimiters.Length == 0)
        {
            return -1;
        }

        int split = localPart.IndexOfAny(delimiters);
        return split > 0 && !IsNeverSplit(localPart) ? split : -1;
    }

    /// <summary>
    /// Splits a local part; <paramref name="extension"/> is without its delimiter, and null when there is none.
    /// </summary>
    public void Split(string localPart, out string user, out string? extension)
    {
        int split = IndexInLocalPart(localPart);
        user = split < 0 ? localPart : localPart[..split];
        extension = split < 0 ? null : localPart[(split + 1)..];
    }

    /// <summary>
    /// Takes the extension out of a whole internal address: <c>user+ext@domain</c> gives <c>user@domain</c> and
    /// <c>+ext</c> (with its delimiter). False when there is none.
    /// </summary>
    public bool TryStrip(string address, out string stripped, out string extensionWithDelimiter)
    {
        int at = AddressSyntax.DomainSeparator(address);
        int end = at < 0 ? address.Length : at;
        int split = IndexInLocalPart(address.AsSpan(0, end));
        if (split < 0)
        {
            stripped = address;
            extensionWithDelimiter = "";
            return false;
        }

        stripped = string.Concat(address.AsSpan(0, split), address.AsSpan(end));
        extensionWithDelimiter = address[split..end];
        return true;
    }

    private bool IsNeverSplit(ReadOnlySpan<char> localPart)
    {
        if (Ascii.EqualsIgnoreCase(localPart, "postmaster")
            || Ascii.EqualsIgnoreCase(localPart, "mailer-daemon")
            || Ascii.EqualsIgnoreCase(localPart, doubleBounceSender))
        {
            return true;
        }

        if (!ownerRequestSpecial || !delimiters.Contains('-'))
        {
            return false;
        }

        return Ascii.StartsWithIgnoreCase(localPart, "owner-")
            || (localPart.Length > "-request".Length && Ascii.EqualsIgnoreCase(localPart[^"-request".Length..], "-request"));
    }
}
