using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;

namespace Mta.TrivialRewrite;

/// <summary>One client: requests in, replies out, in order. Requests that came together are answered together.</summary>
internal sealed class RewriteSession(RewriteService service, ClientConnection client)
{
    public async Task RunAsync(CancellationToken stop)
    {
        AttributeReader reader = new(client.Input);
        AttributeWriter writer = new(client.Output);
        Announcement.Write(writer, RewriteProtocol.Name);
        while (true)
        {
            // Replies wait while further requests are at hand, never while the client has to act.
            ValueTask<bool> next = reader.ReadListAsync(client.BetweenRequests);
            if (!next.IsCompleted)
            {
                await client.Output.FlushAsync(stop);
            }

            if (!await next)
            {
                break;
            }

            RewriteRequest request = RewriteProtocol.TakeRequest(reader);
            if (request.Verb is RewriteVerb.RewriteLocal or RewriteVerb.RewriteRemote)
            {
                RewriteProtocol.WriteRewriteReply(writer, service.IsRetiring, service.Rewrite(request.Verb, request.Address));
            }
            else
            {
                ResolveReply reply = await service.ResolveAsync(request, stop);
                RewriteProtocol.WriteResolveReply(writer, service.IsRetiring, reply);
            }

            if (client.Output.IsFull)
            {
                await client.Output.FlushAsync(stop);
            }
        }

        await client.Output.FlushAsync(stop);
    }
}
