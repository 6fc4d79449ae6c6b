using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Smtpd.Access;
using Mta.Smtpd.Restrictions;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>
/// Tells whether an address of this system exists: mail that could only be bounced is refused while the client is
/// still there. Addresses elsewhere are never judged.
/// </summary>
internal sealed class ListedAddresses
{
    private readonly AddressLookup[] _recipientMappings;
    private readonly AddressLookup[] _senderMappings;
    private readonly AddressLookup _local;
    private readonly AddressLookup _virtualMailbox;
    private readonly AddressLookup _relay;
    private readonly string _doubleBounce;
    private readonly bool _showsTable;
    private readonly int _localCode;
    private readonly int _aliasCode;
    private readonly int _mailboxCode;
    private readonly int _relayCode;

    public ListedAddresses(Configuration configuration, TableRegistry tables, AddressExtension extension, LocalDomainTest isLocal)
    {
        string origin = configuration.Get(GlobalParameters.Myorigin);
        AddressLookup recipientCanonical = Open(CleanupParameters.RecipientCanonicalMaps);
        AddressLookup canonical = Open(CleanupParameters.CanonicalMaps);
        AddressLookup virtualAlias = Open(GlobalParameters.VirtualAliasMaps);
        _recipientMappings = [recipientCanonical, canonical, virtualAlias];
        _senderMappings = [recipientCanonical, Open(CleanupParameters.SenderCanonicalMaps), canonical, virtualAlias];
        _local = Open(GlobalParameters.LocalRecipientMaps);
        _virtualMailbox = Open(GlobalParameters.VirtualMailboxMaps);
        _relay = Open(GlobalParameters.RelayRecipientMaps);
        _doubleBounce = configuration.Get(GlobalParameters.DoubleBounceSender);
        _showsTable = configuration.Get(SmtpdParameters.ShowUserUnknownTableName);
        _localCode = configuration.Get(SmtpdParameters.UnknownLocalRecipientRejectCode);
        _aliasCode = configuration.Get(SmtpdParameters.UnknownVirtualAliasRejectCode);
        _mailboxCode = configuration.Get(SmtpdParameters.UnknownVirtualMailboxRejectCode);
        _relayCode = configuration.Get(SmtpdParameters.UnknownRelayRecipientRejectCode);

        AddressLookup Open(StringParameter parameter) =>
            new(TableList.Open(tables, parameter.Name, configuration.Get(parameter)), extension, origin, isLocal);
    }

    public ValueTask<Verdict> CheckRecipientAsync(Evaluation at, CancellationToken stop)
    {
        if (at.CheckedRecipient || at.Recipient is not { } recipient)
        {
            return new(Verdict.Dunno);
        }

        // A warning is no check: the list's end still refuses.
        at.CheckedRecipient = !at.OnlyWarns;
        return CheckAsync(at, recipient, isSender: false, stop);
    }

    public ValueTask<Verdict> CheckSenderAsync(Evaluation at, CancellationToken stop)
    {
        if (at.CheckedSender || at.Sender.Length == 0)
        {
            return new(Verdict.Dunno);
        }

        at.CheckedSender = !at.OnlyWarns;
        return CheckAsync(at, at.Sender, isSender: true, stop);
    }

    private async ValueTask<Verdict> CheckAsync(Evaluation at, string address, bool isSender, CancellationToken stop)
    {
        ResolveReply resolved = await at.Server.Resolver.ResolveAsync(address, stop);
        if (resolved.IsFailed)
        {
            return at.LookupFailure(address);
        }

        // An address that is mapped to another one is known, whatever becomes of the other.
        foreach (AddressLookup mapping in isSender ? _senderMappings : _recipientMappings)
        {
            AddressLookupResult mapped = mapping.Tables.IsEmpty ? default : await mapping.FindAsync(resolved.Recipient, AddressForm.External, AddressKeys.Usual, stop);
            if (mapped.IsFailed)
            {
                return at.LookupFailure(address);
            }

            if (mapped.IsFound)
            {
                return Verdict.Dunno;
            }
        }

        string replyClass = isSender ? ReplyClass.Sender : ReplyClass.Recipient;
        string status = isSender ? "5.1.0" : "5.1.1";
        if (resolved.Transport is "error" or "retry")
        {
            return RefuseUndeliverable(at, resolved, address, replyClass, status);
        }

        switch (resolved.Class)
        {
            case ResolveFlags.ClassLocal when !IsAlwaysKnown(resolved.Recipient):
                return await RequireAsync(at, _local, resolved, address, replyClass, _localCode, status, "local recipient table", stop);
            case ResolveFlags.ClassVirtual:
                return await RequireAsync(at, _virtualMailbox, resolved, address, replyClass, _mailboxCode, status, "virtual mailbox table", stop);
            case ResolveFlags.ClassRelay:
                return await RequireAsync(at, _relay, resolved, address, replyClass, _relayCode, status, "relay recipient table", stop);
            case ResolveFlags.ClassAlias:
                return at.Reject(_aliasCode, status, address, replyClass, Unknown("virtual alias table"));
            default:
                return Verdict.Dunno;
        }
    }

    private Verdict RefuseUndeliverable(Evaluation at, ResolveReply resolved, string address, string replyClass, string standard)
    {
        EnhancedStatus status = default;
        string text = EnhancedStatus.Split(resolved.NextHop, ref status);
        if (resolved.Class == ResolveFlags.ClassAlias)
        {
            return at.Reject(_aliasCode, Shown(standard), address, replyClass, text);
        }

        return resolved.Transport == "retry"
            ? at.Reject(450, Shown("4.1.1"), address, replyClass, text)
            : at.Reject(550, Shown(standard), address, replyClass, text);

        string Shown(string otherwise) => status.IsEmpty ? otherwise : AccessStatus.Repair(status, replyClass).ToString();
    }

    private async ValueTask<Verdict> RequireAsync(
        Evaluation at, AddressLookup lookup, ResolveReply resolved, string address, string replyClass, int code, string status, string table, CancellationToken stop)
    {
        if (lookup.Tables.IsEmpty)
        {
            return Verdict.Dunno;
        }

        AddressLookupResult found = await lookup.FindAsync(resolved.Recipient, AddressForm.ExternalThenInternal, AddressKeys.Usual, stop);
        if (found.IsFailed)
        {
            return at.LookupFailure(address);
        }

        return found.IsFound ? Verdict.Dunno : at.Reject(code, status, address, replyClass, Unknown(table));
    }

    private string Unknown(string table) => _showsTable && table.Length > 0 ? $"User unknown in {table}" : "User unknown";

    private bool IsAlwaysKnown(string recipient)
    {
        ReadOnlySpan<char> user = AddressSyntax.LocalPart(recipient);
        return Ascii.EqualsIgnoreCase(user, "postmaster") || Ascii.EqualsIgnoreCase(user, "mailer-daemon") || Ascii.EqualsIgnoreCase(user, _doubleBounce);
    }
}
