using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;
using Mta.Tls;
using Mta.TlsServer;

namespace Mta.Tlsproxy;

/// <summary>
/// One session: the request, the descriptor, the handshake, then bytes both ways until one side closes or both are
/// silent for too long. What a caller sends is bounded; a caller that does not go on is let go.
/// </summary>
internal sealed class ProxySession(ServerTls shared, ClientConnection client)
{
    // A caller has this long for its request, and for its descriptor.
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(10);
    private const int MaxName = 512;

    public async Task RunAsync(CancellationToken stop)
    {
        client.InitialBuffer = 1024;
        AttributeReader reader = new(client.Input);
        AttributeWriter writer = new(client.Output);
        Announcement.Write(writer, TlsproxyProtocol.Name);
        await client.Output.FlushAsync(stop);
        client.Input.Timeout = RequestTime;
        if (!await reader.ReadListAsync(stop))
        {
            return;
        }

        TlsproxyRequest request = TlsproxyProtocol.TakeRequest(reader);
        reader.Leave();
        if (request.Endpoint.Length > MaxName || request.ServerId.Length > MaxName)
        {
            throw new AttributeFormatException("tlsproxy request: name too long");
        }

        string peer = Printable.Neutralize(request.Endpoint);
        if ((request.Flags & TlsproxyFlags.Server) == 0)
        {
            // Its second list says how to be a client.
            await reader.ReadListAsync(stop);
            reader.Leave();
            LogLines.ClientRoleIsMissing(peer);
            TlsproxyProtocol.WriteStatus(writer, isReady: false);
            await client.Output.FlushAsync(stop);
            return;
        }

        LogLines.Connect(peer);
        try
        {
            if (shared.Level != ServerTlsLevel.None && shared.Context is { } context)
            {
                TlsproxyProtocol.WriteStatus(writer, isReady: true);
                await client.Output.FlushAsync(stop);
                await ServeAsync(context, request, peer, writer, stop);
                return;
            }

            TlsproxyProtocol.WriteStatus(writer, isReady: false);
            await client.Output.FlushAsync(stop);
            LogLines.HandshakeFailed(request.ServerId, peer, isLate: false, []);
        }
        finally
        {
            LogLines.Disconnect(peer);
        }
    }

    private async ValueTask ServeAsync(TlsServerContext context, TlsproxyRequest request, string peer, AttributeWriter writer, CancellationToken stop)
    {
        using SocketStream network = new(await ReceiveDescriptorAsync(stop));
        await shared.PrepareAsync(stop);
        using TlsStream tls = TlsStream.Server(context, network);
        tls.NameLookup = shared.NameLookup;
        if (shared.LogLevel.Verbose)
        {
            TlsLog.Begin(peer);
        }

        TlsHandshake result = await HandshakeAsync(tls, request.HandshakeTimeout, stop);
        if (!result.IsDone)
        {
            LogLines.HandshakeFailed(request.ServerId, peer, result.Status == TlsHandshakeStatus.Timeout, result.Errors);
            return;
        }

        TlsSession session = TlsSession.Of(tls, shared.Digest, isServer: true, shared.HasLegacyKeyFingerprints);
        Report(peer, session, tls.HasKeysForName ? tls.ServerName : "");
        await shared.FinishAsync(stop);
        if ((request.Flags & TlsproxyFlags.SendsContext) != 0)
        {
            TlsproxyProtocol.WriteContext(writer, ContextOf(session, request.Endpoint));
            await client.Output.FlushAsync(stop);
        }

        // The caller has a reply for a silent peer: its own limit, which may be the same, comes first.
        await new Relay(client.Stream, tls, request.SessionTimeout + RequestTime).RunAsync(stop);
    }

    private static async ValueTask<TlsHandshake> HandshakeAsync(TlsStream tls, TimeSpan limit, CancellationToken stop)
    {
        try
        {
            return await tls.HandshakeAsync(limit, stop);
        }
        catch (TlsException failure)
        {
            return new TlsHandshake(TlsHandshakeStatus.Failed, [failure.Message, .. failure.Details]);
        }
    }

    // It comes with a byte of its own, at once behind the status: nothing of it may be read as data.
    private async ValueTask<FileHandle> ReceiveDescriptorAsync(CancellationToken stop)
    {
        SocketStream socket = client.Socket ?? throw new IOException("no socket to receive a descriptor from");
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(RequestTime);
        try
        {
            (int errno, FileHandle descriptor) = await socket.TryReceiveDescriptorAsync(limit.Token);
            return errno == 0 ? descriptor : throw new LinuxException(errno, "recvmsg", "network connection");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException("timeout while receiving a network connection");
        }
    }

    private void Report(string peer, TlsSession session, string serverName)
    {
        if (shared.LogLevel.Verbose)
        {
            if (session.IsResumed)
            {
                TlsLog.Resumed(peer);
            }

            if (session.Peer is not null)
            {
                TlsLog.Peer(peer, session.Peer);
            }
        }

        if (shared.LogLevel.Summary)
        {
            if (session.Peer is not null && shared.RequiresCertificate)
            {
                TlsLog.Untrusted(peer, session);
            }

            TlsLog.Established(peer, session, serverName);
        }
    }

    private static TlsproxyContext ContextOf(TlsSession session, string endpoint) => new()
    {
        Endpoint = endpoint,
        PeerCn = session.Peer?.SubjectCn ?? "",
        IssuerCn = session.Peer?.IssuerCn ?? "",
        Fingerprint = session.Peer?.Fingerprint ?? "",
        KeyFingerprint = session.Peer?.KeyFingerprint ?? "",
        PeerStatus = session.Peer is null ? 0 : session.IsTrusted ? 3 : 1,
        Protocol = session.Protocol,
        Cipher = session.Cipher,
        CipherBits = session.CipherBits,
        AlgorithmBits = session.AlgorithmBits,
        KeyExchange = session.KeyExchange,
        ClientSignature = session.ClientSignature,
        ClientDigest = session.ClientDigest,
        ServerSignature = session.ServerSignature,
        ServerDigest = session.ServerDigest,
    };
}
