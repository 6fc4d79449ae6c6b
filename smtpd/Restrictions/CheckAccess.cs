using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Smtpd.Access;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>check_client_access</c> and its kin: a table says what becomes of a client, a name or an address.</summary>
internal sealed class CheckAccess(string name, Subject subject, AccessTable table, AccessActions actions) : Restriction(name)
{
    public override bool IsIndirect => true;

    public override (string Class, string Name) About(Evaluation at) => subject switch
    {
        Subject.Client => (ReplyClass.Client, at.Session.NameAndAddress),
        Subject.ReverseClient => (ReplyClass.UnverifiedClient, at.Session.Client.ReverseName),
        Subject.Helo => (ReplyClass.Helo, at.Session.HeloName ?? ""),
        Subject.Etrn => (ReplyClass.Etrn, at.EtrnDomain),
        Subject.Sender => (ReplyClass.Sender, at.Sender),
        Subject.Recipient => (ReplyClass.Recipient, at.Recipient ?? ""),
    };

    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        ClientIdentity client = at.Session.Client;
        return subject switch
        {
            Subject.Client => CheckClientAsync(at, client, stop),
            Subject.ReverseClient => CheckNameAsync(at, client.ReverseName, ReplyClass.UnverifiedClient, stop),
            Subject.Helo => at.Session.HeloName is { } helo ? CheckNameAsync(at, helo, ReplyClass.Helo, stop) : new(Verdict.Dunno),
            Subject.Etrn => CheckNameAsync(at, at.EtrnDomain, ReplyClass.Etrn, stop),
            Subject.Sender => at.HasSender ? CheckMailAsync(at, at.Sender, ReplyClass.Sender, stop) : new(Verdict.Dunno),
            Subject.Recipient => at.Recipient is { } recipient ? CheckMailAsync(at, recipient, ReplyClass.Recipient, stop) : new(Verdict.Dunno),
        };
    }

    // The name first, then the address: also an entry that says nothing (DUNNO) ends the search.
    private async ValueTask<Verdict> CheckClientAsync(Evaluation at, ClientIdentity client, CancellationToken stop)
    {
        AccessEntry entry = await table.FindDomainAsync(client.Name, stop);
        if (entry.Result.IsNotFound)
        {
            entry = await table.FindClientAddressAsync(client.Address, stop);
        }

        return await actions.ApplyAsync(at, entry, table, at.Session.NameAndAddress, ReplyClass.Client, stop);
    }

    private async ValueTask<Verdict> CheckNameAsync(Evaluation at, string checkedName, string replyClass, CancellationToken stop)
    {
        AccessEntry entry = await table.FindDomainAsync(checkedName, stop);
        Verdict verdict = await actions.ApplyAsync(at, entry, table, checkedName, replyClass, stop);
        if (verdict.Kind == VerdictKind.Permit && subject == Subject.ReverseClient)
        {
            // An unverified name must not open doors.
            LogLines.Warning($"restriction {Name} returns OK for {checkedName}");
            LogLines.Warning("this is not allowed for security reasons");
            LogLines.Warning("use DUNNO instead of OK if you want to make an exception");
            return at.ConfigurationError();
        }

        return verdict;
    }

    private async ValueTask<Verdict> CheckMailAsync(Evaluation at, string address, string replyClass, CancellationToken stop)
    {
        if (address.Length == 0)
        {
            AccessEntry forNull = await table.FindKeyAsync(at.Server.NullAccessKey, stop);
            return await actions.ApplyAsync(at, forNull, table, address, replyClass, stop);
        }

        ResolveReply resolved = await at.Server.Resolver.ResolveAsync(address, stop);
        if (resolved.IsFailed)
        {
            return at.LookupFailure(address);
        }

        AccessEntry entry = await table.FindMailAsync(resolved.Recipient, stop);
        Verdict verdict = await actions.ApplyAsync(at, entry, table, address, replyClass, stop);

        // A permission for "user@domain" is none for "user@elsewhere@domain".
        return verdict.Kind == VerdictKind.Permit && subject == Subject.Recipient && (resolved.Flags & ResolveFlags.Routed) != 0 && !at.Server.AllowsUntrustedRouting
            ? Verdict.Dunno
            : verdict;
    }
}
