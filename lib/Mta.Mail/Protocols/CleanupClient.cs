using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Queue;
using NLog;

namespace Mta.Mail.Protocols;

/// <summary>
/// Client of the cleanup service. A service that cannot be reached is tried again as in Postfix (a warning and a pause,
/// ten times). Connections whose message was answered carry another one soon after. Safe for concurrent calls.
/// </summary>
/// <param name="service">Its name in master.cf (<c>cleanup_service_name</c>).</param>
/// <param name="directory">Where its socket is, below the queue directory.</param>
public sealed class CleanupClient(string service = "cleanup", string directory = "public")
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly KeptConnections _kept = new(TimeProvider.System);

    /// <summary>As main.cf says.</summary>
    /// <param name="looksAhead">See <see cref="LooksAhead"/>.</param>
    public static CleanupClient From(Configuration configuration, bool looksAhead = false) =>
        new(configuration.Get(GlobalParameters.CleanupServiceName)) { Timeout = configuration.Get(GlobalParameters.IpcTimeout), LooksAhead = looksAhead };

    /// <summary>
    /// Asks for the next message with the end of the one before, where messages follow each other: for a client that has
    /// somebody waiting for a queue ID.
    /// </summary>
    public bool LooksAhead { get; init; }

    /// <summary>How often an unreachable service is tried.</summary>
    public int ConnectAttempts { get; init; } = 10;

    /// <summary>The pause between two tries.</summary>
    public TimeSpan ConnectPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for each read and flush (<c>ipc_timeout</c>).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>Opens a new message. The caller disposes the session; without <see cref="CleanupSession.FinishAsync"/> there is no message.</summary>
    /// <exception cref="IOException">The service cannot be reached or does not speak its protocol.</exception>
    public async ValueTask<CleanupSession> OpenAsync(CleanupFlags flags, CancellationToken stop)
    {
        string path = $"{directory}/{service}";
        while (_kept.TryTake() is { } kept)
        {
            try
            {
                return await BeginAsync(Over(kept), flags, kept, stop);
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                // The service does not keep connections, or not for so long. Nothing was lost with it.
                _kept.Refuse();
            }
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await BeginAsync(await ServiceConnection.ConnectAsync(path, null, Timeout, stop, CleanupSession.OutputCapacity, CleanupSession.InitialCapacity), flags, null, stop);
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                Log.Warn($"connect to {path} service: {error.Message}");
                if (attempt >= ConnectAttempts)
                {
                    throw new IOException($"unable to connect to the {path} service", error);
                }
            }

            await Task.Delay(ConnectPause, stop);
        }
    }

    private ServiceConnection Over(KeptConnection kept) =>
        ServiceConnection.Over(kept.Stream, Timeout, CleanupSession.OutputCapacity, CleanupSession.InitialCapacity, kept.Received.Span);

    private async ValueTask<CleanupSession> BeginAsync(ServiceConnection connection, CleanupFlags flags, KeptConnection? kept, CancellationToken stop)
    {
        try
        {
            if (kept is { IsAsked: false })
            {
                CleanupProtocol.WriteAnother(connection.Writer);
                await connection.Output.FlushAsync(stop);
            }

            QueueId id = await CleanupProtocol.ReadGreetingAsync(connection.Reader, stop);
            if (kept is { IsAsked: true } && connection.IsStale)
            {
                throw new IOException("closed after its greeting");
            }

            CleanupProtocol.WriteFlags(connection.Writer, flags);
            return new CleanupSession(connection, id) { Keep = _kept.Add, AsksForAnother = LooksAhead && kept is not null };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
