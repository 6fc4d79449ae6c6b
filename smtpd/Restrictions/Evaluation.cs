using Mta.Mail;
using Mta.Text;

namespace Mta.Smtpd.Restrictions;

/// <summary>The lists of restrictions, by the command that they guard.</summary>
internal enum ListKind
{
    Client,
    Helo,
    Sender,
    Relay,
    Recipient,
    Etrn,
    Data,
    EndOfData,
}

/// <summary>
/// One run through the lists for one request: what the replies name, and the postponed decisions that go from list
/// to list.
/// </summary>
/// <param name="recipient">The recipient that the lists may look at, internal form; null where there is none, or several.</param>
/// <param name="etrnDomain">Argument of ETRN.</param>
internal sealed class Evaluation(Session session, string? recipient = null, string? etrnDomain = null)
{
    private const int MaxReplyLength = 510;
    private Postponed? _ifPermit;
    private Postponed? _ifReject;

    public Session Session { get; } = session;

    public SmtpdServer Server => Session.Server;

    public string? Recipient { get; } = recipient;

    public string EtrnDomain { get; } = etrnDomain ?? "";

    public string Sender => Session.Transaction?.Sender ?? "";

    public bool HasSender => Session.Transaction is not null;

    /// <summary>The list that is being evaluated.</summary>
    public ListKind List { get; private set; }

    /// <summary>What replies of restrictions without an object of their own name: <c>&lt;Name&gt;: Class rejected: …</c>.</summary>
    public string Name { get; private set; } = "";

    public string Class { get; private set; } = "";

    /// <summary>Refusals are logged and not made (<c>warn_if_reject</c>).</summary>
    public bool OnlyWarns { get; set; }

    /// <summary>How deep tables and classes have led into each other.</summary>
    public int Depth { get; set; }

    public bool CheckedSender { get; set; }

    public bool CheckedRecipient { get; set; }

    /// <summary>A temporary refusal waits for a permission and another one for a refusal: the outcome is settled.</summary>
    public bool IsSettled => _ifPermit is not null && _ifReject is not null;

    public void Enter(ListKind list)
    {
        List = list;
        (Name, Class) = list switch
        {
            ListKind.Client => (Session.NameAndAddress, ReplyClass.Client),
            ListKind.Helo => (Session.HeloName ?? "", ReplyClass.Helo),
            ListKind.Sender => (Sender, ReplyClass.Sender),
            ListKind.Relay or ListKind.Recipient => (Recipient ?? "", ReplyClass.Recipient),
            ListKind.Etrn => (EtrnDomain, ReplyClass.Etrn),
            ListKind.Data => ("DATA", ReplyClass.Data),
            ListKind.EndOfData => ("END-OF-MESSAGE", ReplyClass.EndOfData),
        };
    }

    /// <summary>Restrictions named by a table speak of what the table was asked about.</summary>
    public AboutScope About(string name, string replyClass)
    {
        var scope = new AboutScope(this, Name, Class);
        (Name, Class) = (name, replyClass);
        return scope;
    }

    /// <summary>Refuses with <c>&lt;name&gt;: class rejected: reason</c>.</summary>
    public Verdict Reject(int code, string status, string name, string replyClass, string reason) =>
        Reject(code, status, $"<{name}>: {replyClass} rejected: {reason}");

    /// <summary>Refuses; under <c>warn_if_reject</c> only the log says so.</summary>
    public Verdict Reject(int code, string status, string text)
    {
        if (code is < 400 or > 599 || !EnhancedStatus.TryParse(status, out EnhancedStatus parsed))
        {
            LogLines.Warning(code is < 400 or > 599
                ? $"SMTP reply code configuration error: {code} {status} {Clean(text)}"
                : $"DSN detail code configuration error: {code} {status} {Clean(text)}");
            return Conclude("450 4.7.1 Service unavailable");
        }

        return Conclude(Clean($"{code} {parsed.WithClass(code / 100)} {text}"));
    }

    /// <summary>A mistake of the administrator: never only a warning, never replaced.</summary>
    public Verdict ConfigurationError() => Refuse("451 4.3.5 Server configuration error");

    /// <summary>A table could not answer: never only a warning.</summary>
    public Verdict LookupFailure(string name) => Refuse(Clean($"451 4.3.0 <{name}>: Temporary lookup failure"));

    /// <summary>Arms a temporary refusal for the case that the request would be permitted.</summary>
    public void DeferIfPermit(int code, string status, string name, string replyClass, string reason) =>
        Arm(ref _ifPermit, code, status, name, replyClass, reason);

    /// <summary>Arms a temporary refusal that takes the place of a permanent one.</summary>
    public void DeferIfReject(int code, string status, string name, string replyClass, string reason) =>
        Arm(ref _ifReject, code, status, name, replyClass, reason);

    /// <summary>The verdict of both postponed refusals.</summary>
    public Verdict Settle() => Refuse(_ifPermit!.Reply); // callers have asked IsSettled

    /// <summary>After the last list: a postponed refusal comes into force, whatever was permitted.</summary>
    public Verdict EnforcePostponed() => _ifPermit is null ? Verdict.Dunno : Refuse(_ifPermit.Reply);

    private void Arm(ref Postponed? slot, int code, string status, string name, string replyClass, string reason)
    {
        string reply = Clean($"{code} {(EnhancedStatus.TryParse(status, out EnhancedStatus parsed) ? parsed.WithClass(code / 100) : parsed)} <{name}>: {replyClass} rejected: {reason}");
        if (OnlyWarns)
        {
            LogLines.Verdict(Session, "reject_warning", reply, Recipient);
        }
        else
        {
            slot ??= new Postponed(reply);
        }
    }

    private Verdict Conclude(string reply)
    {
        if (OnlyWarns)
        {
            LogLines.Verdict(Session, "reject_warning", reply, Recipient);
            return Verdict.Dunno;
        }

        return Refuse(reply[0] == '5' && _ifReject is not null ? _ifReject.Reply : reply);
    }

    private Verdict Refuse(string reply)
    {
        Session.IsPolicy = !reply.StartsWith("451 4.3.", StringComparison.Ordinal);
        LogLines.Verdict(Session, "reject", Session.Settings.SoftBounce ? ReplyText.Soften(reply) : reply, Recipient);
        return Verdict.Reject(reply);
    }

    private string Clean(string text)
    {
        string cut = text.Length > MaxReplyLength ? text[..MaxReplyLength] : text;
        return Printable.Neutralize(cut, allowUtf8: Session.Settings.SmtpUtf8Enable, replacement: ' ');
    }

    /// <summary>Puts the names back.</summary>
    internal readonly struct AboutScope(Evaluation evaluation, string name, string replyClass) : IDisposable
    {
        public void Dispose() => (evaluation.Name, evaluation.Class) = (name, replyClass);
    }

    private sealed record Postponed(string Reply);
}

/// <summary>What replies call the object they refuse.</summary>
internal static class ReplyClass
{
    public const string Client = "Client host";
    public const string UnverifiedClient = "Unverified Client host";
    public const string Helo = "Helo command";
    public const string Sender = "Sender address";
    public const string Recipient = "Recipient address";
    public const string Etrn = "Etrn command";
    public const string Data = "Data command";
    public const string EndOfData = "End-of-data";
    public const string Certificate = "Client certificate";
    public const string Login = "SASL login name";
}
