using System.Runtime.InteropServices;
using System.Text;

namespace Mta.Differential;

/// <summary>
/// The directory that a case runs in, with <c>etc</c> and <c>spool</c>. It has the same path on both sides, so that
/// paths in messages are equal; the directory is made anew for each side.
/// </summary>
internal sealed partial class Sandbox : IDisposable
{
    private static readonly (string Name, string Owner, string Group, int Mode)[] SpoolDirectories =
    [
        ("maildrop", "postfix", "postdrop", 0x3D8), ("incoming", "postfix", "root", 0x1C0), ("active", "postfix", "root", 0x1C0),
        ("deferred", "postfix", "root", 0x1C0), ("hold", "postfix", "root", 0x1C0), ("corrupt", "postfix", "root", 0x1C0),
        ("bounce", "postfix", "root", 0x1C0), ("defer", "postfix", "root", 0x1C0), ("trace", "postfix", "root", 0x1C0),
        ("flush", "postfix", "root", 0x1C0), ("saved", "postfix", "root", 0x1C0), ("private", "postfix", "root", 0x1C0),
        ("public", "postfix", "postdrop", 0x5C8), ("pid", "root", "root", 0x1ED),
    ];

    private static readonly Dictionary<string, int> Users = Ids("/etc/passwd");
    private static readonly Dictionary<string, int> Groups = Ids("/etc/group");

    private readonly DifferentialCase _case;
    private readonly Side _side;

    public Sandbox(DifferentialCase made, Side side, string directory)
    {
        _case = made;
        _side = side;
        Path = directory;
        Directory.CreateDirectory(directory, (UnixFileMode)0x1ED);
        Directory.CreateDirectory(In("etc"), (UnixFileMode)0x1ED);
        Directory.CreateDirectory(In("spool"), (UnixFileMode)0x1ED);
        foreach ((string name, string owner, string group, int mode) in SpoolDirectories)
        {
            Make($"spool/{name}", owner, group, mode);
        }

        Make("data", "postfix", "root", 0x1C0);
        Write("etc/main.cf", MainCf(), 0x1A4, "");
        Write("etc/master.cf", Fill(made.MasterCf ?? StandardMasterCf), 0x1A4, "");
        foreach (SetupStep step in made.Setup.Where(static step => !step.IsShell))
        {
            Write(step.Path, Fill(step.Content), step.Mode, step.Owner);
        }
    }

    public string Path { get; }

    /// <summary>Replaces the placeholders.</summary>
    public string Fill(string text) => text
        .Replace("{dir}", Path, StringComparison.Ordinal)
        .Replace("{etc}", Path + "/etc", StringComparison.Ordinal)
        .Replace("{spool}", Path + "/spool", StringComparison.Ordinal)
        .Replace("{commands}", _side.Commands, StringComparison.Ordinal)
        .Replace("{daemons}", _side.Daemons, StringComparison.Ordinal);

    public string In(string path) => System.IO.Path.Combine(Path, path);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private string MainCf()
    {
        if (_case.MainCfIsWhole)
        {
            return Fill(_case.MainCf);
        }

        string log = _case.HasLog || _case.IsStarted ? "maillog_file = {dir}/mail.log\nmaillog_file_prefixes = /tmp\n" : "";
        // What the case sets is not set twice, for that is worth a warning.
        IEnumerable<string> standard = StandardMainCf.Split('\n').Where(line => !Sets(_case.MainCf, line.Split('=')[0].Trim()));
        return Fill(string.Join('\n', standard) + log + _case.MainCf);
    }

    private static bool Sets(string mainCf, string name) =>
        name.Length > 0 && mainCf.Split('\n').Any(line => line.Split('=')[0].TrimEnd() == name);

    private void Make(string name, string owner, string group, int mode)
    {
        Directory.CreateDirectory(In(name));
        ChangeOwner(In(name), owner, group);
        File.SetUnixFileMode(In(name), (UnixFileMode)mode);
    }

    private void Write(string name, string content, int mode, string owner)
    {
        string path = In(name);
        for (string? parent = System.IO.Path.GetDirectoryName(path); parent is not null && !Directory.Exists(parent); parent = System.IO.Path.GetDirectoryName(parent))
        {
            MakeParents(parent, name.StartsWith("spool/", StringComparison.Ordinal) ? "postfix" : "");
        }

        File.WriteAllText(path, content, Encoding.Latin1);
        if (owner.Length > 0 || name.StartsWith("spool/", StringComparison.Ordinal))
        {
            ChangeOwner(path, owner.Length > 0 ? owner : "postfix", "root");
        }

        File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    // Hash directories below the spool belong to the mail system.
    private static void MakeParents(string path, string owner)
    {
        string parent = System.IO.Path.GetDirectoryName(path)!; // never the root: it exists
        if (!Directory.Exists(parent))
        {
            MakeParents(parent, owner);
        }

        Directory.CreateDirectory(path, (UnixFileMode)(owner.Length > 0 ? 0x1C0 : 0x1ED));
        if (owner.Length > 0)
        {
            ChangeOwner(path, owner, "root");
        }
    }

    private static void ChangeOwner(string path, string owner, string group)
    {
        if (Chown(path, Users[owner], Groups[group]) != 0)
        {
            throw new IOException($"chown {owner} {path}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    private static Dictionary<string, int> Ids(string file) =>
        File.ReadLines(file).Select(static line => line.Split(':')).Where(static fields => fields.Length > 2)
            .DistinctBy(static fields => fields[0])
            .ToDictionary(static fields => fields[0], static fields => int.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture));

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, int user, int group);

    private const string StandardMainCf = """
        compatibility_level = 3.6
        queue_directory = {dir}/spool
        data_directory = {dir}/data
        command_directory = {commands}
        daemon_directory = {daemons}
        sendmail_path = {commands}/sendmail
        mailq_path = {commands}/mailq
        newaliases_path = {commands}/newaliases
        mail_owner = postfix
        setgid_group = postdrop
        mail_name = Postfix
        myhostname = mta.example.test
        mydomain = example.test
        mydestination = $myhostname, localhost, example.test
        mynetworks = 127.0.0.0/8
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        default_database_type = lmdb
        alias_maps =
        alias_database =

        """;

    private const string StandardMasterCf = """
        pickup    unix  n       -       n       60      1       pickup
        cleanup   unix  n       -       n       -       0       cleanup
        qmgr      unix  n       -       n       300     1       qmgr
        rewrite   unix  -       -       n       -       -       trivial-rewrite
        bounce    unix  -       -       n       -       0       bounce
        defer     unix  -       -       n       -       0       bounce
        trace     unix  -       -       n       -       0       bounce
        verify    unix  -       -       n       -       1       verify
        flush     unix  n       -       n       1000?   0       flush
        proxymap  unix  -       -       n       -       -       proxymap
        smtp      unix  -       -       n       -       -       smtp
        relay     unix  -       -       n       -       -       smtp
        showq     unix  n       -       n       -       -       showq
        error     unix  -       -       n       -       -       error
        retry     unix  -       -       n       -       -       error
        discard   unix  -       -       n       -       -       discard
        local     unix  -       n       n       -       -       local
        virtual   unix  -       n       n       -       -       virtual
        anvil     unix  -       -       n       -       1       anvil
        postlog   unix-dgram n  -       n       -       1       postlogd

        """;
}
