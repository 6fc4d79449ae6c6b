using System.Text;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service;
using Mta.Service.Sandbox;
using Mta.Text;

namespace Mta.Postfix;

/// <summary>What each daemon may do, service by service, as the master will have it (<c>postfix -v check</c>).</summary>
internal static class SandboxReport
{
    public static void Print(Instance instance)
    {
        var text = new StringBuilder();
        text.Append($"file rules: {(Landlock.Version >= Landlock.FirstVersion ? $"Landlock {Landlock.Version}" : "none in this kernel")}; filters of system calls: {(Seccomp.IsSupported ? "seccomp" : "none for this processor")}\n");
        text.Append($"every daemon reads: {string.Join(' ', SandboxProfile.System)}\n");
        string disabled = instance.Configuration.Get(MasterParameters.MasterServiceDisable);
        bool chrootByDefault = instance.Configuration.CompatibilityLevel < new CompatibilityLevel(1, 0, 0);
        foreach (MasterEntry entry in MasterCf.Load($"{instance.Configuration.Directory}/master.cf").Where(e => !MasterCf.IsDisabled(e, disabled)))
        {
            Describe(text, entry, instance, entry.Chroot ?? chrootByDefault);
        }

        CommandLineTool.Print(text.ToString());
    }

    private static void Describe(StringBuilder text, MasterEntry entry, Instance instance, bool chroot)
    {
        bool isRoot = Posix.EffectiveUser == 0;
        string user = !isRoot ? "the caller" : entry.IsUnprivileged || entry.Command == "pickup" ? instance.Configuration.Get(GlobalParameters.MailOwner) : "root";
        text.Append($"{entry.NameAndType}: {entry.Command}, user {user}, root {(chroot && isRoot ? instance.QueueDirectory : "/")}\n");
        Configuration? configuration;
        SandboxProfile? profile;
        try
        {
            configuration = SandboxProfile.ConfigurationOf(entry, instance.Configuration.Directory);
            profile = configuration is null ? null : SandboxProfile.Of(configuration, entry.Command);
        }
        catch (Exception error) when (error is ConfigurationException or FatalException)
        {
            text.Append($"  {error.Message}\n");
            return;
        }

        if (profile is null)
        {
            string reason = configuration is null ? "a debugger is asked for"
                : !SandboxParameters.IsOn(configuration) ? "sandbox = off"
                : SandboxKind.All.TryGetValue(entry.Command, out SandboxKind? kind) && kind.IsFree ? "it runs programs, or writes files, with the rights of others, who may do what they may"
                : "not a program of this mail system";
            text.Append($"  not confined: {reason}\n");
            return;
        }

        Line(text, "reads", profile.OwnReads);
        Line(text, "changes in place", profile.Changes);
        Line(text, "writes", profile.Writes);
        text.Append("  connects to: ").Append(
            profile.IsLocal ? "sockets of this host's files"
            : profile.Ports is { } ports ? $"TCP ports {string.Join(' ', ports)}" : "any TCP port").Append('\n');
        text.Append($"  runs: {(profile.Kind.HasWorkers ? "itself, as the users it delivers to" : "nothing")}\n");
        text.Append($"  system calls: {string.Join(' ', SandboxProfile.SystemCalls(profile.Kind).Select(static group => group.Name))}\n");
    }

    private static void Line(StringBuilder text, string what, IReadOnlyCollection<string> paths) =>
        text.Append($"  {what}: {(paths.Count == 0 ? "nothing" : string.Join(' ', paths))}\n");
}
