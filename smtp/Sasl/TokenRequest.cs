using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mta.Dns;
using Mta.Linux;
using Mta.Text;
using Mta.Tls;

namespace Mta.Smtp.Sasl;

/// <summary>
/// One HTTP/1.1 request to a token endpoint (RFC 9112): a form is sent, and a small answer read. Whatever the other side sends,
/// or does not, the cost is bounded: 64 KiB, and the caller's deadline.
/// </summary>
internal sealed class TokenRequest : IDisposable
{
    private const int MaxHead = 16 << 10;
    private const int MaxBody = 64 << 10;

    private readonly BufferedInput _input;
    private readonly BufferedOutput _output;
    private readonly TokenEndpoint _endpoint;

    private TokenRequest(Stream stream, TokenEndpoint endpoint)
    {
        _input = new BufferedInput(stream);
        _output = new BufferedOutput(stream);
        _endpoint = endpoint;
    }

    /// <exception cref="IOException">There is no answer, or none that can be used.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>: the deadline.</exception>
    public static async ValueTask<(int Status, byte[] Body)> PostAsync(TokenEndpoint endpoint, string form, NativeNames names, CancellationToken stop)
    {
        try
        {
            await using SocketStream socket = await ConnectAsync(endpoint, names, stop);
            if (!endpoint.IsTls)
            {
                using TokenRequest plain = new(socket, endpoint);
                return await plain.RunAsync(form, stop);
            }

            TlsLibrary.Load();
            using TlsClientContext context = new(new TlsClientSettings { CaFile = endpoint.CaFile });
            await using TlsStream tls = TlsStream.Client(context, socket, new TlsClientOptions
            {
                Protocols = TlsProtocols.TryParse(">=TLSv1.2", out TlsProtocols protocols) ? protocols : default,
                ServerName = IPAddress.TryParse(endpoint.Host, out _) ? "" : endpoint.Host,
            });
            TlsHandshake handshake = await tls.HandshakeAsync(Timeout.InfiniteTimeSpan, stop);
            if (!handshake.IsDone)
            {
                throw new IOException(handshake.Errors.Count > 0 ? $"no TLS: {handshake.Errors[0]}" : "no TLS: the connection is lost");
            }

            Judge(TlsSession.Of(tls, "sha256", isServer: false), endpoint.Host);
            using TokenRequest request = new(tls, endpoint);
            return await request.RunAsync(form, stop);
        }
        catch (TlsException failure)
        {
            throw new IOException(failure.Message, failure);
        }
        catch (InvalidDataException failure)
        {
            throw new IOException("the answer is too long, or malformed", failure);
        }
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private static async ValueTask<SocketStream> ConnectAsync(TokenEndpoint endpoint, NativeNames names, CancellationToken stop)
    {
        NativeAddresses found = IPAddress.TryParse(endpoint.Host, out IPAddress? literal)
            ? new NativeAddresses(0, [literal])
            : await names.AddressesAsync(endpoint.Host, AddressFamily.Unspecified, stop);
        return await SocketStream.ConnectToFirstAsync(found.Addresses.Select(address => new IPEndPoint(address, endpoint.Port)), $"host {endpoint.Host}: {found.Text}", stop);
    }

    // The form holds secrets: they are for the endpoint alone.
    private static void Judge(TlsSession session, string host)
    {
        if (session.Peer is not { } peer || !session.IsTrusted)
        {
            throw new IOException("its certificate is not trusted: " + TlsLibrary.VerifyErrorText(session.VerifyError));
        }

        if (!(peer.HasDnsNames ? peer.DnsNames : [peer.SubjectCn]).Any(name => CertificateNames.Matches(name, host, multiLabel: false)))
        {
            throw new IOException("its certificate is for another host");
        }
    }

    private async ValueTask<(int Status, byte[] Body)> RunAsync(string form, CancellationToken stop)
    {
        bool isDefaultPort = _endpoint.Port == (_endpoint.IsTls ? 443 : 80);
        string host = _endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{_endpoint.Host}]" : _endpoint.Host;
        _output.Write($"POST {_endpoint.Path} HTTP/1.1\r\nHost: {host}{(isDefaultPort ? "" : ":" + _endpoint.Port.ToString(CultureInfo.InvariantCulture))}\r\n");
        _output.Write($"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\nAccept: application/json\r\nConnection: close\r\n\r\n");
        _output.Write(form);
        await _output.FlushAsync(stop);

        int status;
        int length = -1;
        bool isChunked = false;
        do
        {
            status = StatusOf(await ReadLineAsync(stop));
            int head = 0;
            for (string line = await ReadLineAsync(stop); line.Length > 0; line = await ReadLineAsync(stop))
            {
                head += line.Length + 2;
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0 || head > MaxHead)
                {
                    throw new InvalidDataException();
                }

                string value = line[(colon + 1)..].Trim();
                if (Ascii.EqualsIgnoreCase(line.AsSpan(0, colon), "Content-Length"))
                {
                    length = Number(value, NumberStyles.None);
                }
                else if (Ascii.EqualsIgnoreCase(line.AsSpan(0, colon), "Transfer-Encoding"))
                {
                    isChunked = Ascii.EqualsIgnoreCase(value, "chunked") ? true : throw new InvalidDataException();
                }
            }
        }
        while (status / 100 == 1); // RFC 9110 §15.2: an answer proper follows.

        byte[] body = isChunked ? await ReadChunksAsync(stop) : length >= 0 ? await ReadAsync(length, stop) : await ReadToEndAsync(stop);
        return (status, body);
    }

    private static int StatusOf(string line)
    {
        const int codeStart = 9;
        const int codeEnd = 12;
        return line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line.Length >= codeEnd ? Number(line[codeStart..codeEnd], NumberStyles.None) : throw new InvalidDataException();
    }

    private static int Number(string text, NumberStyles style) =>
        int.TryParse(text, style, CultureInfo.InvariantCulture, out int number) && number is >= 0 and <= MaxBody ? number : throw new InvalidDataException();

    private async ValueTask<byte[]> ReadChunksAsync(CancellationToken stop)
    {
        List<byte> body = [];
        while (true)
        {
            string line = await ReadLineAsync(stop);
            int size = Number(line.Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier);
            if (size == 0)
            {
                return [.. body];
            }

            if (body.Count + size > MaxBody)
            {
                throw new InvalidDataException();
            }

            body.AddRange(await ReadAsync(size, stop));
            if ((await ReadLineAsync(stop)).Length > 0)
            {
                throw new InvalidDataException();
            }
        }
    }

    private async ValueTask<byte[]> ReadToEndAsync(CancellationToken stop)
    {
        while (await _input.FillAsync(MaxBody, stop))
        {
        }

        return _input.Available.ToArray();
    }

    private async ValueTask<byte[]> ReadAsync(int length, CancellationToken stop)
    {
        while (_input.Available.Length < length)
        {
            if (!await _input.FillAsync(MaxBody + MaxHead, stop))
            {
                throw new IOException("the connection is lost");
            }
        }

        byte[] bytes = _input.Available[..length].ToArray();
        _input.Consume(length);
        return bytes;
    }

    private async ValueTask<string> ReadLineAsync(CancellationToken stop)
    {
        while (true)
        {
            int end = _input.Available.IndexOf((byte)'\n');
            if (end >= 0)
            {
                string line = ByteString.FromBytes(_input.Available[..end].TrimEnd((byte)'\r'));
                _input.Consume(end + 1);
                return line;
            }

            if (!await _input.FillAsync(MaxHead, stop))
            {
                throw new IOException("the connection is lost");
            }
        }
    }
}
