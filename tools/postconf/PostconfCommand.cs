using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>The choice between the many lists that postconf prints and the files that it edits.</summary>
internal sealed class PostconfCommand(CommandLineTool tool)
{
    private string Directory => tool.ConfigurationDirectory;

    /// <exception cref="FatalException">What was asked for is not possible.</exception>
    public int Run()
    {
        PostconfOptions options = PostconfOptions.Read(tool);
        switch (options.Mode)
        {
            case 'a':
                CommandLineTool.Print("cyrus\ndovecot\npasswd\n");
                return 0;
            case 'A':
                CommandLineTool.Print("cyrus\n");
                return 0;
            case 'l':
                CommandLineTool.Print("flock\nfcntl\ndotlock\n");
                return 0;
            case 'm':
                PrintTableTypes();
                return 0;
            case 'b' or 't':
                return DumpTemplates(options);
            case 'T':
                return ShowTls(options.TlsMode);
        }

        if (options.Edit != '\0')
        {
            Edit(options);
            return 0;
        }

        try
        {
            if (options.Mode == 'p')
            {
                ShowMain(options);
            }
            else
            {
                ShowMaster(options);
            }
        }
        catch (ConfigurationException error) when (error.Warning is { } warning)
        {
            // Daemons name the table of settings here.
            Warnings.Write(warning);
            throw new FatalException("macro processing error", error);
        }

        return 0;
    }

    private void ShowMain(PostconfOptions options)
    {
        bool defaultsOnly = options.Has('d');
        Settings settings = defaultsOnly ? Settings.Defaults(Directory) : Settings.Load(Directory, IsDirectoryGiven(options), options.Overrides);
        MasterFile master = MasterFile.LoadOrWarn($"{Directory}/master.cf");
        Vocabulary vocabulary = new(settings, master);
        if (!defaultsOnly)
        {
            vocabulary.WarnUndefined();
            settings.DemandExpandable();
        }

        new MainView(settings, vocabulary, options).Print();
        if (!defaultsOnly)
        {
            vocabulary.WarnUnused();
        }
    }

    private void ShowMaster(PostconfOptions options)
    {
        Settings settings = Settings.Load(Directory, IsDirectoryGiven(options), options.Overrides);
        MasterFile master = MasterFile.Load($"{Directory}/master.cf");
        Vocabulary vocabulary = new(settings, master);
        vocabulary.WarnUndefined();
        settings.DemandExpandable();
        new MasterView(settings, master, options).Print();
        vocabulary.WarnUnusedInMaster();
    }

    private void Edit(PostconfOptions options)
    {
        if (options.Mode == 'p')
        {
            new MainEditor($"{Directory}/main.cf").Apply(options.Edit, options.Operands);
        }
        else
        {
            new MasterEditor($"{Directory}/master.cf").Apply(options.Mode, options.Edit, options.Operands);
        }
    }

    private bool IsDirectoryGiven(PostconfOptions options) => options.HasDirectory || Directory != Configuration.DefaultDirectory;

    private void PrintTableTypes()
    {
        Configuration configuration = Configuration.FromText("", Directory);
        Mta.Tables.TableRegistry tables = new(configuration.TableSettings(isDaemon: false, Warnings.Write, Warnings.Write));
        Mta.Mail.ProxyTable.Register(tables, configuration);
        CommandLineTool.Print(string.Concat(tables.Types.Select(static type => $"{type}\n")));
    }

    private static int ShowTls(string mode)
    {
        string? text = mode switch
        {
            "compile-version" => OpensslVersion.Oldest,
            "run-version" => OpensslVersion.Installed ?? "no OpenSSL library",
            "public-key-algorithms" => "dsa\necdsa\nrsa",
            _ => null,
        };
        if (text is null)
        {
            Warnings.Write($"unknown 'postconf -T' mode: {Printable.Neutralize(mode)}");
            return 1;
        }

        CommandLineTool.Print(text + "\n");
        return 0;
    }

    // The bounce daemon knows its templates.
    private int DumpTemplates(PostconfOptions options)
    {
        Settings settings = Settings.Load(Directory, IsDirectoryGiven(options), []);
        string path = $"{settings.Configuration.Get(GlobalParameters.DaemonDirectory)}/bounce";
        List<string> arguments = ["bounce", "-SVn", options.Mode == 'b' ? "expand_templates" : "dump_templates"];
        if (options.Operands.Count > 0)
        {
            arguments.AddRange(["-o", $"bounce_template_file={options.Operands[0]}"]);
        }

        arguments.AddRange(["-o", "disable_verp_bounces=no"]);
        int errno = Posix.TryExecute(path, arguments, ProgramEnvironment.ForChild());
        throw new FatalException($"exec {path}: {Errno.Text(errno)}");
    }
}
