using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Mail.Protocols;

/// <summary>
/// Client of the flush service. Sites that fast_flush_domains does not list are denied here, without asking. Safe for
/// concurrent calls.
/// </summary>
public sealed class FlushClient
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly DomainMatchList _domains;
    private readonly string _path;
    private readonly TimeSpan _timeout;

    /// <summary>Opens the tables of fast_flush_domains.</summary>
    /// <exception cref="Text.FatalException">A table cannot be opened, and surrogates are off.</exception>
    public FlushClient(Configuration configuration, TableRegistry tables)
    {
        _domains = DomainMatchList.Create(configuration, FlushParameters.FastFlushDomains, tables);
        _path = $"public/{configuration.Get(GlobalParameters.FlushServiceName)}";
        _timeout = configuration.Get(GlobalParameters.IpcTimeout);
    }

    /// <summary>Notes that a message waits for a site. Losing this is harmless: the queue manager retries by itself.</summary>
    /// <param name="site">The recipient's domain.</param>
    public ValueTask<FlushStatus> AddAsync(string site, string queueId, CancellationToken stop) =>
        AskForSiteAsync(new FlushRequest(FlushRequestKind.Add, site, queueId), stop);

    /// <summary>Asks for delivery of all mail noted for a site.</summary>
    public ValueTask<FlushStatus> SendSiteAsync(string site, CancellationToken stop) =>
        AskForSiteAsync(new FlushRequest(FlushRequestKind.SendSite, site), stop);

    /// <summary>Asks for delivery of one message.</summary>
    public ValueTask<FlushStatus> SendFileAsync(string queueId, CancellationToken stop) =>
        AskAsync(new FlushRequest(FlushRequestKind.SendFile, "", queueId), stop);

    /// <summary>Does fast_flush_domains list this site, or the domain that <c>[...]</c> holds?</summary>
    public async ValueTask<MatchResult> IsEligibleAsync(string site, CancellationToken stop)
    {
        MatchResult result = await _domains.MatchesAsync(site, stop);
        return result == MatchResult.No && site.StartsWith('[') && site.EndsWith(']')
            ? await _domains.MatchesAsync(site[1..^1], stop)
            : result;
    }

    private async ValueTask<FlushStatus> AskForSiteAsync(FlushRequest request, CancellationToken stop) => await IsEligibleAsync(request.Site, stop) switch
    {
        MatchResult.Yes => await AskAsync(request, stop),
        MatchResult.No => FlushStatus.Denied,
        MatchResult.Failed => FlushStatus.Failed,
    };

    private async ValueTask<FlushStatus> AskAsync(FlushRequest request, CancellationToken stop)
    {
        try
        {
            using ServiceConnection connection = await ServiceConnection.ConnectAsync(_path, FlushProtocol.Name, _timeout, stop);
            FlushProtocol.WriteRequest(connection.Writer, request);
            await connection.Output.FlushAsync(stop);
            return await FlushProtocol.ReadStatusAsync(connection.Reader, stop);
        }
        catch (LinuxException error)
        {
            Log.Warn($"connect to {_path}: {error.Reason}");
            return FlushStatus.Failed;
        }
        catch (AttributeFormatException error)
        {
            Log.Warn(error.Message);
            Log.Warn($"read {_path} socket: Application error");
            return FlushStatus.Failed;
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            return FlushStatus.Failed;
        }
    }
}
