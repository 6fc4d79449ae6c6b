using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;

namespace Mta.Local;

/// <summary>The configuration of local delivery, read once.</summary>
internal sealed class LocalSettings
{
    /// <exception cref="ConfigurationException">A value is not acceptable.</exception>
    /// <exception cref="FatalException">Values do not make sense together.</exception>
    public LocalSettings(Configuration configuration)
    {
        Configuration = configuration;
        Delimiters = configuration.Get(GlobalParameters.RecipientDelimiter);
        OwnerRequestSpecial = configuration.Get(LocalParameters.OwnerRequestSpecial);
        ExpandOwnerAlias = configuration.Get(LocalParameters.ExpandOwnerAlias);
        ResetOwnerAlias = configuration.Get(LocalParameters.ResetOwnerAlias);
        FrozenDeliveredTo = configuration.Get(LocalParameters.FrozenDeliveredTo);
        RequireHomeDirectory = configuration.Get(LocalParameters.RequireHomeDirectory);
        ShowsOriginal = configuration.Get(CleanupParameters.EnableOriginalRecipient);
        ForwardPath = TableListSyntax.Split(configuration.Get(LocalParameters.ForwardPath));
        ForwardFilter = configuration.Get(LocalParameters.ForwardExpansionFilter);
        CommandFilter = configuration.Get(LocalParameters.CommandExpansionFilter);
        DirectoryFilter = configuration.Get(LocalParameters.ExecutionDirectoryExpansionFilter);
        ExecutionDirectory = configuration.Get(LocalParameters.CommandExecutionDirectory);
        MailboxCommand = configuration.Get(LocalParameters.MailboxCommand);
        CommandShell = configuration.Get(LocalParameters.LocalCommandShell);
        CommandTimeLimit = configuration.Get(GlobalParameters.CommandTimeLimit);
        HomeMailbox = configuration.Get(LocalParameters.HomeMailbox);
        SpoolDirectory = configuration.Get(LocalParameters.MailSpoolDirectory);
        MailboxTransport = configuration.Get(LocalParameters.MailboxTransport);
        FallbackTransport = configuration.Get(LocalParameters.FallbackTransport);
        LuserRelay = configuration.Get(LocalParameters.LuserRelay);
        Biff = configuration.Get(LocalParameters.Biff);
        StrictOwnership = configuration.Get(LocalParameters.StrictMailboxOwnership);
        DuplicateFilterLimit = configuration.Get(GlobalParameters.DuplicateFilterLimit);
        LineLengthLimit = configuration.Get(GlobalParameters.LineLengthLimit);
        MailName = configuration.Get(GlobalParameters.MailName);
        HostName = configuration.Get(GlobalParameters.Myhostname);
        DaemonDirectory = configuration.Get(GlobalParameters.DaemonDirectory);
        ExportEnvironment = configuration.Get(GlobalParameters.ExportEnvironment);
        Locks = DeliveryAgents.LocksOf(configuration, LocalParameters.MailboxDeliveryLock);
        SizeLimit = DeliveryAgents.SizeLimitOf(configuration, LocalParameters.MailboxSizeLimit);
        MailToCommands = Types(configuration, LocalParameters.AllowMailToCommands);
        MailToFiles = Types(configuration, LocalParameters.AllowMailToFiles);
        Propagated = Types(configuration, GlobalParameters.PropagateUnmatchedExtensions);
        PrependsToFiles = Has(configuration, LocalParameters.PrependDeliveredHeader, "file");
        PrependsToCommands = Has(configuration, LocalParameters.PrependDeliveredHeader, "command");
        PrependsToForwards = Has(configuration, LocalParameters.PrependDeliveredHeader, "forward");
        List<string> detected = WordSet.Smtputf8AutodetectClasses(configuration);
        SmtpUtf8Autodetect = detected.Contains("forward") || detected.Contains("all");
        Utf8 = configuration.Get(GlobalParameters.Smtputf8Enable);
        DefaultRights = FindDefaultRights(configuration);
    }

    public Configuration Configuration { get; }

    public string Delimiters { get; }

    public bool OwnerRequestSpecial { get; }

    public bool ExpandOwnerAlias { get; }

    public bool ResetOwnerAlias { get; }

    public bool FrozenDeliveredTo { get; }

    public bool RequireHomeDirectory { get; }

    public bool ShowsOriginal { get; }

    public IReadOnlyList<string> ForwardPath { get; }

    public string ForwardFilter { get; }

    public string CommandFilter { get; }

    public string DirectoryFilter { get; }

    public string ExecutionDirectory { get; }

    public string MailboxCommand { get; }

    public string CommandShell { get; }

    public TimeSpan CommandTimeLimit { get; }

    public string HomeMailbox { get; }

    public string SpoolDirectory { get; }

    public string MailboxTransport { get; }

    public string FallbackTransport { get; }

    public string LuserRelay { get; }

    /// <summary>Users are told of new mail.</summary>
    public bool Biff { get; }

    public bool StrictOwnership { get; }

    public int DuplicateFilterLimit { get; }

    public int LineLengthLimit { get; }

    public string MailName { get; }

    public string HostName { get; }

    public string DaemonDirectory { get; }

    public string ExportEnvironment { get; }

    public LockSettings Locks { get; }

    public long SizeLimit { get; }

    public IReadOnlySet<ExpansionType> MailToCommands { get; }

    public IReadOnlySet<ExpansionType> MailToFiles { get; }

    /// <summary>Expansions whose addresses inherit an unmatched extension.</summary>
    public IReadOnlySet<ExpansionType> Propagated { get; }

    public bool PrependsToFiles { get; }

    public bool PrependsToCommands { get; }

    public bool PrependsToForwards { get; }

    public bool SmtpUtf8Autodetect { get; }

    public bool Utf8 { get; }

    /// <summary><c>default_privs</c>, never root.</summary>
    public UserRights DefaultRights { get; }

    private static bool Has(Configuration configuration, StringParameter parameter, string word) =>
        TableListSyntax.Split(configuration.Get(parameter)).Exists(element => Ascii.EqualsIgnoreCase(element, word));

    // Names that belong to other programs (canonical, virtual, generic) are passed over.
    private static HashSet<ExpansionType> Types(Configuration configuration, StringParameter parameter)
    {
        HashSet<ExpansionType> types = [];
        foreach (string name in TableListSyntax.Split(configuration.Get(parameter)))
        {
            switch (Ascii.ToLower(name))
            {
                case "alias":
                    types.Add(ExpansionType.Alias);
                    break;
                case "include":
                    types.Add(ExpansionType.Include);
                    break;
                case "forward":
                    types.Add(ExpansionType.Forward);
                    break;
                case "canonical" or "virtual" or "generic" when ReferenceEquals(parameter, GlobalParameters.PropagateUnmatchedExtensions):
                    break;
                default:
                    throw new FatalException($"bad {parameter.Name} value \"{name}\" in \"{configuration.Get(parameter)}\"");
            }
        }

        return types;
    }

    private static UserRights FindDefaultRights(Configuration configuration)
    {
        string name = configuration.Get(LocalParameters.DefaultPrivs);
        string place = $"file {configuration.Directory}/main.cf: parameter default_privs";
        Account account = Posix.FindUser(name) ?? throw new FatalException($"{place}: unknown user name value: {name}");
        return account.UserId == 0 || account.GroupId == 0
            ? throw new FatalException($"{place}: user {name} has privileged {(account.UserId == 0 ? "user" : "group")} ID")
            : new UserRights(account.UserId, account.GroupId, null);
    }
}
