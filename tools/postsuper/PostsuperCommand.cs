using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;
using NLog;

namespace Mta.Postsuper;

/// <summary>
/// Repairs first, then the actions on messages in the order of the command line, then the totals. Works as the mail
/// owner in the queue directory.
/// </summary>
internal sealed class PostsuperCommand(CommandLineTool tool)
{
    private const string All = "ALL";
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public int Run()
    {
        PostsuperOptions options = PostsuperOptions.Parse(tool);
        EnterQueue();
        QueueDirectory queue = new(QueueSettings.From(tool.Configuration));
        if (queue.IsHashed(QueueName.Maildrop))
        {
            throw new FatalException("maildrop queue must not be hashed");
        }

        Totals totals = new();
        if (options.Purge || options.FixStructure)
        {
            Repair(options, queue, totals);
            tool.ExitHook = null;
        }

        MessageActions actions = new(queue, options.Queues, totals, options.Verbose) { Selection = options.Selection };
        foreach (ActionRequest request in options.Actions)
        {
            Act(actions, request);
        }

        if (!options.Selection.IsDryRun)
        {
            totals.Report(options);
        }

        if (totals.Warning.Length > 0)
        {
            Log.Warn(totals.Warning);
        }

        return 0;
    }

    private void Repair(PostsuperOptions options, QueueDirectory queue, Totals totals)
    {
        QueueRepair repair = new(queue, options);
        tool.ExitHook = () =>
        {
            if (repair.Renamed > 0)
            {
                Log.Warn("OPERATION INCOMPLETE -- RERUN COMMAND TO FIX THE QUEUE FIRST");
            }
        };
        repair.RunPass();
        if (repair.Renamed > 0)
        {
            repair.RunPass();
        }

        totals.Renamed = repair.Renamed;
        if (repair.Renamed == 0)
        {
            return;
        }

        const string Changed = "QUEUE FILE NAMES WERE CHANGED TO MATCH INODE NUMBERS";
        if (options.Actions.Exists(static request => request.Id != All))
        {
            Log.Error(Changed);
            throw new FatalException("CHECK YOUR QUEUE IDS AND RE-ISSUE THE COMMAND");
        }

        totals.Warning = Changed;
    }

    private static void Act(MessageActions actions, ActionRequest request)
    {
        if (request.Id == All)
        {
            actions.ActOnAll(request.Action);
        }
        else if (request.Id == "-")
        {
            foreach (string line in InputLines())
            {
                ActOnOne(actions, request.Action, line);
            }
        }
        else
        {
            ActOnOne(actions, request.Action, request.Id);
        }
    }

    private static void ActOnOne(MessageActions actions, MessageAction action, string name)
    {
        if (QueueId.TryParse(name, out QueueId id))
        {
            actions.Act(action, id);
        }
        else
        {
            Log.Warn($"invalid mail queue id: {Printable.Neutralize(name)}");
        }
    }

    private static IEnumerable<string> InputLines()
    {
        using FileHandle stdin = new(0, ownsHandle: false);
        byte[] buffer = new byte[4096];
        List<byte> line = [];
        int count;
        while ((count = Posix.Read(stdin, buffer)) > 0)
        {
            for (int i = 0; i < count; i++)
            {
                if (buffer[i] != '\n')
                {
                    line.Add(buffer[i]);
                    continue;
                }

                yield return ByteString.FromBytes(line.ToArray());
                line.Clear();
            }
        }

        if (line.Count > 0)
        {
            yield return ByteString.FromBytes(line.ToArray());
        }
    }

    // A private instance of an ordinary user belongs to that user; everywhere else this is root's command.
    private void EnterQueue()
    {
        if (CommandLineTool.IsSetGid)
        {
            throw new FatalException("this postfix command must not run as a set-uid process");
        }

        string directory = tool.Configuration.Get(GlobalParameters.QueueDirectory);
        if (Posix.EffectiveUser != 0)
        {
            if (Posix.TryStat(directory, out FileStatus status) != 0 || status.UserId != Posix.EffectiveUser)
            {
                throw new FatalException("use of this command is reserved for the superuser");
            }

            Posix.Chdir(directory);
            return;
        }

        Posix.Chdir(directory);
        string owner = tool.Configuration.Get(GlobalParameters.MailOwner);
        Account account = Posix.FindUser(owner) ?? throw new FatalException($"file {tool.Configuration.Directory}/main.cf: parameter mail_owner: unknown user name value: {owner}");
        Posix.BecomeEffective(account.UserId, account.GroupId, [account.GroupId]);
    }
}
