using Mta.Linux;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// The tlsproxy service: TLS on a network connection that the caller hands over, plain text on the Unix stream to the
/// caller. Private socket, one session per connection. The caller sends a request, is told whether there is TLS, passes
/// the descriptor, and goes on with the stream; whoever closes ends both sides.
/// </summary>
public static class TlsproxyProtocol
{
    /// <summary>What the server announces.</summary>
    public const string Name = "tlsproxy_protocol";

    private const int Ready = 1;

    /// <summary>Takes a request from a list that was read.</summary>
    /// <exception cref="AttributeFormatException">The request is malformed.</exception>
    public static TlsproxyRequest TakeRequest(AttributeReader reader)
    {
        TlsproxyRequest request = new(
            reader.String("remote_endpoint"u8),
            (TlsproxyFlags)reader.Int("flags"u8),
            Seconds(reader.Int("timeout"u8)),
            Seconds(reader.Int("timeout"u8)),
            reader.String("serverid"u8));
        reader.End();
        return request;
    }

    public static void WriteRequest(AttributeWriter writer, TlsproxyRequest request) => writer
        .String("remote_endpoint"u8, request.Endpoint)
        .Int("flags"u8, (int)request.Flags)
        .Int("timeout"u8, (int)request.HandshakeTimeout.TotalSeconds)
        .Int("timeout"u8, (int)request.SessionTimeout.TotalSeconds)
        .String("serverid"u8, request.ServerId)
        .End();

    /// <summary>Tells the caller whether there is TLS in the role that it asked for.</summary>
    public static void WriteStatus(AttributeWriter writer, bool isReady) => writer.Int("status"u8, isReady ? Ready : 0).End();

    /// <summary>Tells the caller what was agreed, where it asked for that.</summary>
    public static void WriteContext(AttributeWriter writer, TlsproxyContext context) => writer
        .String("peer_CN"u8, context.PeerCn)
        .String("issuer_CN"u8, context.IssuerCn)
        .String("peer_fingerprint"u8, context.Fingerprint)
        .String("peer_pubkey_fingerprint"u8, context.KeyFingerprint)
        .Int("level"u8, context.Level)
        .Int("peer_status"u8, context.PeerStatus)
        .String("cipher_protocol"u8, context.Protocol)
        .String("cipher_name"u8, context.Cipher)
        .Int("cipher_usebits"u8, context.CipherBits)
        .Int("cipher_algbits"u8, context.AlgorithmBits)
        .String("key_exchange"u8, context.KeyExchange)
        .String("key_exchange_curve"u8, "")
        .Int("key_exchange_bits"u8, 0)
        .String("clnt_signature"u8, context.ClientSignature)
        .String("clnt_signature_curve"u8, "")
        .Int("clnt_signature_bits"u8, 0)
        .String("clnt_signature_digest"u8, context.ClientDigest)
        .String("srvr_signature"u8, context.ServerSignature)
        .String("srvr_signature_curve"u8, "")
        .Int("srvr_signature_bits"u8, 0)
        .String("srvr_signature_digest"u8, context.ServerDigest)
        .String("namaddr"u8, context.Endpoint)
        .End();

    /// <summary>Asks for TLS on a connection.</summary>
    /// <param name="path">The service's socket, below the queue directory.</param>
    /// <param name="timeout">Longest wait for each step.</param>
    /// <returns>The stream of the session, which the caller owns; null when the service has no TLS.</returns>
    /// <exception cref="LinuxException">Nobody serves there.</exception>
    /// <exception cref="IOException">The service broke off.</exception>
    /// <exception cref="AttributeFormatException">The service broke off, or talks another protocol.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public static async ValueTask<SocketStream?> RequestAsync(string path, TlsproxyRequest request, TimeSpan timeout, CancellationToken stop)
    {
        SocketStream stream = await UnixSocket.ConnectAsync(path, stop).AsTask().WaitAsync(timeout, stop);
        try
        {
            using BufferedInput input = new(stream, 512) { Timeout = timeout };
            using BufferedOutput output = new(stream, 512) { Timeout = timeout };
            AttributeReader reader = new(input);
            await Announcement.ReadAsync(reader, Name, stop, path);
            WriteRequest(new AttributeWriter(output), request);
            await output.FlushAsync(stop);
            if (!await reader.ReadListAsync(stop))
            {
                throw new AttributeFormatException("premature end of file");
            }

            int status = reader.Int("status"u8);
            reader.End();
            if (status == Ready)
            {
                return stream;
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        stream.Dispose();
        return null;
    }

    // What a peer may ask for; a handshake or a pause without an end is nobody's wish.
    private static TimeSpan Seconds(int value) => TimeSpan.FromSeconds(Math.Clamp(value, 1, 24 * 60 * 60));
}

/// <summary>What a caller wants of the TLS proxy.</summary>
[Flags]
public enum TlsproxyFlags
{
    None = 0,

    /// <summary>The proxy is the server of the TLS session.</summary>
    Server = 1,

    /// <summary>The proxy is the client of the TLS session; a second list says how.</summary>
    Client = 2,

    /// <summary>After the handshake the caller is told what was agreed.</summary>
    SendsContext = 4,
}

/// <summary>A request for TLS on one connection.</summary>
/// <param name="Endpoint">The peer, for the log: <c>[address]:port</c>.</param>
/// <param name="HandshakeTimeout">Longest handshake.</param>
/// <param name="SessionTimeout">Longest silence of a session.</param>
/// <param name="ServerId">Name of the service that asks.</param>
public readonly record struct TlsproxyRequest(string Endpoint, TlsproxyFlags Flags, TimeSpan HandshakeTimeout, TimeSpan SessionTimeout, string ServerId);

/// <summary>What was agreed in a handshake, as the TLS proxy tells it.</summary>
public sealed record TlsproxyContext
{
    public string Endpoint { get; init; } = "";

    public string PeerCn { get; init; } = "";

    public string IssuerCn { get; init; } = "";

    public string Fingerprint { get; init; } = "";

    public string KeyFingerprint { get; init; } = "";

    /// <summary>Security level of a client; 0 in the server role.</summary>
    public int Level { get; init; }

    /// <summary>1 a certificate came, 2 it is trusted, as bits.</summary>
    public int PeerStatus { get; init; }

    public string Protocol { get; init; } = "";

    public string Cipher { get; init; } = "";

    public int CipherBits { get; init; }

    public int AlgorithmBits { get; init; }

    public string KeyExchange { get; init; } = "";

    public string ClientSignature { get; init; } = "";

    public string ClientDigest { get; init; } = "";

    public string ServerSignature { get; init; } = "";

    public string ServerDigest { get; init; } = "";
}
