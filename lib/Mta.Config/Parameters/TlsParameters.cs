namespace Mta.Config.Parameters;

/// <summary>Parameters of TLS in every program.</summary>
public static class TlsParameters
{
    /// <summary>Setting <c>tls_append_default_CA</c>.</summary>
    public static readonly BoolParameter TlsAppendDefaultCA = new("tls_append_default_CA", false);

    /// <summary>Setting <c>tls_config_file</c>.</summary>
    public static readonly StringParameter TlsConfigFile = new("tls_config_file", "default");

    /// <summary>Setting <c>tls_config_name</c>.</summary>
    public static readonly StringParameter TlsConfigName = new("tls_config_name", "");

    /// <summary>Setting <c>tls_daemon_random_bytes</c>.</summary>
    public static readonly IntParameter TlsDaemonRandomBytes = new("tls_daemon_random_bytes", 32, min: 1);

    /// <summary>Setting <c>tls_dane_digests</c>.</summary>
    public static readonly StringParameter TlsDaneDigests = new("tls_dane_digests", "sha512 sha256", min: 1);

    /// <summary>Setting <c>tls_disable_workarounds</c>.</summary>
    public static readonly StringParameter TlsDisableWorkarounds = new("tls_disable_workarounds", "");

    /// <summary>Setting <c>tls_eecdh_auto_curves</c>.</summary>
    public static readonly StringParameter TlsEecdhAutoCurves = new("tls_eecdh_auto_curves", "X25519 X448 prime256v1 secp521r1 secp384r1");

    /// <summary>Setting <c>tls_eecdh_strong_curve</c>.</summary>
    public static readonly StringParameter TlsEecdhStrongCurve = new("tls_eecdh_strong_curve", "prime256v1");

    /// <summary>Setting <c>tls_eecdh_ultra_curve</c>.</summary>
    public static readonly StringParameter TlsEecdhUltraCurve = new("tls_eecdh_ultra_curve", "secp384r1");

    /// <summary>Setting <c>tls_export_cipherlist</c>.</summary>
    public static readonly StringParameter TlsExportCipherlist = new("tls_export_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH");

    /// <summary>Setting <c>tls_fast_shutdown_enable</c>.</summary>
    public static readonly BoolParameter TlsFastShutdownEnable = new("tls_fast_shutdown_enable", true);

    /// <summary>Setting <c>tls_ffdhe_auto_groups</c>.</summary>
    public static readonly StringParameter TlsFfdheAutoGroups = new("tls_ffdhe_auto_groups", "ffdhe2048 ffdhe3072");

    /// <summary>Setting <c>tls_high_cipherlist</c>.</summary>
    public static readonly StringParameter TlsHighCipherlist = new("tls_high_cipherlist", "aNULL:-aNULL:HIGH:@STRENGTH", min: 1);

    /// <summary>Setting <c>tls_legacy_public_key_fingerprints</c>.</summary>
    public static readonly BoolParameter TlsLegacyPublicKeyFingerprints = new("tls_legacy_public_key_fingerprints", false);

    /// <summary>Setting <c>tls_low_cipherlist</c>.</summary>
    public static readonly StringParameter TlsLowCipherlist = new("tls_low_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH");

    /// <summary>Setting <c>tls_medium_cipherlist</c>.</summary>
    public static readonly StringParameter TlsMediumCipherlist = new("tls_medium_cipherlist", "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH", min: 1);

    /// <summary>Setting <c>tls_null_cipherlist</c>.</summary>
    public static readonly StringParameter TlsNullCipherlist = new("tls_null_cipherlist", "eNULL:!aNULL", min: 1);

    /// <summary>Setting <c>tls_preempt_cipherlist</c>.</summary>
    public static readonly BoolParameter TlsPreemptCipherlist = new("tls_preempt_cipherlist", false);

    /// <summary>Setting <c>tls_random_bytes</c>.</summary>
    public static readonly IntParameter TlsRandomBytes = new("tls_random_bytes", 32, min: 1);

    /// <summary>Setting <c>tls_random_exchange_name</c>.</summary>
    public static readonly StringParameter TlsRandomExchangeName = new("tls_random_exchange_name", "${data_directory}/prng_exch");

    /// <summary>Setting <c>tls_random_prng_update_period</c>.</summary>
    public static readonly TimeParameter TlsRandomPrngUpdatePeriod = new("tls_random_prng_update_period", "3600s", min: 1);

    /// <summary>Setting <c>tls_random_reseed_period</c>.</summary>
    public static readonly TimeParameter TlsRandomReseedPeriod = new("tls_random_reseed_period", "3600s", min: 1);

    /// <summary>Setting <c>tls_random_source</c>.</summary>
    public static readonly StringParameter TlsRandomSource = new("tls_random_source", "dev:/dev/urandom");

    /// <summary>Setting <c>tls_required_enable</c>.</summary>
    public static readonly BoolParameter TlsRequiredEnable = new("tls_required_enable", false);

    /// <summary>Setting <c>tls_server_sni_maps</c>.</summary>
    public static readonly StringParameter TlsServerSniMaps = new("tls_server_sni_maps", "");

    /// <summary>Setting <c>tls_session_ticket_cipher</c>.</summary>
    public static readonly StringParameter TlsSessionTicketCipher = new("tls_session_ticket_cipher", "aes-256-cbc");

    /// <summary>Setting <c>tls_ssl_options</c>.</summary>
    public static readonly StringParameter TlsSslOptions = new("tls_ssl_options", "");

    /// <summary>Setting <c>tls_trace_rate_limit</c>.</summary>
    public static readonly IntParameter TlsTraceRateLimit = new("tls_trace_rate_limit", 1);

    /// <summary>Setting <c>tls_trust_server_ccerts</c>.</summary>
    public static readonly BoolParameter TlsTrustServerCcerts = new("tls_trust_server_ccerts", false);

    /// <summary>Setting <c>tls_wildcard_matches_multiple_labels</c>.</summary>
    public static readonly BoolParameter TlsWildcardMatchesMultipleLabels = new("tls_wildcard_matches_multiple_labels", true);

    /// <summary>Setting <c>tlsmgr_service_name</c>.</summary>
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
