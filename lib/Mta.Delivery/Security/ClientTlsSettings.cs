using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Tls;
using NLog;

namespace Mta.Delivery.Security;

/// <summary>The values of <c>smtp_tls_*</c> or <c>lmtp_tls_*</c>, read once at start.</summary>
public sealed class ClientTlsSettings
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly Configuration _configuration;
    private readonly string _prefix;

    /// <param name="prefix"><c>smtp</c> or <c>lmtp</c>.</param>
    /// <exception cref="ConfigurationException">A value makes no sense.</exception>
    public ClientTlsSettings(Configuration configuration, string prefix)
    {
        _configuration = configuration;
        _prefix = prefix;
        Prefix = prefix;
        Level = ReadLevel();
        IsWrapper = Flag("tls_wrappermode");
        LogLevel = int.TryParse(Text("tls_loglevel"), out int level) ? level : Text("tls_loglevel").Length > 0 ? 1 : 0;
        VerifyDepth = Value<int>("tls_scert_verifydepth");
        NotesOffer = Flag("tls_note_starttls_offer");
        Digest = Text("tls_fingerprint_digest");
        HasLegacyKeyFingerprints = configuration.Get(TlsParameters.TlsLegacyPublicKeyFingerprints);
        ServerName = Text("tls_servername");
        ReusesConnections = Flag("tls_connection_reuse");
        EnforcesExchangerPatterns = Flag("tls_enforce_sts_mx_patterns");
        if (Flag("tls_enable_rpk"))
        {
            Log.Warn($"{prefix}_tls_enable_rpk = yes: the TLS library has no raw public keys, servers are asked for certificates only");
        }

        BlocksEarlyReply = Flag("tls_block_early_mail_reply");
        StartTlsTimeout = Value<TimeSpan>("starttls_timeout");
        CachesSessions = Text("tls_session_cache_database").Length > 0 && Value<TimeSpan>("tls_session_cache_timeout") > TimeSpan.Zero;
        FingerprintMatch = Words("tls_fingerprint_cert_match");
        VerifyMatch = Words("tls_verify_cert_match");
        SecureMatch = Words("tls_secure_cert_match");
        AnchorFiles = Words("tls_trust_anchor_file");
        ForcesTlsaLookup = Flag("tls_force_insecure_host_tlsa_lookup");
        InsecureMxPolicy = prefix == "smtp" ? configuration.Get(SmtpParameters.SmtpTlsDaneInsecureMxPolicy) : "dane";
        MultiLabelWildcards = configuration.Get(TlsParameters.TlsWildcardMatchesMultipleLabels);
        DaneDigests = [.. TableListSyntax.Split(configuration.Get(TlsParameters.TlsDaneDigests))];
        PolicyMaps = Text("tls_policy_maps");
        PerSiteMaps = Text("tls_per_site");
        Service = configuration.ServiceName;
        MyHostname = configuration.Get(GlobalParameters.Myhostname);
        TlsmgrPath = "private/" + configuration.Get(TlsParameters.TlsmgrServiceName);
    }

    public string Prefix { get; }

    public TlsLevel Level { get; }

    public bool IsWrapper { get; }

    public int LogLevel { get; }

    /// <summary>Most authorities in a server's certificate chain.</summary>
    public int VerifyDepth { get; }

    public bool NotesOffer { get; }

    public string Digest { get; }

    /// <summary>Fingerprints of keys are those of Postfix 2.9.0 to 2.9.5.</summary>
    public bool HasLegacyKeyFingerprints { get; }

    public string ServerName { get; }

    public bool ReusesConnections { get; }

    public bool BlocksEarlyReply { get; }

    /// <summary>Exchangers that an STS policy does not name are passed over.</summary>
    public bool EnforcesExchangerPatterns { get; }

    public TimeSpan StartTlsTimeout { get; }

    public bool CachesSessions { get; }

    public IReadOnlyList<string> FingerprintMatch { get; }

    public IReadOnlyList<string> VerifyMatch { get; }

    public IReadOnlyList<string> SecureMatch { get; }

    public IReadOnlyList<string> AnchorFiles { get; }

    public bool ForcesTlsaLookup { get; }

    /// <summary><c>dane</c>, <c>encrypt</c> or <c>may</c>.</summary>
    public string InsecureMxPolicy { get; }

    public bool MultiLabelWildcards { get; }

    /// <summary>Digests of TLSA records, best first.</summary>
    public IReadOnlyList<string> DaneDigests { get; }

    public string PolicyMaps { get; }

    public string PerSiteMaps { get; }

    public string Service { get; }

    public string MyHostname { get; }

    public string TlsmgrPath { get; }

    /// <summary>Neither level nor tables ask for TLS.</summary>
    public bool IsOff => Level == TlsLevel.None && PolicyMaps.Length == 0 && PerSiteMaps.Length == 0 && !IsWrapper;

    /// <summary>The value of <c>PREFIX_NAME</c>.</summary>
    public string Text(string name) => Value<string>(name);

    /// <summary>The set-up of the library.</summary>
    /// <exception cref="TlsException">A list makes no sense.</exception>
    public TlsClientSettings Library() => new()
    {
        Credentials = new TlsCredentialFiles
        {
            Chains = Words("tls_chain_files"),
            Certificate = Text("tls_cert_file"),
            Key = Text("tls_key_file"),
            DsaCertificate = Text("tls_dcert_file"),
            DsaKey = Text("tls_dkey_file"),
            EcCertificate = Text("tls_eccert_file"),
            EcKey = Text("tls_eckey_file"),
        },
        CaFile = Text("tls_CAfile"),
        CaPath = Text("tls_CApath"),
        TrustsSystem = _configuration.Get(TlsParameters.TlsAppendDefaultCA),
        VerifyDepth = VerifyDepth,
        Groups = [.. TableListSyntax.Split(_configuration.Get(TlsParameters.TlsEecdhAutoCurves)), .. TableListSyntax.Split(_configuration.Get(TlsParameters.TlsFfdheAutoGroups))],
        Options = TlsOptionNames.TryParse(_configuration.Get(TlsParameters.TlsSslOptions), out ulong options)
            ? options | TlsWorkarounds.Except(_configuration.Get(TlsParameters.TlsDisableWorkarounds), static text => Log.Warn(text))
            : throw new TlsException("unknown tls_ssl_options value: disabling TLS client support", []),
    };

    /// <summary>Loads the library as <c>tls_config_file</c> says.</summary>
    /// <exception cref="TlsException">It cannot be loaded.</exception>
    public void LoadLibrary() => TlsLibrary.Load(_configuration.Get(TlsParameters.TlsConfigFile), _configuration.Get(TlsParameters.TlsConfigName));

    /// <summary>The list of a cipher grade.</summary>
    /// <returns>Null when there is no such grade.</returns>
    public string? CipherList(string grade) => grade switch
    {
        "export" => _configuration.Get(TlsParameters.TlsExportCipherlist),
        "low" => _configuration.Get(TlsParameters.TlsLowCipherlist),
        "medium" => _configuration.Get(TlsParameters.TlsMediumCipherlist),
        "high" => _configuration.Get(TlsParameters.TlsHighCipherlist),
        "null" => _configuration.Get(TlsParameters.TlsNullCipherlist),
        _ => null,
    };

    private TlsLevel ReadLevel()
    {
        string level = Text("tls_security_level");
        if (level.Length > 0)
        {
            return TlsLevels.TryParse(level, out TlsLevel parsed)
                ? parsed
                : throw new ConfigurationException($"invalid TLS level \"{level}\"");
        }

        return !Flag("enforce_tls") ? Flag("use_tls") ? TlsLevel.May : TlsLevel.None
            : Flag("tls_enforce_peername") ? TlsLevel.Verify
            : TlsLevel.Encrypt;
    }

    private bool Flag(string name) => Value<bool>(name);

    private string[] Words(string name) => [.. TableListSyntax.Split(Text(name))];

    private T Value<T>(string name)
        where T : notnull =>
        ParameterRegistry.Find($"{_prefix}_{name}") is Parameter<T> parameter
            ? _configuration.Get(parameter)
            : throw new ConfigurationException($"unknown parameter {_prefix}_{name}");
}
