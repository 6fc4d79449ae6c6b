using Mta.Config;
using Mta.Config.Parameters;
using Mta.Smtpd.Restrictions;
using Mta.Tables;

namespace Mta.Smtpd;

/// <summary>Logs what restrictions permit, where <c>smtpd_log_access_permit_actions</c> asks for it.</summary>
internal sealed class PermitLog(Configuration configuration, TableRegistry tables)
{
    private readonly StringMatchList _actions = StringMatchList.Create(configuration, SmtpdParameters.SmtpdLogAccessPermitActions, tables);

    /// <summary>A table's entry permits.</summary>
    public async ValueTask NoteEntryAsync(Evaluation at, string action, string table, string replyClass, string name, CancellationToken stop)
    {
        if (!_actions.IsEmpty && await _actions.MatchesAsync(action, stop) == MatchResult.Yes)
        {
            LogLines.Permit(at.Session, action, $"{replyClass}={name} from {table}", at.Recipient);
        }
    }

    public async ValueTask NoteAsync(Evaluation at, Restriction restriction, CancellationToken stop)
    {
        if (!_actions.IsEmpty && await _actions.MatchesAsync(restriction.Name, stop) == MatchResult.Yes)
        {
            (string replyClass, string name) = restriction.About(at);
            LogLines.Permit(at.Session, restriction.Name, $"{replyClass}={name} ", at.Recipient);
        }
    }
}
