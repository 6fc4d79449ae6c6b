using Mta.Config;
using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Postfix;

/// <summary>upgrade-configuration: adds services to master.cf that this release cannot do without.</summary>
internal static class UpgradeConfiguration
{
    private static readonly (string Name, ServiceType Type, string Line)[] Needed =
    [
        ("rewrite", ServiceType.Unix, "rewrite   unix  -       -       n       -       -       trivial-rewrite"),
        ("bounce", ServiceType.Unix, "bounce    unix  -       -       n       -       0       bounce"),
        ("defer", ServiceType.Unix, "defer     unix  -       -       n       -       0       bounce"),
        ("trace", ServiceType.Unix, "trace     unix  -       -       n       -       0       bounce"),
        ("verify", ServiceType.Unix, "verify    unix  -       -       n       -       1       verify"),
        ("flush", ServiceType.Unix, "flush     unix  n       -       n       1000?   0       flush"),
        ("proxymap", ServiceType.Unix, "proxymap  unix  -       -       n       -       -       proxymap"),
        ("retry", ServiceType.Unix, "retry     unix  -       -       n       -       -       error"),
        ("discard", ServiceType.Unix, "discard   unix  -       -       n       -       -       discard"),
        ("anvil", ServiceType.Unix, "anvil     unix  -       -       n       -       1       anvil"),
        ("postlog", ServiceType.UnixDatagram, "postlog   unix-dgram n  -       n       -       1       postlogd"),
    ];

    public static int Run(Instance instance)
    {
        QueueDirectories.Create(instance);
        string path = $"{instance.Configuration.Directory}/master.cf";
        List<MasterEntry> entries = MasterCf.Load(path);
        string added = "";
        foreach ((string name, ServiceType type, string line) in Needed)
        {
            if (!entries.Exists(e => e.Name == name && e.Type == type))
            {
                CommandLineTool.Print($"Editing {path}, adding missing entry for {name} service\n");
                added += line + "\n";
            }
        }

        if (added.Length > 0)
        {
            Replace(path, TextFile.Read(path).TrimEnd('\n') + "\n" + added);
        }

        return 0;
    }

    // The old file or the new one, whatever happens in between.
    private static void Replace(string path, string text)
    {
        FileStatus status = Posix.Stat(path);
        string temporary = $"{path}.{Posix.ProcessId()}.tmp";
        using FileHandle file = Posix.Open(temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180);
        Posix.WriteAll(file, ByteString.ToBytes(text));
        Posix.Fchown(file, status.UserId, status.GroupId);
        Posix.Fchmod(file, status.Permissions);
        Posix.Fsync(file);
        Posix.Close(file);
        Posix.Rename(temporary, path);
    }
}
