using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Tables;
using NLog;

namespace Mta.Delivery;

/// <summary>
/// A <c>*_delivery_status_filter</c>: maps <c>D.S.N text</c> to another status and text. Failures may be turned from
/// temporary to permanent and back; success stays success.
/// </summary>
public sealed class StatusFilter(TableList tables)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Looks an outcome up.</summary>
    /// <returns>The outcome to use instead; null to keep it. A failing table keeps it too, with a warning.</returns>
    public async ValueTask<Dsn?> ApplyAsync(Dsn dsn, CancellationToken stop)
    {
        LookupResult result = await tables.LookupAsync($"{dsn.Status} {dsn.Reason}", stop: stop);
        if (!result.IsFound)
        {
            return null;
        }

        EnhancedStatus status = default;
        string text = EnhancedStatus.Split(result.Value, ref status);
        bool fits = dsn.Status[0] == '2' ? status.Class == 2 : status.Class is 4 or 5;
        if (status.IsEmpty || !fits)
        {
            Log.Warn($"{tables.Title}: bad status code: {result.Value}");
            return null;
        }

        // A status alone leaves what people are told as it is.
        return text.Length == 0
            ? dsn with { Status = status.ToString() }
            : dsn with { Status = status.ToString(), Reason = text, DiagnosticType = "", DiagnosticText = "" };
    }
}
