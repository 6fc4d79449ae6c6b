using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>What the administrator does to refusals on their way out: <c>smtpd_reject_filter_maps</c>, then the footer.</summary>
internal sealed class ReplyChanges(Configuration configuration, TableRegistry tables)
{
    private readonly TableList _filters = TableList.Open(tables, SmtpdParameters.SmtpdRejectFilterMaps.Name, configuration.Get(SmtpdParameters.SmtpdRejectFilterMaps));
    private readonly TableList _footers = TableList.Open(tables, SmtpdParameters.SmtpdRejectFooterMaps.Name, configuration.Get(SmtpdParameters.SmtpdRejectFooterMaps));
    private readonly string _footer = configuration.Get(SmtpdParameters.SmtpdRejectFooter);

    public bool AreNone => _filters.IsEmpty && _footers.IsEmpty && _footer.Length == 0;

    /// <param name="reply">A 4xx or 5xx reply.</param>
    public async ValueTask<string> ApplyAsync(Session session, string reply, CancellationToken stop)
    {
        if (!_filters.IsEmpty)
        {
            reply = await FilterAsync(session, reply, stop);
        }

        string footer = _footer;
        if (!_footers.IsEmpty)
        {
            LookupResult found = await _footers.LookupAsync(reply, stop: stop);
            footer = found.IsFound ? found.Value : footer;
        }

        return footer.Length > 0 ? ReplyText.WithFooter(session, reply, footer) : reply;
    }

    private async ValueTask<string> FilterAsync(Session session, string reply, CancellationToken stop)
    {
        LookupResult found = await _filters.LookupAsync(reply, stop: stop);
        if (!found.IsFound)
        {
            return reply;
        }

        string result = found.Value;
        if (result.Length < 4 || result[0] is not ('4' or '5') || result.Contains('\n')
            || !Reply.TryParse(result, out Reply parsed) || parsed.Code is < 400 or > 599
            || (!parsed.Status.IsEmpty && parsed.Status.Class != parsed.Code / 100))
        {
            LogLines.Warning($"{session.QueueId}: ignoring invalid reject filter result: {Printable.Neutralize(result)}");
            return reply;
        }

        LogLines.Info($"{session.QueueId}: reply filter in: {Printable.Neutralize(reply, allowUtf8: true)}");
        LogLines.Info($"{session.QueueId}: reply filter out: {Printable.Neutralize(result, allowUtf8: true)}");
        return result;
    }
}
