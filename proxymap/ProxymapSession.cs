using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Tables;
using Mta.Text;

namespace Mta.Proxymap;

/// <summary>One client: requests in, replies out, in order.</summary>
internal sealed class ProxymapSession(ProxymapService service, ClientConnection client)
{
    // A client that began a request has this long to end it, in milliseconds.
    private const int RequestTime = 1000;
    private IEnumerator<KeyValuePair<string, string>>? _listing;

    public async Task RunAsync(CancellationToken stop)
    {
        AttributeReader reader = new(client.Input);
        AttributeWriter writer = new(client.Output);
        Announcement.Write(writer, ProxymapProtocol.Name);
        await client.Output.FlushAsync(stop);
        while (true)
        {
            if (client.Input.Available.IsEmpty && !await client.Input.FillAsync(client.BetweenRequests))
            {
                break;
            }

            client.Input.Deadline = Environment.TickCount64 + RequestTime;
            if (!await reader.ReadListAsync(stop))
            {
                break;
            }

            client.Input.Deadline = 0;
            ProxymapRequest request = ProxymapProtocol.TakeRequest(reader);
            reader.Leave();
            ProxymapProtocol.WriteReply(writer, request.Verb, await AnswerAsync(request, stop));
            await client.Output.FlushAsync(stop);
            if (request.Verb == ProxymapVerb.Unknown)
            {
                LogLines.UnknownRequest(request.Table);
            }
        }

        _listing?.Dispose();
    }

    private async ValueTask<ProxymapReply> AnswerAsync(ProxymapRequest request, CancellationToken stop)
    {
        if (request.Verb is ProxymapVerb.Unknown)
        {
            return new ProxymapReply(ProxymapStatus.Bad);
        }

        if (!service.Writes && (request.Verb is ProxymapVerb.Update or ProxymapVerb.Delete))
        {
            LogLines.RefusedChange(request.Table, request.Verb == ProxymapVerb.Update ? "update" : "delete");
            return new ProxymapReply(ProxymapStatus.Denied);
        }

        ProxymapStatus opened = service.TryOpen(request.Table, request.Flags, out LookupTable? table);
        if (table is null)
        {
            return new ProxymapReply(opened);
        }

        try
        {
            switch (request.Verb)
            {
                case ProxymapVerb.Lookup:
                    return ToReply(await table.LookupAsync(request.Key, stop));
                case ProxymapVerb.Update:
                    table.Update(request.Key, request.Value);
                    return new ProxymapReply(ProxymapStatus.Ok);
                case ProxymapVerb.Delete:
                    return new ProxymapReply(table.Delete(request.Key) ? ProxymapStatus.Ok : ProxymapStatus.NoKey);
                case ProxymapVerb.Sequence:
                    return Next(table, request.IsFirst);
                case ProxymapVerb.Open or ProxymapVerb.Unknown:
                    break;
            }
        }
        catch (TableException error)
        {
            LogLines.Problem(error.Message);
            return new ProxymapReply(ProxymapStatus.Retry);
        }

        return new ProxymapReply(ProxymapStatus.Ok, table.Flags);
    }

    private static ProxymapReply ToReply(LookupResult result) => result.Status switch
    {
        LookupStatus.Found => new ProxymapReply(ProxymapStatus.Ok, Value: result.Value),
        LookupStatus.NotFound => new ProxymapReply(ProxymapStatus.NoKey),
        LookupStatus.Failed => new ProxymapReply(result.Failure == LookupFailure.Configuration ? ProxymapStatus.Configuration : ProxymapStatus.Retry),
    };

    private ProxymapReply Next(LookupTable table, bool first)
    {
        if (first || _listing is null)
        {
            _listing?.Dispose();
            _listing = table.Entries().GetEnumerator();
        }

        return _listing.MoveNext()
            ? new ProxymapReply(ProxymapStatus.Ok, Key: _listing.Current.Key, Value: _listing.Current.Value)
            : new ProxymapReply(ProxymapStatus.NoKey);
    }
}
