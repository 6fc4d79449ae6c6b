using System.Collections.Concurrent;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Text;
using NLog;

namespace Mta.Mail.Protocols;

/// <summary>The verify service: what is known about the deliverability of addresses. Persistent connections.</summary>
public static class VerifyProtocol
{
    /// <summary>Spelled as Postfix spells it.</summary>
    public const string Name = "address_verification_prrotocol";

    /// <summary>Reads a request.</summary>
    /// <returns>Null when the client closed.</returns>
    /// <exception cref="AttributeFormatException">The request is malformed.</exception>
    public static async ValueTask<VerifyRequest?> ReadRequestAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            return null;
        }

        string verb = reader.String("request"u8);
        switch (verb)
        {
            case "query":
                VerifyRequest query = new(VerifyRequestKind.Query, reader.String("address"u8), default, "");
                reader.End();
                return query;
            case "update":
                string address = reader.String("address"u8);
                VerifyStatus status = (VerifyStatus)reader.Int("recipient_status"u8);
                VerifyRequest update = new(VerifyRequestKind.Update, address, status, reader.String("reason"u8));
                reader.End();
                return update;
            default:
                return new VerifyRequest(VerifyRequestKind.Unknown, verb, default, "");
        }
    }

    public static void WriteQuery(AttributeWriter writer, string address) =>
        writer.String("request"u8, "query").String("address"u8, address).End();

    public static void WriteUpdate(AttributeWriter writer, string address, VerifyStatus status, string reason) => writer
        .String("request"u8, "update")
        .String("address"u8, address)
        .Int("recipient_status"u8, (int)status)
        .String("reason"u8, reason)
        .End();

    public static void WriteQueryReply(AttributeWriter writer, VerifyOutcome outcome, VerifyStatus status, string reason) => writer
        .Int("status"u8, (int)outcome)
        .Int("recipient_status"u8, (int)status)
        .String("reason"u8, reason)
        .End();

    public static void WriteStatus(AttributeWriter writer, VerifyOutcome outcome) => writer.Int("status"u8, (int)outcome).End();
}

/// <summary>The service's answer about the request itself.</summary>
public enum VerifyOutcome
{
    Ok = 0,
    Failed = -1,
    BadRequest = -2,
}

/// <summary>What is known about an address.</summary>
public enum VerifyStatus
{
    Ok = 0,
    Defer = 1,
    Bounce = 2,

    /// <summary>A probe is under way.</summary>
    Unknown = 3,
}

public enum VerifyRequestKind
{
    Query,
    Update,
    Unknown,
}

/// <summary>A request to the verify service. For an unknown verb, <paramref name="Address"/> is the verb.</summary>
public sealed record VerifyRequest(VerifyRequestKind Kind, string Address, VerifyStatus Status, string Reason);

/// <summary>The service's knowledge about an address.</summary>
public sealed record VerifyReply(VerifyOutcome Outcome, VerifyStatus Status, string Reason);

/// <summary>
/// Client of the verify service. Persistent streams, one call at a time on each, so that a slow answer holds up its own
/// session only. A call that fails is tried again, one second apart; then it gives up. Safe for
/// concurrent calls.
/// </summary>
/// <param name="path">The service's socket, below the queue directory.</param>
public sealed class VerifyClient(string path = "private/verify") : IDisposable
{
    private const int MaxIdle = 16;

    // A client waits for the answer; a result, for which a probe was sent, is worth more patience.
    private const int QueryAttempts = 3;
    private const int UpdateAttempts = 10;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);
    private readonly ConcurrentBag<ServiceConnection> _idle = [];

    /// <summary>As main.cf says (<c>address_verify_service_name</c>).</summary>
    public static VerifyClient From(Configuration configuration) => new("private/" + configuration.Get(VerifyParameters.AddressVerifyServiceName));

    /// <summary>The pause between two tries.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Asks for an address; a probe is sent when nothing fresh is known.</summary>
    /// <returns>Where the service cannot be asked, an outcome that failed with the reason, which is not logged here.</returns>
    public ValueTask<VerifyReply> QueryAsync(string address, CancellationToken stop) =>
        CallAsync(
            writer => VerifyProtocol.WriteQuery(writer, address),
            static reader =>
            {
                VerifyOutcome outcome = (VerifyOutcome)reader.Int("status"u8);
                VerifyStatus status = (VerifyStatus)reader.Int("recipient_status"u8);
                return new VerifyReply(outcome, status, reader.String("reason"u8));
            },
            QueryAttempts,
            stop);

    /// <summary>Stores a probe's result.</summary>
    public async ValueTask<VerifyOutcome> UpdateAsync(string address, VerifyStatus status, string reason, CancellationToken stop)
    {
        VerifyReply reply = await CallAsync(
            writer => VerifyProtocol.WriteUpdate(writer, address, status, reason),
            static reader => new VerifyReply((VerifyOutcome)reader.Int("status"u8), default, ""),
            UpdateAttempts,
            stop);
        if (reply.Reason.Length > 0)
        {
            Log.Warn(reply.Reason);
        }

        return reply.Outcome;
    }

    public void Dispose()
    {
        while (_idle.TryTake(out ServiceConnection? connection))
        {
            connection.Dispose();
        }
    }

    private async ValueTask<VerifyReply> CallAsync(Action<AttributeWriter> ask, Func<AttributeReader, VerifyReply> parse, int attempts, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            ServiceConnection? connection = TakeIdle();
            try
            {
                connection ??= await ServiceConnection.ConnectAsync(path, VerifyProtocol.Name, Timeout, stop);
                ask(connection.Writer);
                await connection.Output.FlushAsync(stop);
                if (!await connection.Reader.ReadListAsync(stop))
                {
                    throw new AttributeFormatException("premature end of file while reading the status");
                }

                VerifyReply reply = parse(connection.Reader);
                connection.Reader.End();
                connection.Reader.Leave();
                Return(connection);
                return reply;
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                connection?.Dispose();
                if (attempt >= attempts)
                {
                    return new VerifyReply(VerifyOutcome.Failed, VerifyStatus.Unknown, $"problem talking to service {path}: {error.Message}");
                }
            }
            catch (OperationCanceledException)
            {
                connection?.Dispose();
                throw;
            }

            await Task.Delay(RetryPause, stop);
        }
    }

    private ServiceConnection? TakeIdle()
    {
        while (_idle.TryTake(out ServiceConnection? connection))
        {
            if (!connection.IsStale)
            {
                return connection;
            }

            connection.Dispose();
        }

        return null;
    }

    private void Return(ServiceConnection connection)
    {
        if (_idle.Count < MaxIdle)
        {
            _idle.Add(connection);
        }
        else
        {
            connection.Dispose();
        }
    }
}
