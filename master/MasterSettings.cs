using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Master;

/// <summary>What the master takes from main.cf; read anew at each reload.</summary>
internal sealed class MasterSettings
{
    // A running master cannot move: these change only by stop and start.
    private static readonly StringParameter[] Fixed = [GlobalParameters.QueueDirectory, GlobalParameters.InetInterfaces, GlobalParameters.InetProtocols];

    private MasterSettings(Configuration configuration)
    {
        Configuration = configuration;
        MasterCfPath = $"{configuration.Directory}/master.cf";
        QueueDirectory = configuration.Get(GlobalParameters.QueueDirectory);
        DataDirectory = configuration.Get(GlobalParameters.DataDirectory);
        DaemonDirectory = configuration.Get(GlobalParameters.DaemonDirectory);
        WindowSize = configuration.Get(GlobalParameters.TcpWindowsize);
        DefaultProcessLimit = configuration.Get(MasterParameters.DefaultProcessLimit);
        int workers = configuration.Get(MasterParameters.WorkerProcessLimit);
        WorkerProcessLimit = workers == 0 ? Environment.ProcessorCount : workers;
        ThrottleTime = configuration.Get(MasterParameters.ServiceThrottleTime);
        ServiceDisable = configuration.Get(MasterParameters.MasterServiceDisable);
        Version = configuration.Get(GlobalParameters.MailVersion);
        ChrootByDefault = configuration.CompatibilityLevel < new CompatibilityLevel(1, 0, 0);
        Owner = Owner.Find(configuration);
    }

    public Configuration Configuration { get; }

    public string MasterCfPath { get; }

    public string QueueDirectory { get; }

    public string DataDirectory { get; }

    public string DaemonDirectory { get; }

    /// <summary><c>tcp_windowsize</c>; 0 leaves it to the system.</summary>
    public int WindowSize { get; }

    public int DefaultProcessLimit { get; }

    public int WorkerProcessLimit { get; }

    public TimeSpan ThrottleTime { get; }

    public string ServiceDisable { get; }

    public string Version { get; }

    public bool ChrootByDefault { get; }

    /// <summary>Without root there is no chroot; the processes then stay where they are.</summary>
    public bool MayChroot => Posix.EffectiveUser == 0;

    public Owner Owner { get; }

    /// <exception cref="ConfigurationException">main.cf cannot be used.</exception>
    public static MasterSettings Load(string directory) => From(Configuration.Load(directory, "master"));

    /// <exception cref="ConfigurationException">A value cannot be used.</exception>
    internal static MasterSettings From(Configuration configuration) => new(configuration);

    /// <summary>Reads main.cf anew; parameters that cannot change while running keep their value, with a warning.</summary>
    /// <exception cref="ConfigurationException">main.cf cannot be used.</exception>
    public MasterSettings Reload()
    {
        Configuration configuration = Configuration.Load(Configuration.Directory, "master");
        foreach (StringParameter parameter in Fixed)
        {
            string old = Configuration.Get(parameter);
            string now = configuration.Get(parameter);
            if (old != now)
            {
                LogLines.ValueNotChanged(parameter.Name, old, now);
                configuration.Override(parameter.Name, old);
            }
        }

        return new MasterSettings(configuration);
    }

    /// <summary>The part of the environment that is common to all processes.</summary>
    public List<string> CommonEnvironment()
    {
        var own = new List<(string, string)>
        {
            ("MAIL_CONFIG", Configuration.Directory),

            // Our daemons' runtime: 1 MiB (in hexadecimal) of new objects, then the heap is cleaned up. Left alone, it
            // lets each process grow to the size of the processor's cache.
            ("DOTNET_GCGen0MaxBudget", "100000"),

            // A program that is not compiled ahead of time would make sockets for debuggers in /tmp.
            ("DOTNET_EnableDiagnostics", "0"),
        };
        if (Configuration.Get(PostlogParameters.MaillogFile).Length > 0)
        {
            own.Add((PostlogProtocol.ServiceVariable, $"{QueueDirectory}/public/{Configuration.Get(PostlogParameters.PostlogServiceName)}"));
            own.Add((PostlogProtocol.HostVariable, Configuration.Get(GlobalParameters.Myhostname)));
        }

        return WorkerCommand.Environment(Configuration.Get(GlobalParameters.ImportEnvironment), Posix.EnvironmentVariable, [.. own]);
    }

    /// <summary>The services of master.cf that are not disabled, the last of those with one identity.</summary>
    /// <exception cref="ConfigurationException">An entry is wrong; the text names file and line.</exception>
    public Dictionary<(ServiceType, string), Service> ReadServices()
    {
        var services = new Dictionary<(ServiceType, string), Service>();
        foreach (MasterEntry entry in MasterCf.Load(MasterCfPath))
        {
            if (MasterCf.IsDisabled(entry, ServiceDisable))
            {
                continue;
            }

            Service service = Service.Create(entry, this);
            (ServiceType, string) identity = (service.Endpoint.Type, service.Endpoint.Identity);
            if (services.ContainsKey(identity))
            {
                LogLines.Duplicate(service);
            }

            services[identity] = service;
        }

        return services;
    }
}
