using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Tls;

namespace Mta.TlsServer;

/// <summary>Whether clients may or must use TLS.</summary>
public enum ServerTlsLevel
{
    None,
    May,
    Encrypt,
}

/// <summary>
/// TLS as all sessions of the process share it: level, certificates, ticket keys. Loaded with the privileges of the start.
/// A set-up that fails leaves the service without TLS, and says so in the log. Thread-safe.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
public sealed class ServerTls
{
    private const long CheckInterval = 1000;
    private readonly Action _retire;
    private readonly CancellationToken _retiring;
    private readonly TlsServerSettings? _settings;
    private readonly TicketSource? _tickets;
    private readonly TableList? _names;
    private readonly Lock _lock = new();
    private TlsServerContext? _context;
    private FileStamps _stamps = FileStamps.None;
    private long _checkedAt;

    /// <param name="serviceName">The service's name in master.cf: tickets count for one service.</param>
    /// <param name="retire">Ends the process after its sessions, when it cannot read renewed files any more.</param>
    /// <param name="retiring">The process ends already.</param>
    public ServerTls(Configuration configuration, ServerTlsParameters names, TableRegistry tables, string serviceName, Action retire, CancellationToken retiring)
    {
        _retire = retire;
        _retiring = retiring;
        Level = ReadLevel(configuration, names);
        IsWrapper = names.MayWrap && configuration.Get(SmtpdParameters.SmtpdTlsWrappermode) && Level != ServerTlsLevel.None;
        WaitsForShutdown = !configuration.Get(TlsParameters.TlsFastShutdownEnable);
        HasLegacyKeyFingerprints = configuration.Get(TlsParameters.TlsLegacyPublicKeyFingerprints);
        LogLevel = TlsLogLevel.Parse(configuration.Get(names.LogLevel));
        Digest = configuration.Get(names.FingerprintDigest);
        AsksForCertificate = configuration.Get(names.AskCertificate);
        if (Level == ServerTlsLevel.None)
        {
            return;
        }

        RequiresCertificate = configuration.Get(names.RequireCertificate);
        if (RequiresCertificate && Level != ServerTlsLevel.Encrypt)
        {
            TlsLog.Warning("Can't require client certs unless TLS is required");
            RequiresCertificate = false;
        }

        AsksForCertificate |= RequiresCertificate;
        if (configuration.Get(names.EnableRpk))
        {
            TlsLog.Warning($"{names.EnableRpk.Name} = yes: the TLS library has no raw public keys, clients are asked for certificates only");
        }

        TlsCredentialFiles files = ReadCredentials(configuration, names);
        bool isAnonymous = files.Certificate == "none" && files.Chains.Count == 0;
        if (files.IsEmpty)
        {
            TlsLog.Warning("No server certs available. TLS won't be enabled");
            Level = ServerTlsLevel.None;
            IsWrapper = false;
            return;
        }

        try
        {
            TlsLibrary.Load(configuration.Get(TlsParameters.TlsConfigFile), configuration.Get(TlsParameters.TlsConfigName));
            _tickets = TicketSource.Create(configuration);
            _settings = ServerTlsSettings.Read(configuration, names, serviceName, isAnonymous ? new TlsCredentialFiles() : files, Level, AsksForCertificate) with
            {
                TicketKeys = _tickets?.Keys,
            };
            string maps = configuration.Get(TlsParameters.TlsServerSniMaps);
            _names = maps.Length == 0 ? null : TableList.Open(tables, TlsParameters.TlsServerSniMaps.Name, maps, TableFlags.Usual | TableFlags.SourceNamesFiles);
            _stamps = FileStamps.Take(FilesRead(_settings));
            _context = new TlsServerContext(_settings);
        }
        catch (TlsException failure)
        {
            TlsLog.Problem(failure.Message, failure.Details);
        }
    }

    public ServerTlsLevel Level { get; }

    /// <summary>At the end of a session the client's own end of TLS is waited for.</summary>
    public bool WaitsForShutdown { get; }

    /// <summary>Fingerprints of keys are those of Postfix 2.9.0 to 2.9.5.</summary>
    public bool HasLegacyKeyFingerprints { get; }

    /// <summary>TLS comes before the greeting.</summary>
    public bool IsWrapper { get; }

    public bool AsksForCertificate { get; }

    /// <summary>A client without a trusted certificate is sent away.</summary>
    public bool RequiresCertificate { get; }

    public TlsLogLevel LogLevel { get; }

    /// <summary>Digest of fingerprints.</summary>
    public string Digest { get; }

    /// <summary>The certificates in force; null when they could not be loaded. Looks for new ones now and then.</summary>
    public TlsServerContext? Context
    {
        get
        {
            long now = Environment.TickCount64;
            lock (_lock)
            {
                if (_settings is not null && now - _checkedAt >= CheckInterval)
                {
                    _checkedAt = now;
                    Refresh(_settings);
                }

                return _context;
            }
        }
    }

    /// <summary>Makes the ticket keys current before a handshake needs them.</summary>
    public ValueTask PrepareAsync(CancellationToken stop) => _tickets is null ? default : _tickets.RefreshAsync(stop);

    /// <summary>Asks for more ticket keys after a client named one that is not known.</summary>
    public ValueTask FinishAsync(CancellationToken stop) => _tickets is null ? default : _tickets.FetchMissingAsync(stop);

    /// <summary>The lookup of <c>tls_server_sni_maps</c>; null when there is none.</summary>
    public TlsNameLookup? NameLookup => _names is null ? null : FindNameAsync;

    private static ServerTlsLevel ReadLevel(Configuration configuration, ServerTlsParameters names)
    {
        string level = configuration.Get(names.SecurityLevel);
        bool isWrapper = names.MayWrap && configuration.Get(SmtpdParameters.SmtpdTlsWrappermode);
        switch (level)
        {
            case "":
                break;
            case "none":
                return ServerTlsLevel.None;
            case "may" when isWrapper:
                return ServerTlsLevel.Encrypt;
            case "may":
                return ServerTlsLevel.May;
            case "encrypt":
                return ServerTlsLevel.Encrypt;
            default:
                TlsLog.Warning($"{names.SecurityLevel.Name}: unsupported TLS level \"{level}\", using \"encrypt\"");
                return ServerTlsLevel.Encrypt;
        }

        return configuration.Get(names.Enforce) || isWrapper ? ServerTlsLevel.Encrypt
            : configuration.Get(names.Use) ? ServerTlsLevel.May
            : ServerTlsLevel.None;
    }

    private static TlsCredentialFiles ReadCredentials(Configuration configuration, ServerTlsParameters names) => new()
    {
        Chains = TableListSyntax.Split(configuration.Get(names.ChainFiles)).ToArray(),
        Certificate = configuration.Get(names.CertFile),
        Key = configuration.Get(names.KeyFile),
        DsaCertificate = configuration.Get(names.DcertFile),
        DsaKey = configuration.Get(names.DkeyFile),
        EcCertificate = configuration.Get(names.EccertFile),
        EcKey = configuration.Get(names.EckeyFile),
    };

    private static List<string> FilesRead(TlsServerSettings settings)
    {
        List<string> files = [.. settings.Credentials.Files];
        if (settings.CaFile.Length > 0)
        {
            files.Add(settings.CaFile);
        }

        return files;
    }

    // A certificate that was renewed is used from the next handshake on; one that cannot be loaded changes nothing.
    private void Refresh(TlsServerSettings settings)
    {
        switch (_stamps.Compare())
        {
            case StampChange.None:
                return;
            case StampChange.Unreadable:
                // Out of this process's reach: its successor starts with the rights to load them.
                if (!_retiring.IsCancellationRequested)
                {
                    TlsLog.Info("TLS certificate files have changed -- restarting");
                    _retire();
                }

                return;
        }

        _stamps.Dispose();
        _stamps = FileStamps.Take(FilesRead(settings));
        try
        {
            _context = new TlsServerContext(settings);
            TlsLog.Info("TLS certificate files have changed, the new ones are in use");
        }
        catch (TlsException failure)
        {
            TlsLog.Problem(failure.Message, failure.Details);
            if (_context is not null)
            {
                TlsLog.Warning("new TLS certificate files cannot be used, the old certificates stay in use");
            }
        }
    }

    private async ValueTask<byte[]?> FindNameAsync(string name, CancellationToken stop)
    {
        for (string key = Mta.Text.Ascii.ToLower(name); key.Length > 0; key = Parent(key))
        {
            LookupResult found = await _names!.LookupAsync(key, stop: stop); // Asked only where there are maps.
            if (found.IsFailed)
            {
                // The certificate of another name would not do: the client comes again.
                throw new TlsException($"tls_server_sni_maps: {name} map lookup problem", []);
            }

            if (found.IsFound)
            {
                return SniEntry.Load(found.Value, key);
            }
        }

        return null;
    }

    private static string Parent(string key)
    {
        int dot = key.IndexOf('.', 1);
        return dot < 0 ? "" : key[dot..];
    }
}
