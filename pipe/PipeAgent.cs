using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Pipe;

/// <summary>Delivers to the command of its master.cf entry, one run per request. Serves all clients of the process.</summary>
internal sealed class PipeAgent
{
    private const string ConfigurationError = "mail system configuration error";
    private const int ShownOutput = 100;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly DeliveryAgent _agent;
    private readonly OrderRunner _runner;
    private readonly PipeArguments _arguments;
    private readonly CommandMacros _macros;
    private readonly CommandUser _user;
    private readonly TimeSpan _timeLimit;
    private readonly string _service;
    private readonly string _masterFile;
    private readonly string _runAs;
    private readonly string _export;
    private readonly bool _utf8;

    /// <exception cref="FatalException">The master.cf entry does not make sense.</exception>
    public PipeAgent(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        _service = context.ServiceName;
        _arguments = PipeArguments.Parse(context.Arguments);
        _user = CommandUser.Find(_arguments.User, configuration);
        _utf8 = configuration.Get(GlobalParameters.Smtputf8Enable);
        _macros = new CommandMacros(_arguments, configuration.Get(GlobalParameters.RecipientDelimiter), _utf8);
        _agent = DeliveryAgents.Create(configuration, context.Tables, _service, PipeParameters.PipeDeliveryStatusFilter);
        _runner = OrderRunner.Create(context.ProcessName, 0);
        _timeLimit = configuration.Get(GlobalParameters.CommandTimeLimit, _service);
        _masterFile = $"{configuration.Directory}/master.cf";
        _runAs = $"{configuration.Get(GlobalParameters.DaemonDirectory)}/run-as";
        _export = configuration.Get(GlobalParameters.ExportEnvironment);
    }

    public Task ServeAsync(ClientConnection client) => _agent.ServeAsync(client.Input, client.Output, HandleAsync, client.BetweenRequests);

    public async ValueTask HandleAsync(Delivery.Delivery delivery, CancellationToken stop)
    {
        DeliveryRequest request = delivery.Request;
        if (request.Recipients.Count > 1 && (_arguments.Flags & (PipeFlags.DeliveredTo | PipeFlags.OriginalTo)) != 0)
        {
            char flag = _arguments.Flags.HasFlag(PipeFlags.DeliveredTo) ? 'D' : 'O';
            Log.Warn($"pipe flag `{flag}' requires {_service}_destination_recipient_limit = 1");
            await FailAllAsync(delivery, new Dsn("4.3.5", "", ConfigurationError), stop);
            return;
        }

        if (_arguments.SizeLimit > 0 && request.ContentLength > _arguments.SizeLimit)
        {
            await FailAllAsync(delivery, new Dsn("5.2.3", "", "message too large"), stop);
            return;
        }

        if (delivery.IsProbe)
        {
            await SucceedAllAsync(delivery, new Dsn("2.0.0", "", $"delivers to command: {_arguments.Command[0]}"), stop);
            return;
        }

        // With this flag there is one recipient.
        DeliveryRecipient first = request.Recipients[0];
        if (_arguments.Flags.HasFlag(PipeFlags.DeliveredTo)
            && DeliveredToHeaders.Read(delivery).Contains(CaseFolding.Fold(AddressSyntax.ToExternal(first.Address), _utf8)))
        {
            await FailAllAsync(delivery, new Dsn("5.4.6", "", $"mail forwarding loop for {first.Address}"), stop);
            return;
        }

        if (_macros.Expand(request, out string error) is not { } words)
        {
            Log.Warn($"file {_masterFile}: service {_service}: {error}");
            await FailAllAsync(delivery, new Dsn("4.3.5", "", ConfigurationError), stop);
            return;
        }

        OrderResult result = await _runner.RunAsync(Order(request, words), delivery.File.File);
        foreach (string warning in result.Warnings)
        {
            Log.Warn(warning);
        }

        await ReportAsync(delivery, result, stop);
    }

    private async ValueTask ReportAsync(Delivery.Delivery delivery, OrderResult result, CancellationToken stop)
    {
        if (result.Outcome == OrderOutcome.Corrupt)
        {
            delivery.MarkCorrupt();
        }
        else if (CommandStatus.FailureOf(result, _arguments.Command[0]) is { } failure)
        {
            await FailAllAsync(delivery, failure, stop);
        }
        else
        {
            string output = result.Reason.TrimEnd(' ');
            output = output.Length > ShownOutput ? output[..ShownOutput] : output;
            string action = _arguments.Flags.HasFlag(PipeFlags.IsFinal) ? "delivered" : "relayed";
            await SucceedAllAsync(delivery, new Dsn("2.0.0", action, $"delivered via {_service} service{(output.Length > 0 ? $" ({output})" : "")}"), stop);
        }
    }

    private CommandOrder Order(DeliveryRequest request, List<string> words)
    {
        PipeFlags flags = _arguments.Flags;
        DeliveryRecipient first = request.Recipients[0];
        byte[] head = MessageHead.Build(
            request.Sender.Length == 0 ? _arguments.NullSender : request.Sender,
            flags.HasFlag(PipeFlags.FromLine) ? DateTime.Now : null,
            flags.HasFlag(PipeFlags.OriginalTo) ? first.OriginalRecipient : "",
            flags.HasFlag(PipeFlags.DeliveredTo) ? first.Address : "",
            flags.HasFlag(PipeFlags.ReturnPath));
        if (_arguments.LineEnd != "\n")
        {
            head = ByteString.ToBytes(ByteString.FromBytes(head).Replace("\n", _arguments.LineEnd, StringComparison.Ordinal));
        }

        return new CommandOrder(_user.UserId, _user.GroupId, words, ExportedEnvironment.Build(_export), head, request.ContentOffset)
        {
            Directory = _arguments.Directory,
            Root = _arguments.Root,
            RunAs = _runAs,
            TimeLimit = _timeLimit,
            LineEnd = ByteString.ToBytes(_arguments.LineEnd),
            Options = (flags.HasFlag(PipeFlags.BlankLine) ? CopyOptions.BlankLine : CopyOptions.None)
                | (flags.HasFlag(PipeFlags.QuoteFrom) ? CopyOptions.QuoteFrom : CopyOptions.None)
                | (flags.HasFlag(PipeFlags.DotStuff) ? CopyOptions.DotStuff : CopyOptions.None),
        };
    }

    private async ValueTask SucceedAllAsync(Delivery.Delivery delivery, Dsn dsn, CancellationToken stop)
    {
        foreach (DeliveryRecipient recipient in delivery.Request.Recipients)
        {
            delivery.Finish(recipient, await delivery.SentAsync(recipient, _service, dsn, stop));
        }
    }

    private async ValueTask FailAllAsync(Delivery.Delivery delivery, Dsn dsn, CancellationToken stop)
    {
        foreach (DeliveryRecipient recipient in delivery.Request.Recipients)
        {
            delivery.Finish(recipient, await delivery.FailedAsync(recipient, _service, dsn, stop));
        }
    }
}
