using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Linux;
using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Spawn;

/// <summary>Gives each client a command of its own, with the client's connection as standard input, output and error.</summary>
internal sealed class SpawnServer
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly OrderRunner _runner;
    private readonly ServeOrder _order;

    /// <exception cref="FatalException">The master.cf entry does not make sense.</exception>
    public SpawnServer(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        string user = "";
        List<string> command = [];
        for (int i = 0; i < context.Arguments.Count && command.Count == 0; i++)
        {
            string word = context.Arguments[i];
            if (word.StartsWith("user=", StringComparison.OrdinalIgnoreCase))
            {
                user = word["user=".Length..];
            }
            else if (word.StartsWith("argv=", StringComparison.OrdinalIgnoreCase))
            {
                command = [word["argv=".Length..], .. context.Arguments.Skip(i + 1)];
            }
            else
            {
                throw new FatalException($"unknown attribute name: {Printable.Neutralize(word)}");
            }
        }

        if (user.Length == 0)
        {
            throw new FatalException("missing user= command-line attribute");
        }

        if (command.Count == 0 || command[0].Length == 0)
        {
            throw new FatalException("missing argv= command-line attribute");
        }

        CommandUser identity = CommandUser.Find(user, configuration);
        _runner = OrderRunner.Create(context.ProcessName, 0);
        _order = new ServeOrder(identity.UserId, identity.GroupId, command, ExportedEnvironment.Build(configuration.Get(GlobalParameters.ExportEnvironment)))
        {
            RunAs = $"{configuration.Get(GlobalParameters.DaemonDirectory)}/run-as",
            TimeLimit = configuration.Get(GlobalParameters.CommandTimeLimit, context.ServiceName),
        };
    }

    public async Task ServeAsync(ClientConnection client)
    {
        string command = Printable.Neutralize(_order.Arguments[0]);
        using FileHandle socket = new(client.Socket?.Handle.Descriptor ?? 0, ownsHandle: false);
        OrderResult result = await _runner.RunAsync(_order, socket);
        foreach (string warning in result.Warnings)
        {
            Log.Warn(warning);
        }

        switch (result.Outcome)
        {
            case OrderOutcome.Exited when result.Number == 0:
                break;
            case OrderOutcome.Exited:
                Log.Warn($"command {command} exit status {result.Number}");
                break;
            case OrderOutcome.Killed:
                Log.Warn($"command {command} killed by signal {result.Number}");
                break;
            case OrderOutcome.TimedOut:
                Log.Warn($"{command}: process id {result.Number}: command time limit exceeded");
                break;
            case OrderOutcome.NotStarted:
                Log.Warn($"command {command}: {Errno.Text((int)result.Number)}");
                break;
            default:
                Log.Warn($"command {command}: {result.Reason}");
                break;
        }
    }
}
