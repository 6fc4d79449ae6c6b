using System.Collections.Concurrent;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Smtpd.Restrictions;
using Mta.Text;

namespace Mta.Smtpd.Access;

/// <summary>Carries out what stands on the right-hand side of access tables.</summary>
internal sealed class AccessActions(Configuration configuration, Func<string, RestrictionList> parseRestrictions)
{
    private const int MaxParsed = 1000;
    private readonly int _rejectCode = configuration.Get(SmtpdParameters.AccessMapRejectCode);
    private readonly int _deferCode = configuration.Get(SmtpdParameters.AccessMapDeferCode);
    private readonly bool _delaysReject = configuration.Get(SmtpdParameters.SmtpdDelayReject);
    private readonly ConcurrentDictionary<string, RestrictionList> _parsed = new(StringComparer.Ordinal);

    /// <param name="name">What the entry was looked up for, as replies show it.</param>
    public ValueTask<Verdict> ApplyAsync(Evaluation at, AccessEntry entry, AccessTable table, string name, string replyClass, CancellationToken stop)
    {
        if (entry.Result.IsNotFound)
        {
            return new(Verdict.Dunno);
        }

        if (entry.Result.IsFailed)
        {
            return new(at.Reject(451, "4.3.5", name, replyClass, "Server configuration error"));
        }

        return DecideAsync(at, entry.Result.Value.Trim(' ', '\t', '\r', '\n'), entry.Key, $"table {table.Reference}", name, replyClass, stop);
    }

    /// <param name="source">Where the action comes from, for warnings.</param>
    public ValueTask<Verdict> DecideAsync(Evaluation at, string value, string key, string source, string name, string replyClass, CancellationToken stop)
    {
        if (value.Length == 0)
        {
            LogLines.Warning($"access {source} entry {key} has empty value");
            return new(Verdict.Permit);
        }

        int blank = value.AsSpan().IndexOfAny(' ', '\t');
        string word = blank < 0 ? value : value[..blank];
        string text = blank < 0 ? "" : value[(blank + 1)..].TrimStart(' ', '\t');
        switch (Ascii.ToLower(word))
        {
            case "dunno":
                return new(Verdict.Dunno);
            case "ok" or "relay":
                return PermitAsync(at, word, source, name, replyClass, stop);
            case "reject":
                return new(Refuse(at, _rejectCode, "5.7.1", text, "Access denied", name, replyClass));
            case "defer":
                return new(Refuse(at, _deferCode, "4.7.1", text, "Access denied", name, replyClass));
            case "defer_if_permit":
                Postpone(at.DeferIfPermit, text, name, replyClass);
                return new(Verdict.Dunno);
            case "defer_if_reject":
                Postpone(at.DeferIfReject, text, name, replyClass);
                return new(Verdict.Dunno);
            case "hangup":
                LogLines.Verdict(at.Session, "hangup", Printable.Neutralize(text, allowUtf8: true), at.Recipient);
                at.Session.EndsInOrder = true;
                at.Session.IsBroken = true;
                at.Session.MustClose = true;
                return new(Verdict.HangUp);
            case "warn":
                LogLines.Verdict(at.Session, "warn", Printable.Neutralize(text, allowUtf8: true), at.Recipient);
                return new(Verdict.Dunno);
            case "info":
                LogLines.Verdict(at.Session, "info", Printable.Neutralize(text, allowUtf8: true), at.Recipient);
                return new(Verdict.Dunno);
            case "hold" or "discard" or "filter" or "redirect" or "bcc" or "prepend":
                return new(ChangeMessage(at, Ascii.ToLower(word), text, key, source, name, replyClass));
        }

        if (IsDigits(word))
        {
            return IsReplyCode(word) && text.Length > 0
                ? new(Refuse(at, int.Parse(word), $"{word[0]}.7.1", text, "", name, replyClass))
                : PermitAsync(at, word, source, name, replyClass, stop);
        }

        return FollowAsync(at, value, name, replyClass, source, stop);
    }

    private static async ValueTask<Verdict> PermitAsync(Evaluation at, string action, string source, string name, string replyClass, CancellationToken stop)
    {
        await at.Server.PermitLog.NoteEntryAsync(at, action, source["table ".Length..], replyClass, name, stop);
        return Verdict.Permit;
    }

    private static bool IsDigits(string word) => word.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsReplyCode(string word) => word.Length == 3 && word[0] is '4' or '5';

    private static Verdict Refuse(Evaluation at, int code, string status, string text, string standard, string name, string replyClass)
    {
        EnhancedStatus used = default;
        string rest = EnhancedStatus.Split(text, ref used);
        string shown = used.IsEmpty ? status : AccessStatus.Repair(used, replyClass).ToString();
        return at.Reject(code, shown, name, replyClass, rest.Length > 0 ? rest : standard.Length > 0 ? standard : "Access denied");
    }

    private static void Postpone(Action<int, string, string, string, string> arm, string text, string name, string replyClass)
    {
        EnhancedStatus used = default;
        string rest = EnhancedStatus.Split(text, ref used);
        arm(450, used.IsEmpty ? "4.7.1" : AccessStatus.Repair(used, replyClass).ToString(), name, replyClass, rest.Length > 0 ? rest : "Service unavailable");
    }

    private static void Log(Evaluation at, string action, string text, string standard, string name, string replyClass) =>
        LogLines.Verdict(at.Session, action, Printable.Neutralize($"<{name}>: {replyClass} {(text.Length > 0 ? text : "triggers " + standard)}", allowUtf8: true), at.Recipient);

    // Actions that change the message, not the decision about it.
    private Verdict ChangeMessage(Evaluation at, string action, string text, string key, string source, string name, string replyClass)
    {
        string upper = action.ToUpperInvariant();
        if (at.Server.ProxyFilter is not null && action != "prepend")
        {
            LogLines.Warning($"access {source}: with smtpd_proxy_filter specified, action {upper} is unavailable");
            return Verdict.Dunno;
        }

        if (at.Session.Transaction is not { } transaction)
        {
            if (!_delaysReject)
            {
                LogLines.Warning($"access {source}: with smtpd_delay_reject=no, action {upper} is always skipped in Client host or Helo command restrictions");
            }

            return Verdict.Dunno;
        }

        switch (action)
        {
            case "hold":
                if ((transaction.ExtraFlags & (CleanupFlags.Hold | CleanupFlags.Discard)) == 0)
                {
                    Log(at, action, text, "HOLD action", name, replyClass);
                    transaction.ExtraFlags |= CleanupFlags.Hold;
                }

                return Verdict.Dunno;
            case "discard":
                if (at.OnlyWarns)
                {
                    return Verdict.Dunno;
                }

                Log(at, action, text, "DISCARD action", name, replyClass);
                transaction.ExtraFlags = (transaction.ExtraFlags & ~CleanupFlags.Hold) | CleanupFlags.Discard;
                return Verdict.Discard;
            case "filter":
                if (text.Length == 0)
                {
                    LogLines.Warning($"access {source} entry \"{key}\" has FILTER entry without value");
                }
                else if (!text.Contains(':'))
                {
                    LogLines.Warning($"access {source} entry \"{key}\" requires transport:destination");
                }
                else
                {
                    Log(at, action, "", $"FILTER {text}", name, replyClass);
                    transaction.Filter = text;
                }

                return Verdict.Dunno;
            case "redirect":
                if (!text.Contains('@'))
                {
                    LogLines.Warning($"access {source} entry \"{key}\" requires user@domain target");
                }
                else
                {
                    Log(at, action, "", $"REDIRECT {text}", name, replyClass);
                    transaction.Redirect = text;
                }

                return Verdict.Dunno;
            case "bcc":
                if (!text.Contains('@'))
                {
                    LogLines.Warning($"access {source} entry \"{key}\" requires user@domain target");
                }
                else
                {
                    Log(at, action, "", $"BCC {text}", name, replyClass);
                    (transaction.Bcc ??= []).Add(text);
                }

                return Verdict.Dunno;
            default:
                Prepend(at, transaction, text, key, source);
                return Verdict.Dunno;
        }
    }

    private static void Prepend(Evaluation at, MailTransaction transaction, string text, string key, string source)
    {
        if (at.List == ListKind.EndOfData)
        {
            LogLines.Warning($"access {source}: action PREPEND must be used before smtpd_end_of_data_restrictions");
        }
        else if (text.Length == 0)
        {
            LogLines.Warning($"access {source} entry \"{key}\" has PREPEND entry without value");
        }
        else if (!HeaderSyntax.TryParseName(ByteString.ToBytes(text), out _, out _))
        {
            LogLines.Warning($"access {source} entry \"{key}\" requires header: text");
        }
        else
        {
            (transaction.Prepended ??= []).Add(text);
        }
    }

    // Anything else is the name of restrictions, which are evaluated about the same object.
    private async ValueTask<Verdict> FollowAsync(Evaluation at, string value, string name, string replyClass, string source, CancellationToken stop)
    {
        if (at.Depth >= RestrictionClass.MaxDepth)
        {
            LogLines.Warning($"access {source}: unreasonable nesting depth {at.Depth}");
            return at.ConfigurationError();
        }

        if (!_parsed.TryGetValue(value, out RestrictionList? list))
        {
            list = parseRestrictions(value);
            if (_parsed.Count < MaxParsed)
            {
                _parsed[value] = list;
            }
        }

        at.Depth++;
        Verdict verdict;
        using (at.About(name, replyClass))
        {
            verdict = await list.EvaluateAsync(at, stop);
        }

        at.Depth--;
        return verdict;
    }
}
