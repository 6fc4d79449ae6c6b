using System.Text;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Service;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postmulti;

/// <summary>Finds the instances, and does one thing with those that were chosen.</summary>
internal sealed class PostmultiCommand(CommandLineTool tool)
{
    public int Run()
    {
        PostmultiOptions options = PostmultiOptions.Read(tool);
        Configuration configuration = tool.Configuration;
        if (configuration.Directory != Configuration.DefaultDirectory)
        {
            throw new FatalException($"Non-default configuration directory: MAIL_CONFIG={configuration.Directory}");
        }

        MailInstance primary = MailInstance.Load(configuration.Directory, isPrimary: true);
        List<MailInstance> instances = [primary];
        foreach (string directory in TableListSyntax.Split(configuration.Get(PostmultiParameters.MultiInstanceDirectories)))
        {
            instances.Add(MailInstance.Load(directory));
        }

        // Alone, it is managed whether it says so or not.
        primary.IsEnabled |= instances.Count == 1;
        Programs programs = new(tool.Verbosity > 0);
        return options.Mode == 'e'
            ? new LifeCycle(options, instances, programs).Run()
            : Iterate(options, instances, programs);
    }

    private static int Iterate(PostmultiOptions options, List<MailInstance> instances, Programs programs)
    {
        List<MailInstance> chosen = instances.FindAll(i => (options.Name is null || i.IsCalled(options.Name)) && (options.Group is null || i.Group == options.Group));
        if (options.Mode == 'l')
        {
            List(options, chosen);
            return 0;
        }

        DemandAny(chosen);
        if (options.Mode == 'x')
        {
            if (options.IsReversed)
            {
                chosen.Reverse();
            }

            bool isGood = true;
            foreach (MailInstance instance in chosen)
            {
                isGood &= programs.Run(instance, options.Operands) == 0;
            }

            return isGood ? 0 : 1;
        }

        return RunPostfix(options, chosen, instances[0].Configuration, programs);
    }

    private static int RunPostfix(PostmultiOptions options, List<MailInstance> chosen, Configuration configuration, Programs programs)
    {
        string command = options.Operands[0];
        bool isStart = IsOneOf(PostmultiParameters.PostmultiStartCommands);
        bool isStop = IsOneOf(PostmultiParameters.PostmultiStopCommands);
        bool isControl = IsOneOf(PostmultiParameters.PostmultiControlCommands);
        if (isStop)
        {
            // Sources of mail end before the instances that take it.
            chosen.Reverse();
        }

        if (isStop || isControl)
        {
            chosen.RemoveAll(static instance => !instance.IsEnabled);
            DemandAny(chosen);
        }

        bool isGood = true;
        foreach (MailInstance instance in chosen)
        {
            string[] words = !instance.IsEnabled && isStart ? ["check"] : [.. options.Operands];
            isGood &= programs.RunOwn(instance, "postfix", ["--", .. words]) == 0;
        }

        return isGood ? 0 : 1;

        bool IsOneOf(StringParameter list) => TableListSyntax.Split(configuration.Get(list)).Contains(command, StringComparer.Ordinal);
    }

    private static void DemandAny(List<MailInstance> chosen)
    {
        if (chosen.Count == 0)
        {
            throw new FatalException("No matching instances");
        }
    }

    private static void List(PostmultiOptions options, List<MailInstance> instances)
    {
        StringBuilder text = new();
        foreach (MailInstance instance in options.IsReversed ? Enumerable.Reverse(instances) : instances)
        {
            string enabled = instance.IsEnabled ? "y" : "n";
            if (options.IsJson)
            {
                text.Append($"{{\"name\": \"{OrDash(instance.Name)}\",\"group\": \"{OrDash(instance.Group)}\",\"enabled\": \"{enabled}\",\"config_directory\": \"{instance.Directory}\"}}\n");
            }
            else
            {
                text.Append($"{OrDash(instance.Name),-15} {OrDash(instance.Group),-15} {enabled,-9} {instance.Directory}\n");
            }
        }

        CommandLineTool.Print(text.ToString());
    }

    private static string OrDash(string text) => text.Length == 0 ? "-" : Printable.Neutralize(text);
}
