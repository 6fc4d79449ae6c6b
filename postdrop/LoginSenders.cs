using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postdrop;

/// <summary>
/// local_login_sender_maps: which envelope senders a login name may use. The answer of the table is a list: addresses,
/// <c>@domain</c>, <c>*</c> for all.
/// </summary>
internal sealed class LoginSenders
{
    private readonly Configuration _configuration;
    private readonly TableRegistry _tables;

    public LoginSenders(Configuration configuration, TableRegistry tables)
    {
        _configuration = configuration;
        _tables = tables;
    }

    /// <param name="sender">Internal form.</param>
    public CleanupResult Check(string sender, uint user)
    {
        string references = _configuration.Get(SendmailParameters.LocalLoginSenderMaps);
        if (references == "static:*")
        {
            return new CleanupResult(CleanupStatus.Ok, "");
        }

        TableList maps = TableList.Open(_tables, SendmailParameters.LocalLoginSenderMaps.Name, references);
        string login = Posix.FindUser(user)?.Name ?? $"uid:{user}";
        LookupResult found = maps.LookupAsync(login).AsTask().GetAwaiter().GetResult();
        if (found.IsFailed)
        {
            return new CleanupResult(CleanupStatus.Write, $"{maps.Title} table lookup error for '{references}'");
        }

        return found.IsFound && Matches(found.Value, sender)
            ? new CleanupResult(CleanupStatus.Ok, "")
            : new CleanupResult(CleanupStatus.NoPermission, $"not authorized to use sender='{Printable.Neutralize(sender)}'");
    }

    private bool Matches(string patterns, string sender)
    {
        string empty = _configuration.Get(SendmailParameters.EmptyAddressLocalLoginSenderMapsLookupKey);
        string shown = sender.Length == 0 ? empty : sender;
        int at = shown.LastIndexOf('@');
        foreach (string pattern in TableListSyntax.Split(patterns))
        {
            if (pattern == "*"
                || Ascii.EqualsIgnoreCase(pattern, shown)
                || (at >= 0 && pattern.StartsWith('@') && Ascii.EqualsIgnoreCase(pattern, shown.AsSpan(at)))
                || (sender.Length > 0 && at > 0 && !pattern.Contains('@') && IsOwnName(pattern, shown[..at])))
            {
                return true;
            }
        }

        return false;
    }

    // A bare name stands for the local part of the sender, with or without an address extension.
    private bool IsOwnName(string pattern, string localPart)
    {
        string delimiters = _configuration.Get(GlobalParameters.RecipientDelimiter);
        int extension = delimiters.Length == 0 ? -1 : localPart.AsSpan().IndexOfAny(delimiters);
        return Ascii.EqualsIgnoreCase(pattern, localPart)
            || (extension > 0 && Ascii.EqualsIgnoreCase(pattern, localPart.AsSpan(0, extension)));
    }
}
