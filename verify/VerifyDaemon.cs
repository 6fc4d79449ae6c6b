using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;

namespace Mta.Verify;

/// <summary>Answers what is known about addresses, sends probes for what is not, and takes the agents' results.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class VerifyDaemon
{
    private const int MaxAddress = 1000;
    private const int MaxReason = 1000;
    private const string InProgress = "Address verification in progress";
    private readonly ServiceContext _context;
    private readonly AddressPolicy _policy;
    private readonly ResultCache _cache;
    private readonly CleanupClient _cleanup;
    private readonly RewriteClient _rewrite;
    private readonly ProbeSender _sender;
    private readonly TimeSpan _sweepInterval;
    private readonly string _hostName;
    private readonly string _mailName;

    // An address's record is looked up, judged and stored in one turn.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public VerifyDaemon(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        _context = context;
        _policy = new AddressPolicy(configuration);
        _cache = ResultCache.Open(context, configuration.Get(VerifyParameters.AddressVerifyMap), IsExpired);
        _cleanup = CleanupClient.From(configuration);
        _rewrite = RewriteClient.From(configuration);
        _sender = new ProbeSender(configuration);
        _sweepInterval = configuration.Get(VerifyParameters.AddressVerifyCacheCleanupInterval);
        _hostName = configuration.Get(GlobalParameters.Myhostname);
        _mailName = configuration.Get(GlobalParameters.MailName);
    }

    public void Start() => _cache.SweepEvery(_sweepInterval);

    public async Task ServeAsync(ClientConnection client, CancellationToken stop)
    {
        AttributeReader reader = new(client.Input);
        AttributeWriter writer = new(client.Output);
        Announcement.Write(writer, VerifyProtocol.Name);
        await client.Output.FlushAsync(stop);
        try
        {
            while (await VerifyProtocol.ReadRequestAsync(reader, client.BetweenRequests) is { } request)
            {
                string? probe = await AnswerAsync(writer, request, stop);
                await client.Output.FlushAsync(stop);
                if (request.Kind == VerifyRequestKind.Unknown)
                {
                    return;
                }

                if (probe is not null)
                {
                    await ProbeAsync(probe, stop);
                }
            }
        }
        catch (AttributeFormatException error)
        {
            LogLines.Malformed(error.Message);
        }
        catch (OperationCanceledException)
        {
            // This process retires; the client connects to the next one.
        }
    }

    // Returns the address to probe, after the reply, or null.
    private async ValueTask<string?> AnswerAsync(AttributeWriter writer, VerifyRequest request, CancellationToken stop)
    {
        if (request.Kind == VerifyRequestKind.Unknown)
        {
            LogLines.UnknownRequest(request.Address);
            VerifyProtocol.WriteStatus(writer, VerifyOutcome.BadRequest);
            return null;
        }

        if (request.Address.Length is 0 or > MaxAddress)
        {
            LogLines.BadUpdate(request.Address);
            VerifyProtocol.WriteStatus(writer, VerifyOutcome.BadRequest);
            return null;
        }

        await _turn.WaitAsync(stop);
        try
        {
            return request.Kind == VerifyRequestKind.Query
                ? await QueryAsync(writer, request.Address, stop)
                : await UpdateAsync(writer, request, stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<string?> QueryAsync(AttributeWriter writer, string address, CancellationToken stop)
    {
        long now = Now;
        string key = Key(address);
        bool isKnown = AddressRecord.TryParse(await _cache.FindAsync(key, stop), out AddressRecord record) && !_policy.IsExpired(record, now);
        if (!isKnown)
        {
            record = new AddressRecord(VerifyStatus.Unknown, 0, 0, InProgress);
        }

        VerifyProtocol.WriteQueryReply(writer, VerifyOutcome.Ok, record.Status, record.Text);
        if (!_policy.NeedsProbe(record, isKnown, now))
        {
            return null;
        }

        _cache.Set(key, (record with { Probed = now }).ToString());
        return address;
    }

    private async ValueTask<string?> UpdateAsync(AttributeWriter writer, VerifyRequest request, CancellationToken stop)
    {
        if (request.Status is < VerifyStatus.Ok or > VerifyStatus.Bounce || request.Reason.Length == 0)
        {
            LogLines.BadUpdate(request.Address);
            VerifyProtocol.WriteStatus(writer, VerifyOutcome.BadRequest);
            return null;
        }

        long now = Now;
        string key = Key(request.Address);
        bool isKnown = AddressRecord.TryParse(await _cache.FindAsync(key, stop), out AddressRecord known);
        if (_policy.Stores(request.Status, known, isKnown, now))
        {
            string reason = Printable.Neutralize(request.Reason.Length > MaxReason ? request.Reason[..MaxReason] : request.Reason, allowUtf8: true);
            _cache.Set(key, new AddressRecord(request.Status, 0, now, reason).ToString());
        }

        VerifyProtocol.WriteStatus(writer, VerifyOutcome.Ok);
        return null;
    }

    private async ValueTask ProbeAsync(string address, CancellationToken stop)
    {
        const int ByMta = 256; // what came of it goes to this service (DELIVERY flag "verification probe")
        try
        {
            string own = _sender.At(_context.Time.GetUtcNow());
            string sender = own.Length == 0 ? "" : await _rewrite.RewriteInternalAsync(RewriteContext.Local, own, stop);
            if (await ServiceMessage.PostAsync(_cleanup, CleanupFlags.Map | CleanupFlags.AutoUtf8, _hostName, _mailName, sender, address, ByMta, [], stop) is null)
            {
                LogLines.ProbeFailed(address, "not accepted");
            }
        }
        catch (IOException error)
        {
            LogLines.ProbeFailed(address, error.Message);
        }
    }

    private long Now => _context.Time.GetUtcNow().ToUnixTimeSeconds();

    // A colon would be read as part of a table's own syntax by some types.
    private static string Key(string address) => Printable.Neutralize(address, allowUtf8: true).Replace(':', '_');

    private bool IsExpired(string key, string value) => !AddressRecord.TryParse(value, out AddressRecord record) || _policy.IsExpired(record, Now);
}
