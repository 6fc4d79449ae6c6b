using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;

namespace Mta.Flush;

/// <summary>One client: announcement, one request, one status. Sweeps over all sites work after their status is sent.</summary>
internal sealed class FlushDaemon
{
    private readonly DomainMatchList _domains;
    private readonly SiteLogs _logs;
    private readonly TimeSpan _refreshAge;

    public FlushDaemon(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        _domains = DomainMatchList.Create(configuration, FlushParameters.FastFlushDomains, context.Tables);
        _refreshAge = configuration.Get(FlushParameters.FastFlushRefreshTime);
        _logs = new SiteLogs(
            new QueueDirectory(QueueSettings.From(configuration)),
            $"public/{configuration.Get(GlobalParameters.QueueServiceName)}",
            configuration.Get(FlushParameters.FastFlushPurgeTime),
            context.Time);
    }

    public async Task ServeAsync(ClientConnection client, CancellationToken stop)
    {
        AttributeWriter writer = new(client.Output);
        Announcement.Write(writer, FlushProtocol.Name);
        await client.Output.FlushAsync(stop);
        FlushRequest? request;
        try
        {
            request = await ReadAsync(client.Input, stop);
        }
        catch (AttributeFormatException error)
        {
            LogLines.Malformed(error.Message);
            request = new FlushRequest(FlushRequestKind.Unknown);
        }

        if (request is null)
        {
            return;
        }

        FlushStatus status = await HandleAsync(request.Value, stop);
        FlushProtocol.WriteStatus(writer, status);
        await AnswerAsync(client.Output, stop);
        if (request.Value.Kind is FlushRequestKind.Refresh)
        {
            _logs.FlushAll(_refreshAge);
        }
        else if (request.Value.Kind is FlushRequestKind.Purge)
        {
            _logs.FlushAll(TimeSpan.Zero);
        }
    }

    // The master's wakeup is no request, but means one.
    private static async ValueTask<FlushRequest?> ReadAsync(BufferedInput input, CancellationToken stop)
    {
        if (!await input.EnsureAsync(1, stop))
        {
            return null;
        }

        return input.Available.Length <= FlushProtocol.LongestTrigger && input.Available[0] is TriggerProtocol.Requests.Wakeup or 0
            ? new FlushRequest(FlushRequestKind.Refresh)
            : await FlushProtocol.ReadRequestAsync(new AttributeReader(input), stop);
    }

    private async ValueTask<FlushStatus> HandleAsync(FlushRequest request, CancellationToken stop)
    {
        switch (request.Kind)
        {
            case FlushRequestKind.Add:
                if (!QueueId.TryParse(request.QueueId, out QueueId noted))
                {
                    return FlushStatus.BadRequest;
                }

                FlushStatus eligible = await IsEligibleAsync(request.Site, stop);
                return eligible == FlushStatus.Ok ? _logs.Add(request.Site, noted) : eligible;
            case FlushRequestKind.SendSite:
                eligible = await IsEligibleAsync(request.Site, stop);
                return eligible == FlushStatus.Ok ? _logs.FlushSite(request.Site) : eligible;
            case FlushRequestKind.SendFile:
                return QueueId.TryParse(request.QueueId, out QueueId wanted) ? _logs.FlushMessage(wanted) : FlushStatus.BadRequest;
            case FlushRequestKind.Refresh or FlushRequestKind.Purge:
                return FlushStatus.Ok;
            default:
                return FlushStatus.BadRequest;
        }
    }

    private async ValueTask<FlushStatus> IsEligibleAsync(string site, CancellationToken stop)
    {
        MatchResult result = await _domains.MatchesAsync(site, stop);
        if (result == MatchResult.No && site.StartsWith('[') && site.EndsWith(']'))
        {
            result = await _domains.MatchesAsync(site[1..^1], stop);
        }

        return result switch
        {
            MatchResult.Yes => FlushStatus.Ok,
            MatchResult.No => FlushStatus.Denied,
            MatchResult.Failed => FlushStatus.Failed,
        };
    }

    private static async ValueTask AnswerAsync(BufferedOutput output, CancellationToken stop)
    {
        try
        {
            await output.FlushAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            // The master does not wait for an answer to its wakeup; the sweep goes on all the same.
        }
    }
}
