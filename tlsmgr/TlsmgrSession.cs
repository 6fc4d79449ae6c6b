using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;

namespace Mta.Tlsmgr;

/// <summary>One client: requests in, replies out, in order. The master's wakeup is a client of two bytes.</summary>
internal sealed class TlsmgrSession(TlsmgrService service, ClientConnection client)
{
    // A client that began a request has this long to end it, in milliseconds.
    private const int RequestTime = 10_000;
    private const int WakeupLength = 2;

    public async Task RunAsync(CancellationToken stop)
    {
        AttributeReader reader = new(client.Input);
        AttributeWriter writer = new(client.Output);
        Announcement.Write(writer, TlsmgrProtocol.Name);
        await client.Output.FlushAsync(stop);
        client.Input.Timeout = Timeout.InfiniteTimeSpan;
        bool isFirst = true;
        while (true)
        {
            if (client.Input.Available.IsEmpty && !await client.Input.FillAsync(client.BetweenRequests))
            {
                return;
            }

            if (isFirst && client.Input.Available.Length <= WakeupLength && client.Input.Available[0] == (byte)'W')
            {
                return;
            }

            isFirst = false;
            client.Input.Deadline = Environment.TickCount64 + RequestTime;
            if (!await reader.ReadListAsync(stop))
            {
                return;
            }

            client.Input.Deadline = 0;
            TlsmgrRequest request = TlsmgrProtocol.TakeRequest(reader);
            reader.Leave();
            TlsmgrProtocol.WriteReply(writer, request.Verb, service.Answer(request));
            await client.Output.FlushAsync(stop);
        }
    }
}
