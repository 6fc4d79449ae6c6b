using Mta.Config;
using Mta.Config.Parameters;
using Mta.Smtpd.Restrictions;
using Mta.Tables;

namespace Mta.Smtpd;

/// <summary>Logs what restrictions permit, where <c>smtpd_log_access_permit_actions</c> asks for it.</summary>
internal sealed class PermitLog(Configuration configuration, TableRegistry tables)
{
    private readonly StringMatchList _actions = StringMatchList.Create(configuration, SmtpdParameters.SmtpdLogAccessPermitActions, tables);

    public async ValueTask NoteAsync(Evaluation at, string action, CancellationToken stop)
    {
        if (!_actions.IsEmpty && await _actions.MatchesAsync(action, stop) == MatchResult.Yes)
        {
            LogLines.Permit(at.Session, action, $"{at.Class}={at.Name}", at.Recipient);
        }
    }
}
