using Mta.Config;
using Mta.Config.Parameters;
using Mta.Text;
using NLog;

namespace Mta.Mail.Protocols;

/// <summary>
/// The services <c>bounce</c>, <c>defer</c> and <c>trace</c>: logs of what became of recipients, and the notices made
/// from them. One request per connection, answered by a status (0 is success).
/// </summary>
public static class BounceProtocol
{
    public const string Name = "delivery_status_protocol";

    /// <summary>Writes a request; nothing is sent before the output is flushed.</summary>
    public static void WriteRequest(AttributeWriter writer, BounceRequest request)
    {
        writer.Int("nrequest"u8, (int)request.Kind).Int("flags"u8, (int)request.Flags);
        if (request.Kind == BounceRequestKind.Append)
        {
            writer.String("queue_id"u8, request.QueueId);
        }
        else
        {
            writer.String("queue_name"u8, request.QueueName)
                .String("queue_id"u8, request.QueueId)
                .String("encoding"u8, request.Encoding)
                .Int("smtputf8"u8, request.SmtpUtf8)
                .String("sender"u8, request.Sender)
                .String("envelope_id"u8, request.EnvelopeId)
                .Int("ret_flags"u8, (int)request.Ret);
        }

        if (request.Kind == BounceRequestKind.Verp)
        {
            writer.String("verp_delimiters"u8, request.VerpDelimiters);
        }

        if (request.Kind is BounceRequestKind.Append or BounceRequestKind.One)
        {
            request.Recipient.Write(writer);
            request.Dsn.Write(writer);
        }

        writer.End();
    }

    /// <summary>Reads a request. Attributes after the expected ones are tolerated, as Postfix does.</summary>
    /// <returns>Null when the client closed instead.</returns>
    /// <exception cref="AttributeFormatException">The request is malformed: answer -1.</exception>
    public static async ValueTask<BounceRequest?> ReadRequestAsync(AttributeReader reader, CancellationToken stop) =>
        await reader.ReadListAsync(stop) ? Parse(reader) : null;

    /// <summary>Writes the answer: 0 is success.</summary>
    public static void WriteStatus(AttributeWriter writer, int status) => writer.Int("status"u8, status).End();

    private static BounceRequest Parse(AttributeReader reader)
    {
        BounceRequestKind kind = (BounceRequestKind)reader.Int("nrequest"u8);
        if (!Enum.IsDefined(kind))
        {
            throw new AttributeFormatException($"unknown command: {(int)kind}");
        }

        BounceRequest request = new() { Kind = kind, Flags = (DeliveryFlags)reader.Int("flags"u8) };
        if (kind != BounceRequestKind.Append)
        {
            request.QueueName = reader.String("queue_name"u8);
        }

        request.QueueId = reader.String("queue_id"u8);
        if (kind != BounceRequestKind.Append)
        {
            request.Encoding = reader.String("encoding"u8);
            if (reader.PeekName.SequenceEqual("sendopts"u8))
            {
                request.SmtpUtf8 = reader.Int("sendopts"u8);
            }
            else if (kind != BounceRequestKind.TraceFlush || reader.PeekName.SequenceEqual("smtputf8"u8))
            {
                // Postfix 3.7's synchronous client leaves the field out of a trace flush.
                request.SmtpUtf8 = reader.Int("smtputf8"u8);
            }

            request.Sender = reader.String("sender"u8);
            request.EnvelopeId = reader.String("envelope_id"u8);
            request.Ret = (DsnReturn)reader.Int("ret_flags"u8);
        }

        if (kind == BounceRequestKind.Verp)
        {
            request.VerpDelimiters = reader.String("verp_delimiters"u8);
        }

        if (kind is BounceRequestKind.Append or BounceRequestKind.One)
        {
            request.Recipient = DeliveryRecipient.Read(reader);
            request.Dsn = Dsn.Read(reader);
        }

        return request;
    }
}

/// <summary>The verbs of the bounce services.</summary>
public enum BounceRequestKind
{
    /// <summary>Add a recipient to the message's log.</summary>
    Append = 0,

    /// <summary>Send the notice made from the log, then delete the log.</summary>
    Flush = 1,

    /// <summary>Send a delay notice; the log stays.</summary>
    Warn = 2,

    /// <summary>As <see cref="Flush"/>, one notice per recipient.</summary>
    Verp = 3,

    /// <summary>Send a notice about one recipient at once, without a log; the service named <c>bounce</c> only.</summary>
    One = 4,

    /// <summary>Send the delivery status notice made from a trace log.</summary>
    TraceFlush = 5,
}

/// <summary>A request to a bounce service; which fields count depends on <see cref="Kind"/>.</summary>
public sealed class BounceRequest
{
    public BounceRequestKind Kind { get; set; }

    /// <summary>1: delete the log when something fails. 2: mark logged recipients done. Upper bits: <see cref="DeliveryFlags.TraceMask"/>.</summary>
    public DeliveryFlags Flags { get; set; }

    public string QueueName { get; set; } = "";

    public string QueueId { get; set; } = "";

    public string Encoding { get; set; } = "";

    public int SmtpUtf8 { get; set; }

    public string Sender { get; set; } = "";

    public string EnvelopeId { get; set; } = "";

    public DsnReturn Ret { get; set; }

    /// <summary>Two characters.</summary>
    public string VerpDelimiters { get; set; } = "";

    public DeliveryRecipient Recipient { get; set; } = NoRecipient;

    public Dsn Dsn { get; set; } = Dsn.Empty;

    private static DeliveryRecipient NoRecipient { get; } = new("", "", -1);
}

/// <summary>Which of the three services.</summary>
public enum BounceService
{
    Bounce,
    Defer,
    Trace,
}

/// <summary>
/// Client of the bounce services. A service that cannot be reached is tried again as in Postfix (a warning and a
/// pause, ten times); after that the call fails, and the caller keeps the recipient. Safe for concurrent calls.
/// </summary>
/// <param name="names">master.cf names of the three services.</param>
/// <param name="directory">Where their sockets are, below the queue directory.</param>
public sealed class BounceClient(BounceServiceNames names, string directory = "private")
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>How often an unreachable service is tried.</summary>
    public int ConnectAttempts { get; init; } = 10;

    /// <summary>The pause between two tries.</summary>
    public TimeSpan ConnectPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for each read and flush; Postfix's queue manager uses the same.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1000);

    /// <summary>Sends one request.</summary>
    /// <returns>The service's status; -1 when it could not be asked.</returns>
    public async ValueTask<int> SendAsync(BounceService service, BounceRequest request, CancellationToken stop)
    {
        string path = $"{directory}/{names.Of(service)}";
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using ServiceConnection connection = await ServiceConnection.ConnectAsync(path, BounceProtocol.Name, Timeout, stop);
                return await AskAsync(connection, request, stop);
            }
            catch (RequestFailedException failed)
            {
                Log.Warn($"{path} service: {failed.InnerException!.Message}");
                return -1;
            }
            catch (Exception error) when (error is IOException or TimeoutException)
            {
                string what = ConnectAttempts > 1 ? $"connect #{attempt} to subsystem" : "connect to";
                Log.Warn($"{what} {path}: {(error is Linux.LinuxException refused ? refused.Reason : error.Message)}");
                if (attempt >= ConnectAttempts)
                {
                    return -1;
                }
            }

            await Task.Delay(ConnectPause, stop);
        }
    }

    /// <summary>Adds a recipient to the log of the message.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public ValueTask<int> AppendAsync(BounceService service, DeliveryFlags flags, string queueId, DeliveryRecipient recipient, Dsn dsn, CancellationToken stop) =>
        SendAsync(service, new BounceRequest { Kind = BounceRequestKind.Append, Flags = flags, QueueId = queueId, Recipient = recipient, Dsn = dsn }, stop);

    private static async ValueTask<int> AskAsync(ServiceConnection connection, BounceRequest request, CancellationToken stop)
    {
        // After the request went out nothing is repeated: the service may have acted upon it.
        try
        {
            BounceProtocol.WriteRequest(connection.Writer, request);
            await connection.Output.FlushAsync(stop);
            if (!await connection.Reader.ReadListAsync(stop))
            {
                throw new AttributeFormatException("premature end of file while reading the status");
            }

            int status = connection.Reader.Int("status"u8);
            return status;
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            throw new RequestFailedException(error);
        }
    }

    private sealed class RequestFailedException(Exception inner) : Exception(inner.Message, inner);
}

/// <summary>Names of the bounce services in master.cf (<c>bounce_service_name</c> and its sisters).</summary>
public sealed record BounceServiceNames(string Bounce = "bounce", string Defer = "defer", string Trace = "trace")
{
    /// <summary>As main.cf says.</summary>
    public static BounceServiceNames From(Configuration configuration) => new(
        configuration.Get(GlobalParameters.BounceServiceName),
        configuration.Get(GlobalParameters.DeferServiceName),
        configuration.Get(GlobalParameters.TraceServiceName));

    public string Of(BounceService service) => service switch
    {
        BounceService.Bounce => Bounce,
        BounceService.Defer => Defer,
        BounceService.Trace => Trace,
    };
}
