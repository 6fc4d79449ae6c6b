using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Tls;

namespace Mta.Config;

/// <summary>TLS between a table and its server: the certificate counts when a trusted authority vouches for it and it has the name.</summary>
internal static class TableSecurity
{
    /// <exception cref="TableException">A file is missing, or makes no sense to the library.</exception>
    public static StreamSecurer Prepare(Configuration configuration, TableTls settings)
    {
        bool trustsSystem = settings.CaFile.Length == 0 && settings.CaDirectory.Length == 0;
        try
        {
            TlsLibrary.Load(configuration.Get(TlsParameters.TlsConfigFile), configuration.Get(TlsParameters.TlsConfigName));
            TlsClientContext context = new(new TlsClientSettings
            {
                CaFile = settings.CaFile,
                CaPath = settings.CaDirectory,
                TrustsSystem = trustsSystem,
                Credentials = new TlsCredentialFiles { Certificate = settings.CertificateFile, Key = settings.KeyFile },
            });
            if (!TlsProtocols.TryParse(">=TLSv1.2", out TlsProtocols protocols))
            {
                throw new InvalidOperationException("the protocol list is known");
            }

            TlsClientOptions options = new() { Protocols = protocols, Ciphers = "HIGH:!aNULL:!eNULL", ServerName = settings.ServerName, MultiLabelWildcards = false };
            return (plain, timeout, stop) => SecureAsync(context, options, plain, timeout, stop);
        }
        catch (TlsException failure)
        {
            throw new TableException(failure.Details.Count > 0 ? $"{failure.Message}: {failure.Details[0]}" : failure.Message, failure);
        }
    }

    private static async ValueTask<Stream> SecureAsync(TlsClientContext context, TlsClientOptions options, Stream plain, TimeSpan timeout, CancellationToken stop)
    {
        TlsStream stream = TlsStream.Client(context, plain, options);
        try
        {
            TlsHandshake handshake = await stream.HandshakeAsync(timeout, stop);
            switch (handshake.Status)
            {
                case TlsHandshakeStatus.Done:
                    break;
                case TlsHandshakeStatus.Timeout:
                    throw new TimeoutException("TLS handshake timed out");
                default:
                    throw new IOException($"TLS handshake failed{(handshake.Errors.Count > 0 ? ": " + handshake.Errors[0] : "")}");
            }

            TlsSession session = TlsSession.Of(stream, "sha256", isServer: false);
            if (!session.IsTrusted)
            {
                throw new IOException($"server certificate is not trusted: {TlsLibrary.VerifyErrorText(session.VerifyError)}");
            }

            TlsCertificate peer = session.Peer!; // A trusted session has one.
            IReadOnlyList<string> names = peer.HasDnsNames ? peer.DnsNames : [peer.SubjectCn];
            if (!names.Any(name => CertificateNames.Matches(name, options.ServerName, multiLabel: false)))
            {
                throw new IOException($"server certificate is not for {options.ServerName}");
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
