using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Postqueue;

/// <summary>Options, permissions, and the choice between listing and flushing.</summary>
internal sealed class PostqueueCommand(CommandLineTool tool)
{
    private const string Usage = "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site";

    private const string ExplainUsage = "usage: postqueue [-c config_dir] --explain queueid [--json]";

    /// <summary>sysexits EX_UNAVAILABLE: what every failure of this command ends with.</summary>
    private const int Unavailable = 69;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private char _mode;
    private string _argument = "";

    public async Task<int> RunAsync()
    {
        tool.FatalExitCode = Unavailable;
        if (tool.Arguments.Any(static word => word.StartsWith("--explain", StringComparison.Ordinal)))
        {
            return await ExplainAsync();
        }

        ReadOptions();
        Configuration configuration = tool.Configuration;
        Posix.Chdir(configuration.Get(GlobalParameters.QueueDirectory));
        if (_mode is 'p' or 'j')
        {
            await DemandPermissionAsync(configuration, SendmailParameters.AuthorizedMailqUsers, "view the mail queue");
            using QueueListing listing = new(configuration, _mode == 'j' ? new JsonListing() : new TextListing(configuration.Get(GlobalParameters.EnableLongQueueIds), tool.HasColour));
            return await listing.RunAsync();
        }

        await DemandPermissionAsync(configuration, SendmailParameters.AuthorizedFlushUsers, "flush the mail queue");
        switch (_mode)
        {
            case 'f':
                FlushQueue(configuration);
                break;
            case 's':
                await FlushSiteAsync(configuration);
                break;
            default:
                await FlushMessageAsync(configuration);
                break;
        }

        return 0;
    }

    // [-c DIR] --explain QUEUEID [--json], in any order. Files of the queue are its owner's: for root.
    private async Task<int> ExplainAsync()
    {
        string id = "";
        bool json = false;
        for (int i = 0; i < tool.Arguments.Count; i++)
        {
            string word = tool.Arguments[i];
            bool hasNext = i + 1 < tool.Arguments.Count;
            switch (word)
            {
                case "--json" or "-j":
                    json = true;
                    break;
                case "-c" when hasNext:
                    tool.UseConfigurationDirectory(tool.Arguments[++i]);
                    break;
                case "--explain" when hasNext && id.Length == 0:
                    id = tool.Arguments[++i];
                    break;
                case not null when word.StartsWith("--explain=", StringComparison.Ordinal) && id.Length == 0:
                    id = word["--explain=".Length..];
                    break;
                default:
                    throw new FatalException(ExplainUsage);
            }
        }

        Configuration configuration = tool.Configuration;
        Posix.Chdir(configuration.Get(GlobalParameters.QueueDirectory));
        await DemandPermissionAsync(configuration, SendmailParameters.AuthorizedMailqUsers, "view the mail queue");
        return id.Length == 0 ? throw new FatalException(ExplainUsage) : ExplainCommand.Run(configuration, id, json);
    }

    private void ReadOptions()
    {
        GetOpt options = tool.GetOpt("c:fi:jps:v");
        while (tool.Next(options, Usage))
        {
            switch (options.Option)
            {
                case 'c':
                    tool.UseConfigurationDirectory(options.Argument);
                    break;
                case 'v':
                    tool.Verbosity += Posix.EffectiveUser == 0 ? 1 : 0;
                    break;
                default:
                    if (_mode != '\0')
                    {
                        throw new FatalException(Usage);
                    }

                    _mode = options.Option;
                    _argument = options.Argument;
                    break;
            }
        }

        if (_mode == '\0' || options.Operands.Count > 0)
        {
            throw new FatalException(Usage);
        }
    }

    private async Task DemandPermissionAsync(Configuration configuration, StringParameter users, string what)
    {
        uint user = Posix.RealUser;
        if (user == 0 || configuration.Get(users) == "static:anyone")
        {
            return;
        }

        string name = Posix.FindUser(user)?.Name ?? "unknown";
        if (name == configuration.Get(GlobalParameters.MailOwner))
        {
            return;
        }

        StringMatchList list = StringMatchList.Create(configuration, users, tool.OpenTables());
        if (await list.MatchesAsync(name) != MatchResult.Yes)
        {
            throw new FatalException($"User {name}({user}) is not allowed to {what}");
        }
    }

    private static void FlushQueue(Configuration configuration)
    {
        const byte ScanDeferred = TriggerProtocol.Requests.ScanDeferred;
        ReadOnlySpan<byte> flushAll = [TriggerProtocol.Requests.ForgetDead, TriggerProtocol.Requests.IgnoreRetryTime, ScanDeferred, TriggerProtocol.Requests.ScanIncoming];
        TimeSpan patience = configuration.Get(GlobalParameters.TriggerTimeout);
        if (!Trigger(configuration.Get(GlobalParameters.QueueServiceName), flushAll, patience)
            || !Trigger(configuration.Get(GlobalParameters.PickupServiceName), [TriggerProtocol.Requests.Wakeup], patience))
        {
            throw new FatalException("Cannot flush mail queue - mail system is down");
        }
    }

    private static bool Trigger(string service, ReadOnlySpan<byte> request, TimeSpan patience)
    {
        int errno = TriggerProtocol.TrySend($"public/{service}", request, patience);
        if (errno == Errno.ENOENT)
        {
            Log.Warn($"unable to look up public/{service}: {Errno.Text(errno)}");
        }

        return errno == 0;
    }

    private async Task FlushSiteAsync(Configuration configuration)
    {
        string shown = Printable.Neutralize(_argument.Length > 100 ? _argument[..100] + "..." : _argument);
        bool isLiteral = _argument.StartsWith('[') && _argument.EndsWith(']');
        if (isLiteral ? !DomainSyntax.IsValidLiteral(_argument) : !DomainSyntax.IsValidHostName(_argument, allowUtf8: true))
        {
            throw new FatalException($"Cannot flush mail queue - invalid destination: \"{shown}\"");
        }

        FlushStatus status = await new FlushClient(configuration, tool.OpenTables()).SendSiteAsync(_argument, CancellationToken.None);
        switch (status)
        {
            case FlushStatus.Ok:
                return;
            case FlushStatus.BadRequest:
                throw new FatalException($"Invalid request: \"{shown}\"");
            case FlushStatus.Denied:
                throw new FatalException($"Flush service is not configured for destination \"{shown}\"");
            default:
                throw new FatalException("Cannot flush mail queue - mail system is down");
        }
    }

    private async Task FlushMessageAsync(Configuration configuration)
    {
        if (!QueueId.TryParse(_argument, out QueueId id))
        {
            throw new FatalException($"Cannot flush queue ID - invalid name: \"{Printable.Neutralize(_argument)}\"");
        }

        FlushStatus status = await new FlushClient(configuration, tool.OpenTables()).SendFileAsync(id.Value, CancellationToken.None);
        if (status != FlushStatus.Ok)
        {
            throw new FatalException(status == FlushStatus.BadRequest
                ? $"Invalid request: \"{id}\""
                : "Cannot flush mail queue - mail system is down");
        }
    }
}
