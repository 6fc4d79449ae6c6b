using Mta.Mail;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// <c>header_checks</c> and <c>body_checks</c>: looks a header or line up, carries the action out, logs it. After an
/// action that settles the message's fate no more checks are made.
/// </summary>
internal sealed class ContentChecks(Message message)
{
    private string? _milterOrigin;
    private string? _mimeError;

    private const string DefaultRejection = "message content rejected";

    private bool IsActive => (message.Flags & CleanupFlags.Filter) != 0;

    /// <summary>The table for a header; null when it needs no check.</summary>
    public TableList? TableFor(HeaderInfo? header, MimePlace place)
    {
        if (!IsActive)
        {
            return null;
        }

        CleanupContext context = message.Context;
        TableList table = header is { IsMime: true } || place == MimePlace.PartHeader ? context.MimeHeaderChecks
            : place == MimePlace.NestedHeader ? context.NestedHeaderChecks
            : context.HeaderChecks;
        return table.IsEmpty ? null : table;
    }

    /// <summary>The table for a body line; null when it needs no check.</summary>
    /// <param name="offset">Of the line in its part of the body.</param>
    public TableList? TableForBody(long offset)
    {
        long limit = message.Settings.BodyChecksSizeLimit;
        return IsActive && !message.Context.BodyChecks.IsEmpty && (limit == 0 || offset < limit) ? message.Context.BodyChecks : null;
    }

    /// <summary>Checks without waiting and, where nothing is found, without making a string of the text.</summary>
    /// <returns>False when the table cannot do that: <see cref="CheckAsync"/> then.</returns>
    public bool TryCheck(TableList table, bool isHeader, ReadOnlySpan<byte> text, out CheckOutcome outcome)
    {
        outcome = default;
        if (!table.TryLookup(text, out LookupResult found))
        {
            return false;
        }

        if (!found.IsNotFound)
        {
            outcome = Act(table, found, isHeader, ByteString.FromBytes(text));
        }

        return true;
    }

    public async ValueTask<CheckOutcome> CheckAsync(TableList table, bool isHeader, string text, CancellationToken stop) =>
        Act(table, await table.LookupAsync(text, stop: stop), isHeader, text);

    private CheckOutcome Act(TableList table, LookupResult found, bool isHeader, string text)
    {
        if (found.IsFailed)
        {
            message.LookupFailed(table.Title);
            return default;
        }

        if (!found.IsFound)
        {
            return default;
        }

        int blank = found.Value.AsSpan().IndexOfAny(' ', '\t');
        string action = blank < 0 ? found.Value : found.Value[..blank];
        string argument = blank < 0 ? "" : found.Value[blank..].Trim(' ', '\t');
        return Act(table.Title, action, argument, isHeader ? "header" : "body", text);
    }

    /// <summary>
    /// <c>milter_header_checks</c>: a header that a Milter adds, inserts or changes. FILTER, REDIRECT and BCC are left in
    /// the message for its extracted segment.
    /// </summary>
    /// <param name="header">Name, colon and value.</param>
    /// <param name="origin">Of the message, as the lines about filters show it.</param>
    public async ValueTask<CheckOutcome> CheckMilterHeaderAsync(string header, string origin, CancellationToken stop)
    {
        TableList table = message.Context.MilterHeaderChecks;
        if (table.IsEmpty || (message.Flags & CleanupFlags.Milter) == 0)
        {
            return default;
        }

        _milterOrigin = origin;
        try
        {
            return await CheckAsync(table, isHeader: true, header, stop);
        }
        finally
        {
            _milterOrigin = null;
        }
    }

    /// <summary>A character of <c>message_reject_characters</c> was found.</summary>
    public void RejectCharacter(string text)
    {
        if (IsActive)
        {
            Reject("content", text, "disallowed character");
        }
    }

    /// <summary>The MIME structure breaks a rule that is enforced.</summary>
    public void MimeError(string what, string text)
    {
        if (!IsActive)
        {
            return;
        }

        LogLines.MimeError(message.Id, what, text, Origin, message.LogTail());
        _mimeError ??= $"5.6.0 {what}";
    }

    /// <summary>The content has ended: an error of its structure refuses it now, when all else is known.</summary>
    public void EndContent()
    {
        if (_mimeError is not null)
        {
            message.Fail(CleanupStatus.Content, _mimeError);
        }
    }

    private bool IsMilterHeader => _milterOrigin is not null;

    private string Origin => _milterOrigin is not null ? _milterOrigin : message.Origin.Length > 0 ? message.Origin : "local";

    private CheckOutcome Act(string table, string action, string argument, string where, string text)
    {
        switch (Ascii.ToLower(action))
        {
            case "reject":
                Reject(where, text, argument);
                return default;
            case "warn":
                Log("warning", where, text, argument);
                return default;
            case "info":
                Log("info", where, text, argument);
                return default;
            case "filter":
                Filter(table, where, text, argument);
                return default;
            case "pass" when !IsMilterHeader:
                Log("pass", where, text, argument);
                EndChecks();
                return default;
            case "discard":
                Log("discard", where, text, argument);
                message.AddFlags(CleanupFlags.Discard);
                EndChecks();
                return default;
            case "hold":
                if ((message.Flags & (CleanupFlags.Hold | CleanupFlags.Discard)) == 0)
                {
                    Log("hold", where, text, argument);
                    message.AddFlags(CleanupFlags.Hold);
                }

                return default;
            case "redirect":
                Redirect(table, where, text, argument);
                return default;
            case "bcc":
                Bcc(table, where, text, argument);
                return default;
            case "prepend" when IsMilterHeader:
                Log("prepend", where, text, argument);
                LogLines.TableMistake("the milter_header/body_checks prepend action is not implemented");
                return default;
            case "prepend":
                return WithText(CheckVerdict.Prepend, table, where, text, argument);
            case "replace":
                return WithText(CheckVerdict.Replace, table, where, text, argument);
            case "strip":
                Log("strip", where, text, argument);
                return new CheckOutcome(CheckVerdict.Remove);
            case "ignore":
                return new CheckOutcome(CheckVerdict.Remove);
            case "dunno" or "ok":
                return default;
            default:
                LogLines.TableMistake($"{(IsMilterHeader ? "unsupported" : "unknown")} command in {table} map: {action}{(argument.Length > 0 ? " " : "")}{argument}");
                return default;
        }
    }

    private void Reject(string where, string text, string argument)
    {
        string reason = argument.Length > 0 ? argument : DefaultRejection;
        EnhancedStatus status = EnhancedStatus.Create(5, 7, 1);
        reason = EnhancedStatus.Split(reason, ref status);
        if (status.Class == 2)
        {
            LogLines.TableMistake($"bad DSN action in {argument} -- need 4.x.x or 5.x.x");
            status = status.WithClass(4);
        }

        reason = $"{status} {reason}";
        Log("reject", where, text, reason);
        message.Fail(status.Class == 4 ? CleanupStatus.Defer : CleanupStatus.Content, reason);
        EndChecks();
    }

    private void Filter(string table, string where, string text, string argument)
    {
        if (!argument.Contains(':'))
        {
            LogLines.TableMistake(argument.Length == 0
                ? $"missing FILTER command argument in {table} map"
                : $"bad FILTER command {argument} in {table} -- need transport:destination");
            return;
        }

        message.Filter = argument;
        Log("filter", where, text, argument);
    }

    private void Redirect(string table, string where, string text, string argument)
    {
        if (!argument.Contains('@'))
        {
            LogLines.TableMistake($"bad REDIRECT target \"{argument}\" in {table} map -- need user@domain");
            return;
        }

        message.Redirect = argument;
        Log("redirect", where, text, argument);
        EndChecks();
    }

    private void Bcc(string table, string where, string text, string argument)
    {
        if (!argument.Contains('@'))
        {
            LogLines.TableMistake($"bad BCC address \"{argument}\" in {table} map -- need user@domain");
            return;
        }

        if (!message.CheckBccs.Contains(argument))
        {
            message.CheckBccs.Add(argument);
        }

        Log("bcc", where, text, argument);
    }

    private CheckOutcome WithText(CheckVerdict verdict, string table, string where, string text, string argument)
    {
        string name = verdict == CheckVerdict.Prepend ? "PREPEND" : "REPLACE";
        if (argument.Length == 0)
        {
            LogLines.TableMistake($"{name} action without text in {table} map");
            return default;
        }

        if (where == "header" && !HeaderSyntax.TryParseName(ByteString.ToBytes(argument), out _, out _))
        {
            LogLines.TableMistake($"bad {name} header text \"{argument}\" in {table} map -- need \"headername: headervalue\"");
            return default;
        }

        Log(verdict == CheckVerdict.Prepend ? "prepend" : "replace", where, text, argument);
        return new CheckOutcome(verdict, argument);
    }

    private void EndChecks() => message.RemoveFlags(CleanupFlags.Filter | CleanupFlags.Milter);

    private void Log(string action, string where, string text, string optional) =>
        LogLines.Check(message.Id, IsMilterHeader ? "milter-header-" + action : action, where, text, Origin, message.LogTail(), IsMilterHeader ? ": " + optional : optional.Length > 0 ? ": " + optional : "");
}
