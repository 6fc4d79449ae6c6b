using System.Globalization;
using Mta.Dns;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Delivery.Routing;

/// <summary><c>smtp_dns_reply_filter</c>: records of answers that are to be ignored, by their text.</summary>
/// <param name="table">Null: nothing is filtered.</param>
public sealed class DnsReplyFilter(TableList? table)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Removes what the table says.</summary>
    /// <returns>With status <see cref="DnsStatus.Ok"/> and no records when everything was removed.</returns>
    public async ValueTask<DnsAnswer> ApplyAsync(DnsAnswer answer, CancellationToken stop)
    {
        if (table is null || answer.Records.Count == 0)
        {
            return answer;
        }

        List<DnsRecord> kept = [];
        foreach (DnsRecord record in answer.Records)
        {
            string text = TextOf(answer, record);
            LookupResult found = await table.LookupAsync(text, stop: stop);
            if (found.IsFailed)
            {
                return answer with { Records = [], Status = DnsStatus.Temporary };
            }

            if (!found.IsFound)
            {
                kept.Add(record);
            }
            else if (Ascii.EqualsIgnoreCase(found.Value, "IGNORE"))
            {
                Log.Info($"ignoring DNS RR: {text}");
            }
            else
            {
                Log.Warn($"{table.Title}: unknown DNS filter action: \"{Printable.Neutralize(found.Value)}\"");
                return answer with { Records = [], Status = DnsStatus.Temporary };
            }
        }

        return kept.Count == answer.Records.Count ? answer : answer with { Records = kept };
    }

    private static string TextOf(DnsAnswer answer, DnsRecord record)
    {
        string seconds = ((long)answer.TimeToLive.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        string value = record.Type switch
        {
            DnsRecordType.A or DnsRecordType.Aaaa => record.Address?.ToString() ?? "",
            DnsRecordType.Mx => $"{record.Preference} {record.Target}.",
            DnsRecordType.Srv => $"{record.Preference} {record.Weight} {record.Port} {record.Target}.",
            DnsRecordType.Ns or DnsRecordType.Ptr or DnsRecordType.Cname => $"{record.Target}.",
            DnsRecordType.Txt or DnsRecordType.Tlsa => record.Data,
        };
        return $"{answer.CanonicalName}. {seconds} IN {record.Type.Name()} {value}";
    }
}
