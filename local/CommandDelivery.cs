using System.Buffers;
using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Linux;
using NLog;

namespace Mta.Local;

/// <summary>Delivers to <c>|command</c>, and to a user's mailbox command.</summary>
internal sealed class CommandDelivery(LocalAgent local)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    // A command of these characters alone needs no shell.
    private static readonly SearchValues<char> Harmless =
        SearchValues.Create("1234567890!@%-_=+:,./\t abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public async ValueTask<bool> DeliverAsync(Expansion expansion, Addressee addressee, string command, CancellationToken stop)
    {
        UserRights rights = addressee.Rights is { UserId: not 0 } own ? own : local.Settings.DefaultRights;
        if (!expansion.IsFirst($"command {addressee.User} {rights.UserId} {command}"))
        {
            return true;
        }

        if (expansion.Delivery.IsProbe)
        {
            return await local.SentAsync(expansion, addressee, $"delivers to command: {command}", stop);
        }

        string directory = "";
        if (local.Settings.ExecutionDirectory.Length > 0)
        {
            ValueExpansion values = new(addressee, addressee.Rights, local.Settings.Delimiters, local.Settings.DirectoryFilter);
            if (values.Expand(local.Settings.ExecutionDirectory) is not { } expanded)
            {
                return await local.FailedAsync(expansion, addressee, "4.3.5", "mail system configuration error", stop);
            }

            directory = expanded;
        }

        byte[] head = MessageHead.Build(
            addressee.Sender,
            DateTime.Now,
            local.Settings.ShowsOriginal ? addressee.Recipient.OriginalRecipient : "",
            local.Settings.PrependsToCommands ? addressee.DeliveredTo ?? addressee.Recipient.Address : "");
        CommandOrder order = new(rights.UserId, rights.GroupId, Words(command), CommandEnvironment.Build(local.Settings, expansion, addressee), head, expansion.Delivery.Request.ContentOffset)
        {
            Directory = directory,
            RunAs = $"{local.Settings.DaemonDirectory}/run-as",
            TimeLimit = local.Settings.CommandTimeLimit,
        };
        OrderResult result = await local.Runner.RunAsync(order, expansion.Delivery.File.File);
        if (result.Outcome == OrderOutcome.Corrupt)
        {
            expansion.IsCorrupt = true;
            return false;
        }

        foreach (string warning in result.Warnings)
        {
            Log.Warn(warning);
        }

        return CommandStatus.FailureOf(result, command) is { } failure
            ? await local.FailedForOwnerAsync(expansion, addressee, failure, stop)
            : await local.SentAsync(expansion, addressee, $"delivered to command: {command}", stop);
    }

    // The configured shell gets the command as one word; else a shell is used only where the command needs one.
    private List<string> Words(string command)
    {
        if (local.Settings.CommandShell.Length > 0)
        {
            return [.. local.Settings.CommandShell.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries), command];
        }

        if (command.AsSpan().IndexOfAnyExcept(Harmless) < 0)
        {
            List<string> words = [.. command.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)];

            // A word of the shell's own (exit, cd, test) is no program.
            if (words.Count > 0 && (words[0].Contains('/') || IsProgram(words[0])))
            {
                return words;
            }
        }

        return ["sh", "-c", command];
    }

    private static bool IsProgram(string name) =>
        Posix.TryAccess($"/usr/bin/{name}", AccessMode.Execute) == 0 || Posix.TryAccess($"/bin/{name}", AccessMode.Execute) == 0;
}
