using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;

namespace Mta.Postscreen;

/// <summary>Whether clients may or must use TLS.</summary>
internal enum ScreenTlsLevel
{
    None,
    May,
    Encrypt,
}

/// <summary>TLS for clients that are not let in yet: the TLS proxy speaks it.</summary>
internal sealed class ScreenTls(Configuration configuration)
{
    private readonly string _tlsproxy = "private/" + configuration.Get(TlsproxyParameters.TlsproxyServiceName);

    public ScreenTlsLevel Level { get; } = LevelOf(configuration);

    /// <summary>Puts TLS under a session: the proxy takes the client's connection and gives a stream of plain text.</summary>
    /// <param name="shown">The client, for the log.</param>
    /// <returns>The stream, which the caller owns; null when there is no TLS, which the log says.</returns>
    public async ValueTask<SocketStream?> StartAsync(ClientConnection connection, string shown, ScreenSettings settings, CancellationToken stop)
    {
        TimeSpan wait = TimeSpan.FromSeconds(10);
        SocketStream? stream = null;
        try
        {
            // The proxy's own patience with a silent session is longer than ours, which has a reply for it.
            TlsproxyRequest request = new(shown, TlsproxyFlags.Server, settings.StartTlsTimeout, settings.CommandTimeLimit + wait, "smtpd");
            stream = await TlsproxyProtocol.RequestAsync(_tlsproxy, request, wait, stop);
            if (stream is null)
            {
                LogLines.Warning($"{_tlsproxy} service has no TLS for {shown}");
                return null;
            }

            int errno = Posix.TrySendDescriptor(stream.Handle, connection.Socket!.Handle); // an internet client has a socket
            if (errno == 0)
            {
                return stream;
            }

            LogLines.Warning($"cannot pass connection to {_tlsproxy} service: {Errno.Text(errno)}");
        }
        catch (LinuxException error) when (stream is null)
        {
            LogLines.Warning($"connect to {_tlsproxy} service: {error.Reason}");
        }
        catch (Exception error) when (error is IOException or TimeoutException or AttributeFormatException)
        {
            LogLines.Warning($"problem receiving status from {_tlsproxy} service");
        }

        stream?.Dispose();
        return null;
    }

    private static ScreenTlsLevel LevelOf(Configuration configuration)
    {
        string level = configuration.Get(PostscreenParameters.PostscreenTlsSecurityLevel);
        switch (level)
        {
            case "":
                return configuration.Get(PostscreenParameters.PostscreenEnforceTls) ? ScreenTlsLevel.Encrypt
                    : configuration.Get(PostscreenParameters.PostscreenUseTls) ? ScreenTlsLevel.May
                    : ScreenTlsLevel.None;
            case "none":
                return ScreenTlsLevel.None;
            case "may":
                return ScreenTlsLevel.May;
            case "encrypt":
                return ScreenTlsLevel.Encrypt;
            default:
                LogLines.Warning($"{PostscreenParameters.PostscreenTlsSecurityLevel.Name}: unsupported TLS level \"{level}\", using \"encrypt\"");
                return ScreenTlsLevel.Encrypt;
        }
    }
}
