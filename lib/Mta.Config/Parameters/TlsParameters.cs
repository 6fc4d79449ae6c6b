namespace Mta.Config.Parameters;

/// <summary>Parameters of TLS in every program.</summary>
public static class TlsParameters
{
    /// <summary>Trust the system's authorities too.</summary>
    public static readonly BoolParameter TlsAppendDefaultCA = new("tls_append_default_CA", false);

    /// <summary>Configuration file of the TLS library.</summary>
    public static readonly StringParameter TlsConfigFile = new("tls_config_file", "default");

    /// <summary>Section of the TLS library's configuration.</summary>
    public static readonly StringParameter TlsConfigName = new("tls_config_name", "");

    /// <summary>Bytes of randomness that a process gets from tlsmgr.</summary>
    public static readonly IntParameter TlsDaemonRandomBytes = new("tls_daemon_random_bytes", 32, min: 1);

    /// <summary>Digests of TLSA records, best first.</summary>
    public static readonly StringParameter TlsDaneDigests = new("tls_dane_digests", "sha512 sha256", min: 1);

    /// <summary>Workarounds of the TLS library to turn off.</summary>
    public static readonly StringParameter TlsDisableWorkarounds = new("tls_disable_workarounds", "");

    /// <summary>Elliptic curves, best first.</summary>
    public static readonly StringParameter TlsEecdhAutoCurves = new("tls_eecdh_auto_curves", "X25519 X448 prime256v1 secp521r1 secp384r1");

    /// <summary>The curve for the grade "strong".</summary>
    public static readonly StringParameter TlsEecdhStrongCurve = new("tls_eecdh_strong_curve", "prime256v1");

    /// <summary>The curve for the grade "ultra".</summary>
    public static readonly StringParameter TlsEecdhUltraCurve = new("tls_eecdh_ultra_curve", "secp384r1");

    /// <summary>Ciphers of the grade "export" and above.</summary>
    public static readonly StringParameter TlsExportCipherlist = new("tls_export_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH");

    /// <summary>Do not wait for the peer's end of a TLS session.</summary>
    public static readonly BoolParameter TlsFastShutdownEnable = new("tls_fast_shutdown_enable", true);

    /// <summary>Finite-field groups, best first.</summary>
    public static readonly StringParameter TlsFfdheAutoGroups = new("tls_ffdhe_auto_groups", "ffdhe2048 ffdhe3072");

    /// <summary>Ciphers of the grade "high".</summary>
    public static readonly StringParameter TlsHighCipherlist = new("tls_high_cipherlist", "aNULL:-aNULL:HIGH:@STRENGTH", min: 1);

    /// <summary>Compute public key fingerprints the old way.</summary>
    public static readonly BoolParameter TlsLegacyPublicKeyFingerprints = new("tls_legacy_public_key_fingerprints", false);

    /// <summary>Ciphers of the grade "low" and above.</summary>
    public static readonly StringParameter TlsLowCipherlist = new("tls_low_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH");

    /// <summary>Ciphers of the grade "medium" and above.</summary>
    public static readonly StringParameter TlsMediumCipherlist = new("tls_medium_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH", min: 1);

    /// <summary>Ciphers without encryption.</summary>
    public static readonly StringParameter TlsNullCipherlist = new("tls_null_cipherlist", "eNULL:!aNULL", min: 1);

    /// <summary>The server's order of ciphers counts, not the client's.</summary>
    public static readonly BoolParameter TlsPreemptCipherlist = new("tls_preempt_cipherlist", false);

    /// <summary>Bytes that tlsmgr reads from the random source.</summary>
    public static readonly IntParameter TlsRandomBytes = new("tls_random_bytes", 32, min: 1);

    /// <summary>File in which tlsmgr keeps randomness.</summary>
    public static readonly StringParameter TlsRandomExchangeName = new("tls_random_exchange_name", "${data_directory}/prng_exch");

    /// <summary>Pause between two savings of randomness.</summary>
    public static readonly TimeParameter TlsRandomPrngUpdatePeriod = new("tls_random_prng_update_period", "3600s", min: 1);

    /// <summary>Longest pause between two readings of the random source.</summary>
    public static readonly TimeParameter TlsRandomReseedPeriod = new("tls_random_reseed_period", "3600s", min: 1);

    /// <summary>Source of randomness for tlsmgr.</summary>
    public static readonly StringParameter TlsRandomSource = new("tls_random_source", "dev:/dev/urandom");

    /// <summary>Obey the header "TLS-Required: no".</summary>
    public static readonly BoolParameter TlsRequiredEnable = new("tls_required_enable", false);

    /// <summary>Tables with keys and certificates per server name.</summary>
    public static readonly StringParameter TlsServerSniMaps = new("tls_server_sni_maps", "");

    /// <summary>Cipher of session tickets; empty turns them off.</summary>
    public static readonly StringParameter TlsSessionTicketCipher = new("tls_session_ticket_cipher", "aes-256-cbc");

    /// <summary>Options of the TLS library to turn on.</summary>
    public static readonly StringParameter TlsSslOptions = new("tls_ssl_options", "");

    /// <summary>Most TLS traces of a peer per time unit.</summary>
    public static readonly IntParameter TlsTraceRateLimit = new("tls_trace_rate_limit", 1);

    /// <summary>Accept server certificates from clients.</summary>
    public static readonly BoolParameter TlsTrustServerCcerts = new("tls_trust_server_ccerts", false);

    /// <summary>A wildcard in a certificate stands for several labels.</summary>
    public static readonly BoolParameter TlsWildcardMatchesMultipleLabels = new("tls_wildcard_matches_multiple_labels", true);

    /// <summary>Name of the TLS cache and randomness service.</summary>
    public static readonly StringParameter TlsmgrServiceName = new("tlsmgr_service_name", "tlsmgr", min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        TlsAppendDefaultCA,
        TlsConfigFile,
        TlsConfigName,
        TlsDaemonRandomBytes,
        TlsDaneDigests,
        TlsDisableWorkarounds,
        TlsEecdhAutoCurves,
        TlsEecdhStrongCurve,
        TlsEecdhUltraCurve,
        TlsExportCipherlist,
        TlsFastShutdownEnable,
        TlsFfdheAutoGroups,
        TlsHighCipherlist,
        TlsLegacyPublicKeyFingerprints,
        TlsLowCipherlist,
        TlsMediumCipherlist,
        TlsNullCipherlist,
        TlsPreemptCipherlist,
        TlsRandomBytes,
        TlsRandomExchangeName,
        TlsRandomPrngUpdatePeriod,
        TlsRandomReseedPeriod,
        TlsRandomSource,
        TlsRequiredEnable,
        TlsServerSniMaps,
        TlsSessionTicketCipher,
        TlsSslOptions,
        TlsTraceRateLimit,
        TlsTrustServerCcerts,
        TlsWildcardMatchesMultipleLabels,
        TlsmgrServiceName,
    ];
}
