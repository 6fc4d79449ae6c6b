namespace Mta.Config.Parameters;

/// <summary>Parameters of the TLS proxy.</summary>
public static class TlsproxyParameters
{
    /// <summary>File with certificates of trusted authorities; <c>smtp_tls_CAfile</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientCAfile = new("tlsproxy_client_CAfile", "$smtp_tls_CAfile");

    /// <summary>Directory with certificates of trusted authorities; <c>smtp_tls_CApath</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientCApath = new("tlsproxy_client_CApath", "$smtp_tls_CApath");

    /// <summary>File with the client's RSA certificate; <c>smtp_tls_cert_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientCertFile = new("tlsproxy_client_cert_file", "$smtp_tls_cert_file");

    /// <summary>Files with keys and certificate chains of the client; <c>smtp_tls_chain_files</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientChainFiles = new("tlsproxy_client_chain_files", "$smtp_tls_chain_files");

    /// <summary>File with the client's DSA certificate; <c>smtp_tls_dcert_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientDcertFile = new("tlsproxy_client_dcert_file", "$smtp_tls_dcert_file");

    /// <summary>File with the client's DSA key; <c>smtp_tls_dkey_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientDkeyFile = new("tlsproxy_client_dkey_file", "$smtp_tls_dkey_file");

    /// <summary>File with the client's ECDSA certificate; <c>smtp_tls_eccert_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientEccertFile = new("tlsproxy_client_eccert_file", "$smtp_tls_eccert_file");

    /// <summary>File with the client's ECDSA key; <c>smtp_tls_eckey_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientEckeyFile = new("tlsproxy_client_eckey_file", "$smtp_tls_eckey_file");

    /// <summary>smtp_enforce_tls in the TLS proxy.</summary>
    public static readonly BoolParameter TlsproxyClientEnforceTls = new("tlsproxy_client_enforce_tls", "$smtp_enforce_tls");

    /// <summary>Digest of certificate fingerprints; <c>smtp_tls_fingerprint_digest</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientFingerprintDigest = new("tlsproxy_client_fingerprint_digest", "$smtp_tls_fingerprint_digest", min: 1);

    /// <summary>File with the client's RSA key; <c>smtp_tls_key_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientKeyFile = new("tlsproxy_client_key_file", "$smtp_tls_key_file");

    /// <summary>Old name of tlsproxy_client_security_level.</summary>
    public static readonly StringParameter TlsproxyClientLevel = new("tlsproxy_client_level", "") { IsLegacy = true };

    /// <summary>How much is logged about TLS; <c>smtp_tls_loglevel</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientLoglevel = new("tlsproxy_client_loglevel", "$smtp_tls_loglevel");

    /// <summary>Name of the parameter with the client's TLS log level.</summary>
    public static readonly StringParameter TlsproxyClientLoglevelParameter = new("tlsproxy_client_loglevel_parameter", "smtp_tls_loglevel");

    /// <summary>smtp_tls_per_site in the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientPerSite = new("tlsproxy_client_per_site", "$smtp_tls_per_site");

    /// <summary>Old name of tlsproxy_client_policy_maps.</summary>
    public static readonly StringParameter TlsproxyClientPolicy = new("tlsproxy_client_policy", "") { IsLegacy = true };

    /// <summary>smtp_tls_policy_maps in the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyClientPolicyMaps = new("tlsproxy_client_policy_maps", "${tlsproxy_client_policy:$smtp_tls_policy_maps}");

    /// <summary>Longest chain of a server certificate; <c>smtp_tls_scert_verifydepth</c> of the TLS proxy.</summary>
    public static readonly IntParameter TlsproxyClientScertVerifydepth = new("tlsproxy_client_scert_verifydepth", "$smtp_tls_scert_verifydepth");

    /// <summary>smtp_tls_security_level in the TLS proxy.</summary>
    public static readonly EnumParameter TlsproxyClientSecurityLevel = new("tlsproxy_client_security_level", "${tlsproxy_client_level:$smtp_tls_security_level}", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>smtp_use_tls in the TLS proxy.</summary>
    public static readonly BoolParameter TlsproxyClientUseTls = new("tlsproxy_client_use_tls", "$smtp_use_tls");

    /// <summary>smtpd_enforce_tls in the TLS proxy.</summary>
    public static readonly BoolParameter TlsproxyEnforceTls = new("tlsproxy_enforce_tls", "$smtpd_enforce_tls");

    /// <summary>Name of the TLS proxy service.</summary>
    public static readonly StringParameter TlsproxyServiceName = new("tlsproxy_service_name", "tlsproxy", min: 1);

    /// <summary>File with certificates of authorities trusted to name clients; <c>smtpd_tls_CAfile</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsCAfile = new("tlsproxy_tls_CAfile", "$smtpd_tls_CAfile");

    /// <summary>Directory with certificates of authorities trusted to name clients; <c>smtpd_tls_CApath</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsCApath = new("tlsproxy_tls_CApath", "$smtpd_tls_CApath");

    /// <summary>Give clients session numbers even without a session cache; <c>smtpd_tls_always_issue_session_ids</c> of the TLS proxy.</summary>
    public static readonly BoolParameter TlsproxyTlsAlwaysIssueSessionIds = new("tlsproxy_tls_always_issue_session_ids", "$smtpd_tls_always_issue_session_ids");

    /// <summary>Ask clients for a certificate; <c>smtpd_tls_ask_ccert</c> of the TLS proxy.</summary>
    public static readonly BoolParameter TlsproxyTlsAskCcert = new("tlsproxy_tls_ask_ccert", "$smtpd_tls_ask_ccert");

    /// <summary>Longest chain of a client certificate; <c>smtpd_tls_ccert_verifydepth</c> of the TLS proxy.</summary>
    public static readonly IntParameter TlsproxyTlsCcertVerifydepth = new("tlsproxy_tls_ccert_verifydepth", "$smtpd_tls_ccert_verifydepth");

    /// <summary>File with the server's RSA certificate; <c>smtpd_tls_cert_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsCertFile = new("tlsproxy_tls_cert_file", "$smtpd_tls_cert_file");

    /// <summary>Files with keys and certificate chains of the server; <c>smtpd_tls_chain_files</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsChainFiles = new("tlsproxy_tls_chain_files", "$smtpd_tls_chain_files");

    /// <summary>Weakest cipher grade for opportunistic TLS; <c>smtpd_tls_ciphers</c> of the TLS proxy.</summary>
    public static readonly EnumParameter TlsproxyTlsCiphers = new("tlsproxy_tls_ciphers", "$smtpd_tls_ciphers", "export", "low", "medium", "high", "null");

    /// <summary>File with the server's DSA certificate; <c>smtpd_tls_dcert_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsDcertFile = new("tlsproxy_tls_dcert_file", "$smtpd_tls_dcert_file");

    /// <summary>File with Diffie-Hellman parameters; <c>smtpd_tls_dh1024_param_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsDh1024ParamFile = new("tlsproxy_tls_dh1024_param_file", "$smtpd_tls_dh1024_param_file");

    /// <summary>File with export-grade Diffie-Hellman parameters; not used; <c>smtpd_tls_dh512_param_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsDh512ParamFile = new("tlsproxy_tls_dh512_param_file", "$smtpd_tls_dh512_param_file");

    /// <summary>File with the server's DSA key; <c>smtpd_tls_dkey_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsDkeyFile = new("tlsproxy_tls_dkey_file", "$smtpd_tls_dkey_file");

    /// <summary>File with the server's ECDSA certificate; <c>smtpd_tls_eccert_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsEccertFile = new("tlsproxy_tls_eccert_file", "$smtpd_tls_eccert_file");

    /// <summary>File with the server's ECDSA key; <c>smtpd_tls_eckey_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsEckeyFile = new("tlsproxy_tls_eckey_file", "$smtpd_tls_eckey_file");

    /// <summary>Strength of elliptic curves; <c>smtpd_tls_eecdh_grade</c> of the TLS proxy.</summary>
    public static readonly EnumParameter TlsproxyTlsEecdhGrade = new("tlsproxy_tls_eecdh_grade", "$smtpd_tls_eecdh_grade", "none", "strong", "ultra", "auto");

    /// <summary>Accept raw public keys; <c>smtpd_tls_enable_rpk</c> of the TLS proxy.</summary>
    public static readonly BoolParameter TlsproxyTlsEnableRpk = new("tlsproxy_tls_enable_rpk", "$smtpd_tls_enable_rpk");

    /// <summary>Ciphers that are never used; <c>smtpd_tls_exclude_ciphers</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsExcludeCiphers = new("tlsproxy_tls_exclude_ciphers", "$smtpd_tls_exclude_ciphers");

    /// <summary>Digest of client certificate fingerprints; <c>smtpd_tls_fingerprint_digest</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsFingerprintDigest = new("tlsproxy_tls_fingerprint_digest", "$smtpd_tls_fingerprint_digest", min: 1);

    /// <summary>File with the server's RSA key; <c>smtpd_tls_key_file</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsKeyFile = new("tlsproxy_tls_key_file", "$smtpd_tls_key_file");

    /// <summary>How much is logged about TLS; <c>smtpd_tls_loglevel</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsLoglevel = new("tlsproxy_tls_loglevel", "$smtpd_tls_loglevel");

    /// <summary>Weakest cipher grade for mandatory TLS; <c>smtpd_tls_mandatory_ciphers</c> of the TLS proxy.</summary>
    public static readonly EnumParameter TlsproxyTlsMandatoryCiphers = new("tlsproxy_tls_mandatory_ciphers", "$smtpd_tls_mandatory_ciphers", "export", "low", "medium", "high", "null");

    /// <summary>Ciphers that are never used for mandatory TLS; <c>smtpd_tls_mandatory_exclude_ciphers</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsMandatoryExcludeCiphers = new("tlsproxy_tls_mandatory_exclude_ciphers", "$smtpd_tls_mandatory_exclude_ciphers");

    /// <summary>Protocol versions for mandatory TLS; <c>smtpd_tls_mandatory_protocols</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsMandatoryProtocols = new("tlsproxy_tls_mandatory_protocols", "$smtpd_tls_mandatory_protocols");

    /// <summary>Protocol versions for opportunistic TLS; <c>smtpd_tls_protocols</c> of the TLS proxy.</summary>
    public static readonly StringParameter TlsproxyTlsProtocols = new("tlsproxy_tls_protocols", "$smtpd_tls_protocols");

    /// <summary>Demand a trusted client certificate under mandatory TLS; <c>smtpd_tls_req_ccert</c> of the TLS proxy.</summary>
    public static readonly BoolParameter TlsproxyTlsReqCcert = new("tlsproxy_tls_req_ccert", "$smtpd_tls_req_ccert");

    /// <summary>Security level of TLS; <c>smtpd_tls_security_level</c> of the TLS proxy.</summary>
    public static readonly EnumParameter TlsproxyTlsSecurityLevel = new("tlsproxy_tls_security_level", "$smtpd_tls_security_level", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>smtpd_use_tls in the TLS proxy.</summary>
    public static readonly BoolParameter TlsproxyUseTls = new("tlsproxy_use_tls", "$smtpd_use_tls");

    /// <summary>Longest time that the TLS proxy may spend on one request.</summary>
    public static readonly TimeParameter TlsproxyWatchdogTimeout = new("tlsproxy_watchdog_timeout", "10s", min: 10);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        TlsproxyClientCAfile,
        TlsproxyClientCApath,
        TlsproxyClientCertFile,
        TlsproxyClientChainFiles,
        TlsproxyClientDcertFile,
        TlsproxyClientDkeyFile,
        TlsproxyClientEccertFile,
        TlsproxyClientEckeyFile,
        TlsproxyClientEnforceTls,
        TlsproxyClientFingerprintDigest,
        TlsproxyClientKeyFile,
        TlsproxyClientLevel,
        TlsproxyClientLoglevel,
        TlsproxyClientLoglevelParameter,
        TlsproxyClientPerSite,
        TlsproxyClientPolicy,
        TlsproxyClientPolicyMaps,
        TlsproxyClientScertVerifydepth,
        TlsproxyClientSecurityLevel,
        TlsproxyClientUseTls,
        TlsproxyEnforceTls,
        TlsproxyServiceName,
        TlsproxyTlsCAfile,
        TlsproxyTlsCApath,
        TlsproxyTlsAlwaysIssueSessionIds,
        TlsproxyTlsAskCcert,
        TlsproxyTlsCcertVerifydepth,
        TlsproxyTlsCertFile,
        TlsproxyTlsChainFiles,
        TlsproxyTlsCiphers,
        TlsproxyTlsDcertFile,
        TlsproxyTlsDh1024ParamFile,
        TlsproxyTlsDh512ParamFile,
        TlsproxyTlsDkeyFile,
        TlsproxyTlsEccertFile,
        TlsproxyTlsEckeyFile,
        TlsproxyTlsEecdhGrade,
        TlsproxyTlsEnableRpk,
        TlsproxyTlsExcludeCiphers,
        TlsproxyTlsFingerprintDigest,
        TlsproxyTlsKeyFile,
        TlsproxyTlsLoglevel,
        TlsproxyTlsMandatoryCiphers,
        TlsproxyTlsMandatoryExcludeCiphers,
        TlsproxyTlsMandatoryProtocols,
        TlsproxyTlsProtocols,
        TlsproxyTlsReqCcert,
        TlsproxyTlsSecurityLevel,
        TlsproxyUseTls,
        TlsproxyWatchdogTimeout,
    ];
}
