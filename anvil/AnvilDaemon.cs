using Mta.Config.Parameters;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;

namespace Mta.Anvil;

/// <summary>The counters of one process and the sessions that report to them.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class AnvilDaemon
{
    private readonly ClientTable _clients;
    private readonly Statistics _statistics;
    private readonly Timer _status;

    public AnvilDaemon(ServiceContext context)
    {
        TimeSpan unit = context.Configuration.Get(AnvilParameters.AnvilRateTimeUnit);
        TimeSpan update = context.Configuration.Get(AnvilParameters.AnvilStatusUpdateTime);
        _statistics = new Statistics(unit);
        _clients = new ClientTable(unit, context.Time, _statistics);
        _status = new Timer(_ => LogStatistics(), null, update, update);
    }

    /// <summary>Serves one stream; its end counts as the disconnect of the client that it stands for.</summary>
    public async Task ServeAsync(ClientConnection client, CancellationToken stop)
    {
        // A stream for each session of a stranger, most of which say nothing for long.
        client.InitialBuffer = 256;
        AttributeReader reader = new(client.Input, AnvilProtocol.Encoding);
        AttributeWriter writer = new(client.Output, AnvilProtocol.Encoding);
        Announcement.Write(writer, AnvilProtocol.Name);
        await client.Output.FlushAsync(stop);
        string? bound = null;
        try
        {
            // A stream between requests ends with the process; one in a request is answered.
            while (await AnvilProtocol.ReadRequestAsync(reader, client.BetweenRequests) is { } request)
            {
                Answer(writer, request, ref bound);
                await client.Output.FlushAsync(stop);
                if (request.Kind == AnvilRequestKind.Unknown)
                {
                    return;
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
        finally
        {
            if (bound is not null)
            {
                _clients.Disconnect(bound);
            }
        }
    }

    public void LogStatistics()
    {
        foreach (string line in _statistics.TakeLines())
        {
            LogLines.Statistics(line);
        }
    }

    private void Answer(AttributeWriter writer, AnvilRequest request, ref string? bound)
    {
        switch (request.Kind)
        {
            case AnvilRequestKind.Unknown:
                LogLines.UnknownRequest();
                AnvilProtocol.WriteFailure(writer);
                return;
            case AnvilRequestKind.Connect:
                if (bound is not null)
                {
                    _clients.Disconnect(bound);
                }

                bound = request.Identity;
                break;
            case AnvilRequestKind.Disconnect:
                if (bound is not null)
                {
                    _clients.Disconnect(bound);
                    bound = null;
                }

                AnvilProtocol.WriteReply(writer, request.Kind, default);
                return;
        }

        AnvilProtocol.WriteReply(writer, request.Kind, _clients.Count(request));
    }
}
