using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;

namespace Mta.Postsuper;

/// <summary>What is done to a message.</summary>
internal enum MessageAction
{
    Delete,
    Expire,
    ExpireAndRelease,
    Hold,
    Release,
    Requeue,
}

/// <summary>One action from the command line; the ID is a name, <c>ALL</c>, or <c>-</c> for a list on stdin.</summary>
internal readonly record struct ActionRequest(MessageAction Action, string Id);

/// <summary>The command line.</summary>
internal sealed class PostsuperOptions
{
    private const string Usage = "usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)] [-f queue_id (expire and/or un-hold)] [-h queue_id (hold)] [-H queue_id (un-hold)] [-p (purge temporary files)] [-r queue_id (requeue)] [-s (structure fix)] [-S (redundant structure fix)][-v (verbose)] [queue...]";

    private static readonly string[] DefaultQueues =
    [
        QueueName.Defer, QueueName.Bounce, QueueName.Maildrop, QueueName.Incoming,
        QueueName.Active, QueueName.Deferred, QueueName.Hold, QueueName.Flush,
    ];

    public List<ActionRequest> Actions { get; } = [];

    /// <summary>-p</summary>
    public bool Purge { get; private set; }

    /// <summary>-s, or -S</summary>
    public bool FixStructure { get; private set; }

    /// <summary>-S: long names are matched with their inode numbers too.</summary>
    public bool FixLongNames { get; private set; }

    /// <summary>No options: what the start of the mail system runs.</summary>
    public bool IsRoutine { get; private set; }

    public bool Verbose { get; private set; }

    /// <summary>Narrows actions on ALL.</summary>
    public Selection Selection { get; } = new();

    public IReadOnlyList<string> Queues { get; private set; } = DefaultQueues;

    /// <exception cref="FatalException">The command line is malformed.</exception>
    public static PostsuperOptions Parse(CommandLineTool tool)
    {
        PostsuperOptions options = new();
        GetOpt reader = new(options.Selection.Take(tool.Arguments), "c:d:e:f:h:H:pr:sSv");
        while (tool.Next(reader, Usage))
        {
            options.Set(tool, reader.Option, reader.Argument);
        }

        if (reader.Operands.Count > 0)
        {
            foreach (string queue in reader.Operands)
            {
                if (!DefaultQueues.Contains(queue) && queue != QueueName.Trace)
                {
                    throw new FatalException($"invalid directory name: {Printable.Neutralize(queue)}");
                }
            }

            options.Queues = reader.Operands;
        }

        bool selects = options.Selection.IsNarrow || options.Selection.IsDryRun;
        if (selects && (options.Purge || options.FixStructure || options.Actions.Count == 0 || options.Actions.Exists(static request => request.Id != "ALL")))
        {
            throw new FatalException("a selection or --dry-run is for actions on ALL");
        }

        if (options.Actions.Count == 0 && !options.Purge && !options.FixStructure)
        {
            options.Purge = options.FixStructure = options.IsRoutine = true;
        }

        return options;
    }

    private void Set(CommandLineTool tool, char option, string argument)
    {
        switch (option)
        {
            case 'c':
                tool.UseConfigurationDirectory(argument.StartsWith('/') ? argument : throw new FatalException("-c requires absolute pathname"));
                break;
            case 'd':
                Actions.Add(new ActionRequest(MessageAction.Delete, argument));
                break;
            case 'e':
                Actions.Add(new ActionRequest(MessageAction.Expire, argument));
                break;
            case 'f':
                Actions.Add(new ActionRequest(MessageAction.ExpireAndRelease, argument));
                break;
            case 'h':
                Actions.Add(new ActionRequest(MessageAction.Hold, argument));
                break;
            case 'H':
                Actions.Add(new ActionRequest(MessageAction.Release, argument));
                break;
            case 'p':
                Purge = true;
                break;
            case 'r':
                Actions.Add(new ActionRequest(MessageAction.Requeue, argument));
                break;
            case 's':
                FixStructure = true;
                break;
            case 'S':
                FixStructure = FixLongNames = true;
                break;
            case 'v':
                Verbose = true;
                tool.Verbosity++;
                break;
        }
    }
}
