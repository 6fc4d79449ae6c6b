using System.Text;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postmulti;

/// <summary>create and import: an instance joins the list, and is made when it is not there.</summary>
internal sealed class NewInstance(PostmultiOptions options, List<MailInstance> instances, Programs programs)
{
    // What all instances share, and so have in common with the primary one.
    private static readonly string[] Shared =
    [
        "command_directory", "daemon_directory", "meta_directory", "shlib_directory", "mail_owner", "setgid_group", "sendmail_path",
        "newaliases_path", "mailq_path", "manpage_directory", "sample_directory", "readme_directory", "html_directory",
    ];

    private MailInstance Primary => instances[0];

    /// <returns>The exit code; postfix(1) has said why when it is not 0.</returns>
    /// <exception cref="FatalException">It collides with another one, or cannot be made.</exception>
    public int Make()
    {
        Dictionary<string, string> given = Overrides();
        int position = Position();
        string directory = Directory(given, "config_directory", Primary.Directory) ?? throw new FatalException("Missing config_directory parameter value");
        bool isThere = options.Action == "import" || Exists($"{directory}/main.cf");
        string queue;
        string data;
        string name = options.NewName ?? "";
        if (isThere)
        {
            MailInstance existing = Existing(directory);
            queue = existing.QueueDirectory;
            data = existing.DataDirectory;
            name = options.NewName ?? existing.Name;
        }
        else
        {
            queue = Directory(given, "queue_directory", Primary.QueueDirectory) ?? throw new FatalException("Missing queue_directory parameter value");
            data = Directory(given, "data_directory", Primary.DataDirectory) ?? throw new FatalException("Missing data_directory parameter value");
        }

        DemandUnused(directory, queue, data, name);
        if (Primary.Configuration.Get(PostmultiParameters.MultiInstanceWrapper).Length == 0)
        {
            throw LifeCycle.ScriptFailure(Primary, "multi_instance_wrapper is empty, run 'postmulti -e init' first.");
        }

        if (!Primary.Configuration.Get(PostmultiParameters.MultiInstanceEnable))
        {
            throw LifeCycle.ScriptFailure(Primary, "multi_instance_enable!=yes, run 'postmulti -e init' first.");
        }

        if (!isThere)
        {
            Write(directory, queue, data);
        }
        else if (!Exists($"{directory}/master.cf"))
        {
            throw LifeCycle.ScriptFailure(Primary, $"'{directory}' lacks a master.cf file");
        }

        List<string> assignments = [];
        if (options.NewName is not null)
        {
            assignments.Add($"multi_instance_name={options.NewName}");
        }

        if (options.NewGroup is not null)
        {
            assignments.Add($"multi_instance_group={options.NewGroup}");
        }

        if (assignments.Count > 0)
        {
            programs.Set(Primary, directory, [.. assignments]);
        }

        Join(directory, position);
        return programs.RunOwn(Primary, "postfix", "-c", directory, "set-permissions") == 0 ? 0 : 1;
    }

    private Dictionary<string, string> Overrides()
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        foreach (string operand in options.Operands)
        {
            string name;
            string value;
            try
            {
                (name, value) = MainCf.SplitAssignment(operand);
            }
            catch (FormatException error)
            {
                throw new FatalException($"Malformed parameter setting '{Printable.Neutralize(operand)}'", error);
            }

            if (name != "config_directory" && (options.Action == "import" || name is not ("queue_directory" or "data_directory")))
            {
                throw new FatalException($"Parameter '{Printable.Neutralize(name)}' not valid with action {options.Action}");
            }

            if (!value.StartsWith('/'))
            {
                throw new FatalException($"Parameter setting '{name}' is not an absolute path");
            }

            value = value.TrimEnd('/');
            if (value.Length == 0)
            {
                throw new FatalException($"Parameter setting '{name}' is the root directory");
            }

            given[name] = PostmultiOptions.IsSafe(value) ? value : throw new FatalException($"Unsafe characters in parameter setting '{name}'");
        }

        return given;
    }

    // As given, or the primary's with the new name in place of its last component.
    private string? Directory(Dictionary<string, string> given, string parameter, string primary)
    {
        if (given.TryGetValue(parameter, out string? value))
        {
            return value;
        }

        return options.NewName is { Length: > 0 } name ? $"{primary[..(primary.TrimEnd('/').LastIndexOf('/') + 1)]}{name}" : null;
    }

    // Where among the secondary instances: at the front, before a group, before an instance, or last.
    private int Position()
    {
        List<MailInstance> secondary = instances[1..];
        int position = options.TakesAll ? 0
            : options.Group is { } group ? secondary.FindIndex(i => i.Group == group)
            : options.Name is { } name ? secondary.FindIndex(i => i.IsCalled(name))
            : secondary.Count;
        return position >= 0 ? position : throw new FatalException("No matching secondary instances");
    }

    private MailInstance Existing(string directory)
    {
        try
        {
            return MailInstance.Load(directory);
        }
        catch (ConfigurationException error)
        {
            throw new FatalException($"Failed to obtain all required {directory}/main.cf parameters: {error.Message}", error);
        }
    }

    private void DemandUnused(string directory, string queue, string data, string name)
    {
        (string, string)[] own = [("config_directory", directory), ("queue_directory", queue), ("data_directory", data)];
        foreach (MailInstance other in instances)
        {
            (string Parameter, string Value)[] theirs = [("config_directory", other.Directory), ("queue_directory", other.QueueDirectory), ("data_directory", other.DataDirectory)];
            foreach ((string parameter, string value) in theirs)
            {
                if (value == directory)
                {
                    throw new FatalException($"new config_directory={directory} is already in use by instance {other.Label}, {parameter}={value}");
                }
            }

            if (name.Length > 0 && name == other.Name)
            {
                throw Conflict(directory, "multi_instance_name", name, other.Label, "multi_instance_name");
            }

            foreach ((string parameter, string value) in own)
            {
                if (theirs.FirstOrDefault(their => their.Value == value).Parameter is { } their)
                {
                    throw Conflict(directory, parameter, value, other.Label, their);
                }
            }
        }

        if (data == queue)
        {
            throw Conflict(directory, "data_directory", data, directory, "queue_directory");
        }

        if (directory == queue || directory == data)
        {
            throw Conflict(directory, directory == queue ? "queue_directory" : "data_directory", directory, directory, "config_directory");
        }
    }

    private static FatalException Conflict(string directory, string parameter, string value, string other, string theirs) =>
        new($"instance {directory}, {parameter}={value} conflicts with instance {other}, {theirs}={value}");

    // main.cf and master.cf as shipped; without those, nothing but what an instance needs.
    private void Write(string directory, string queue, string data)
    {
        string meta = Primary.Configuration.Get(GlobalParameters.MetaDirectory);
        string main = ReadOrEmpty($"{meta}/main.cf.proto");
        string master = ReadOrEmpty($"{meta}/master.cf.proto");
        if (main.Length == 0)
        {
            main = $"compatibility_level = {Primary.Configuration.Get(GlobalParameters.CompatibilityLevel)}\n";
        }

        if (master.Length == 0)
        {
            master = TextFile.Read($"{Primary.Directory}/master.cf");
        }

        // 0755; who owns the data is settled with the permissions of all the rest.
        foreach (string path in (string[])[directory, queue, data])
        {
            if (!Exists(path))
            {
                Posix.Mkdir(path, 0x1ED);
            }
        }

        WriteFile($"{directory}/master.cf", master);
        WriteFile($"{directory}/main.cf", WithoutShared(main));
        programs.Set(
            Primary,
            directory,
            ["master_service_disable=inet", $"queue_directory={queue}", $"data_directory={data}", "authorized_submit_users=",
             .. Shared.Where(Primary.Configuration.IsSet).Select(name => $"{name}={Primary.Configuration.Raw(name)}")]);
    }

    private static string WithoutShared(string main)
    {
        StringBuilder text = new();
        foreach (string line in main.TrimEnd('\n').Split('\n'))
        {
            bool isShared = Array.Exists(Shared, name => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length..].TrimStart().StartsWith('='));
            text.Append(isShared ? "#" : "").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return TextFile.Read(path);
        }
        catch (LinuxException)
        {
            return "";
        }
    }

    private static void WriteFile(string path, string text)
    {
        using FileHandle file = Posix.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1A4);
        Posix.WriteAll(file, ByteString.ToBytes(text));
        Posix.Fsync(file);
        Posix.Close(file);
    }

    private void Join(string directory, int position)
    {
        List<string> directories = [.. instances.Skip(1).Select(static instance => instance.Directory)];
        directories.Insert(position, directory);
        List<string> assignments = [$"multi_instance_directories={string.Join(' ', directories)}"];
        List<string> alternate = [.. TableListSyntax.Split(Primary.Configuration.Get(SendmailParameters.AlternateConfigDirectories))];
        if (alternate.Remove(directory))
        {
            assignments.Add($"alternate_config_directories={string.Join(' ', alternate)}");
        }

        programs.Set(Primary, Primary.Directory, [.. assignments]);
    }

    private static bool Exists(string path) => Posix.TryStat(path, out _) == 0;
}
