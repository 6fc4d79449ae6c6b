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
/// Client of the verify service over one persistent stream. Calls from several sessions take turns. A lost stream is
/// opened again a few times, one second apart; after that the call fails.
/// </summary>
/// <param name="path">The service's socket, below the queue directory.</param>
public sealed class VerifyClient(string path = "private/verify") : IDisposable
{
    private const int Attempts = 10;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3600);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ServiceConnection? _connection;

    /// <summary>The pause between two tries.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Asks for an address; a probe is sent when nothing fresh is known.</summary>
    public async ValueTask<VerifyReply> QueryAsync(string address, CancellationToken stop) =>
        await CallAsync(
            writer => VerifyProtocol.WriteQuery(writer, address),
            static reader =>
            {
                VerifyOutcome outcome = (VerifyOutcome)reader.Int("status"u8);
                VerifyStatus status = (VerifyStatus)reader.Int("recipient_status"u8);
                return new VerifyReply(outcome, status, reader.String("reason"u8));
            },
            stop) ?? new VerifyReply(VerifyOutcome.Failed, VerifyStatus.Unknown, "address verification service failed");

    /// <summary>Stores a probe's result.</summary>
    public async ValueTask<VerifyOutcome> UpdateAsync(string address, VerifyStatus status, string reason, CancellationToken stop) =>
        await CallAsync(
            writer => VerifyProtocol.WriteUpdate(writer, address, status, reason),
            static reader => new VerifyReply((VerifyOutcome)reader.Int("status"u8), default, ""),
            stop) is { } reply ? reply.Outcome : VerifyOutcome.Failed;

    public void Dispose()
    {
        _connection?.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<VerifyReply?> CallAsync(Action<AttributeWriter> ask, Func<AttributeReader, VerifyReply> parse, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    if (_connection is { IsStale: true })
                    {
                        Drop();
                    }

                    _connection ??= await ServiceConnection.ConnectAsync(path, VerifyProtocol.Name, Timeout, stop);
                    ask(_connection.Writer);
                    await _connection.Output.FlushAsync(stop);
                    if (!await _connection.Reader.ReadListAsync(stop))
                    {
                        throw new AttributeFormatException("premature end of file while reading the status");
                    }

                    VerifyReply reply = parse(_connection.Reader);
                    _connection.Reader.End();
                    _connection.Reader.Leave();
                    return reply;
                }
                catch (Exception error) when (error is IOException or TimeoutException)
                {
                    Drop();
                    if (attempt > 1)
                    {
                        Log.Warn($"problem talking to service {path}: {error.Message}");
                    }

                    if (attempt >= Attempts)
                    {
                        return null;
                    }
                }
                catch (OperationCanceledException)
                {
                    Drop();
                    throw;
                }

                await Task.Delay(RetryPause, stop);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
