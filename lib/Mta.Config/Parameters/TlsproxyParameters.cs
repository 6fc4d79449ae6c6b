namespace Mta.Config.Parameters;

/// <summary>Parameters of the TLS proxy.</summary>
public static class TlsproxyParameters
{
    /// <summary>Setting <c>tlsproxy_client_CAfile</c>.</summary>
    public static readonly StringParameter TlsproxyClientCAfile = new("tlsproxy_client_CAfile", "$smtp_tls_CAfile");

    /// <summary>Setting <c>tlsproxy_client_CApath</c>.</summary>
    public static readonly StringParameter TlsproxyClientCApath = new("tlsproxy_client_CApath", "$smtp_tls_CApath");

    /// <summary>Setting <c>tlsproxy_client_cert_file</c>.</summary>
    public static readonly StringParameter TlsproxyClientCertFile = new("tlsproxy_client_cert_file", "$smtp_tls_cert_file");

    /// <summary>Setting <c>tlsproxy_client_chain_files</c>.</summary>
    public static readonly StringParameter TlsproxyClientChainFiles = new("tlsproxy_client_chain_files", "$smtp_tls_chain_files");

    /// <summary>Setting <c>tlsproxy_client_dcert_file</c>.</summary>
    public static readonly StringParameter TlsproxyClientDcertFile = new("tlsproxy_client_dcert_file", "$smtp_tls_dcert_file");

    /// <summary>Setting <c>tlsproxy_client_dkey_file</c>.</summary>
    public static readonly StringParameter TlsproxyClientDkeyFile = new("tlsproxy_client_dkey_file", "$smtp_tls_dkey_file");

    /// <summary>Setting <c>tlsproxy_client_eccert_file</c>.</summary>
    public static readonly StringParameter TlsproxyClientEccertFile = new("tlsproxy_client_eccert_file", "$smtp_tls_eccert_file");

    /// <summary>Setting <c>tlsproxy_client_eckey_file</c>.</summary>
    public static readonly StringParameter TlsproxyClientEckeyFile = new("tlsproxy_client_eckey_file", "$smtp_tls_eckey_file");

    /// <summary>Setting <c>tlsproxy_client_enforce_tls</c>.</summary>
    public static readonly BoolParameter TlsproxyClientEnforceTls = new("tlsproxy_client_enforce_tls", "$smtp_enforce_tls");

    /// <summary>Setting <c>tlsproxy_client_fingerprint_digest</c>.</summary>
    public static readonly StringParameter TlsproxyClientFingerprintDigest = new("tlsproxy_client_fingerprint_digest", "$smtp_tls_fingerprint_digest", min: 1);

    /// <summary>Setting <c>tlsproxy_client_key_file</c>.</summary>
    public static readonly StringParameter TlsproxyClientKeyFile = new("tlsproxy_client_key_file", "$smtp_tls_key_file");

    /// <summary>Setting <c>tlsproxy_client_level</c>.</summary>
    public static readonly StringParameter TlsproxyClientLevel = new("tlsproxy_client_level", "") { IsLegacy = true };

    /// <summary>Setting <c>tlsproxy_client_loglevel</c>.</summary>
    public static readonly StringParameter TlsproxyClientLoglevel = new("tlsproxy_client_loglevel", "$smtp_tls_loglevel");

    /// <summary>Setting <c>tlsproxy_client_loglevel_parameter</c>.</summary>
    public static readonly StringParameter TlsproxyClientLoglevelParameter = new("tlsproxy_client_loglevel_parameter", "smtp_tls_loglevel");

    /// <summary>Setting <c>tlsproxy_client_per_site</c>.</summary>
    public static readonly StringParameter TlsproxyClientPerSite = new("tlsproxy_client_per_site", "$smtp_tls_per_site");

    /// <summary>Setting <c>tlsproxy_client_policy</c>.</summary>
    public static readonly StringParameter TlsproxyClientPolicy = new("tlsproxy_client_policy", "") { IsLegacy = true };

    /// <summary>Setting <c>tlsproxy_client_policy_maps</c>.</summary>
    public static readonly StringParameter TlsproxyClientPolicyMaps = new("tlsproxy_client_policy_maps", "${tlsproxy_client_policy:$smtp_tls_policy_maps}");

    /// <summary>Setting <c>tlsproxy_client_scert_verifydepth</c>.</summary>
    public static readonly IntParameter TlsproxyClientScertVerifydepth = new("tlsproxy_client_scert_verifydepth", "$smtp_tls_scert_verifydepth");

    /// <summary>Setting <c>tlsproxy_client_security_level</c>.</summary>
    public static readonly EnumParameter TlsproxyClientSecurityLevel = new("tlsproxy_client_security_level", "${tlsproxy_client_level:$smtp_tls_security_level}", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>Setting <c>tlsproxy_client_use_tls</c>.</summary>
    public static readonly BoolParameter TlsproxyClientUseTls = new("tlsproxy_client_use_tls", "$smtp_use_tls");

    /// <summary>Setting <c>tlsproxy_enforce_tls</c>.</summary>
    public static readonly BoolParameter TlsproxyEnforceTls = new("tlsproxy_enforce_tls", "$smtpd_enforce_tls");

    /// <summary>Setting <c>tlsproxy_service_name</c>.</summary>
    public static readonly StringParameter TlsproxyServiceName = new("tlsproxy_service_name", "tlsproxy", min: 1);

    /// <summary>Setting <c>tlsproxy_tls_CAfile</c>.</summary>
    public static readonly StringParameter TlsproxyTlsCAfile = new("tlsproxy_tls_CAfile", "$smtpd_tls_CAfile");

    /// <summary>Setting <c>tlsproxy_tls_CApath</c>.</summary>
    public static readonly StringParameter TlsproxyTlsCApath = new("tlsproxy_tls_CApath", "$smtpd_tls_CApath");

    /// <summary>Setting <c>tlsproxy_tls_always_issue_session_ids</c>.</summary>
    public static readonly BoolParameter TlsproxyTlsAlwaysIssueSessionIds = new("tlsproxy_tls_always_issue_session_ids", "$smtpd_tls_always_issue_session_ids");

    /// <summary>Setting <c>tlsproxy_tls_ask_ccert</c>.</summary>
    public static readonly BoolParameter TlsproxyTlsAskCcert = new("tlsproxy_tls_ask_ccert", "$smtpd_tls_ask_ccert");

    /// <summary>Setting <c>tlsproxy_tls_ccert_verifydepth</c>.</summary>
    public static readonly IntParameter TlsproxyTlsCcertVerifydepth = new("tlsproxy_tls_ccert_verifydepth", "$smtpd_tls_ccert_verifydepth");

    /// <summary>Setting <c>tlsproxy_tls_cert_file</c>.</summary>
    public static readonly StringParameter TlsproxyTlsCertFile = new("tlsproxy_tls_cert_file", "$smtpd_tls_cert_file");

    /// <summary>Setting <c>tlsproxy_tls_chain_files</c>.</summary>
    public static readonly StringParameter TlsproxyTlsChainFiles = new("tlsproxy_tls_chain_files", "$smtpd_tls_chain_files");

    /// <summary>Setting <c>tlsproxy_tls_ciphers</c>.</summary>
    public static readonly EnumParameter TlsproxyTlsCiphers = new("tlsproxy_tls_ciphers", "$smtpd_tls_ciphers", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>tlsproxy_tls_dcert_file</c>.</summary>
    public static readonly StringParameter TlsproxyTlsDcertFile = new("tlsproxy_tls_dcert_file", "$smtpd_tls_dcert_file");

    /// <summary>Setting <c>tlsproxy_tls_dh1024_param_file</c>.</summary>
    public static readonly StringParameter TlsproxyTlsDh1024ParamFile = new("tlsproxy_tls_dh1024_param_file", "$smtpd_tls_dh1024_param_file");

    /// <summary>Setting <c>tlsproxy_tls_dh512_param_file</c>.</summary>
    public static readonly StringParameter TlsproxyTlsDh512ParamFile = new("tlsproxy_tls_dh512_param_file", "$smtpd_tls_dh512_param_file");

    /// <summary>Setting <c>tlsproxy_tls_dkey_file</c>.</summary>
    public static readonly StringParameter TlsproxyTlsDkeyFile = new("tlsproxy_tls_dkey_file", "$smtpd_tls_dkey_file");

    /// <summary>Setting <c>tlsproxy_tls_eccert_file</c>.</summary>
    public static readonly StringParameter TlsproxyTlsEccertFile = new("tlsproxy_tls_eccert_file", "$smtpd_tls_eccert_file");

    /// <summary>Setting <c>tlsproxy_tls_eckey_file</c>.</summary>
    public static readonly StringParameter TlsproxyTlsEckeyFile = new("tlsproxy_tls_eckey_file", "$smtpd_tls_eckey_file");

    /// <summary>Setting <c>tlsproxy_tls_eecdh_grade</c>.</summary>
    public static readonly EnumParameter TlsproxyTlsEecdhGrade = new("tlsproxy_tls_eecdh_grade", "$smtpd_tls_eecdh_grade", "none", "strong", "ultra", "auto");

    /// <summary>Setting <c>tlsproxy_tls_enable_rpk</c>.</summary>
    public static readonly BoolParameter TlsproxyTlsEnableRpk = new("tlsproxy_tls_enable_rpk", "$smtpd_tls_enable_rpk");

    /// <summary>Setting <c>tlsproxy_tls_exclude_ciphers</c>.</summary>
    public static readonly StringParameter TlsproxyTlsExcludeCiphers = new("tlsproxy_tls_exclude_ciphers", "$smtpd_tls_exclude_ciphers");

    /// <summary>Setting <c>tlsproxy_tls_fingerprint_digest</c>.</summary>
    public static readonly StringParameter TlsproxyTlsFingerprintDigest = new("tlsproxy_tls_fingerprint_digest", "$smtpd_tls_fingerprint_digest", min: 1);

    /// <summary>Setting <c>tlsproxy_tls_key_file</c>.</summary>
    public static readonly StringParameter TlsproxyTlsKeyFile = new("tlsproxy_tls_key_file", "$smtpd_tls_key_file");

    /// <summary>Setting <c>tlsproxy_tls_loglevel</c>.</summary>
    public static readonly StringParameter TlsproxyTlsLoglevel = new("tlsproxy_tls_loglevel", "$smtpd_tls_loglevel");

    /// <summary>Setting <c>tlsproxy_tls_mandatory_ciphers</c>.</summary>
    public static readonly EnumParameter TlsproxyTlsMandatoryCiphers = new("tlsproxy_tls_mandatory_ciphers", "$smtpd_tls_mandatory_ciphers", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>tlsproxy_tls_mandatory_exclude_ciphers</c>.</summary>
    public static readonly StringParameter TlsproxyTlsMandatoryExcludeCiphers = new("tlsproxy_tls_mandatory_exclude_ciphers", "$smtpd_tls_mandatory_exclude_ciphers");

    /// <summary>Setting <c>tlsproxy_tls_mandatory_protocols</c>.</summary>
    public static readonly StringParameter TlsproxyTlsMandatoryProtocols = new("tlsproxy_tls_mandatory_protocols", "$smtpd_tls_mandatory_protocols");

    /// <summary>Setting <c>tlsproxy_tls_protocols</c>.</summary>
    public static readonly StringParameter TlsproxyTlsProtocols = new("tlsproxy_tls_protocols", "$smtpd_tls_protocols");

    /// <summary>Setting <c>tlsproxy_tls_req_ccert</c>.</summary>
    public static readonly BoolParameter TlsproxyTlsReqCcert = new("tlsproxy_tls_req_ccert", "$smtpd_tls_req_ccert");

    /// <summary>Setting <c>tlsproxy_tls_security_level</c>.</summary>
    public static readonly EnumParameter TlsproxyTlsSecurityLevel = new("tlsproxy_tls_security_level", "$smtpd_tls_security_level", "", "none", "may", "encrypt");

    /// <summary>Setting <c>tlsproxy_use_tls</c>.</summary>
    public static readonly BoolParameter TlsproxyUseTls = new("tlsproxy_use_tls", "$smtpd_use_tls");

    /// <summary>Setting <c>tlsproxy_watchdog_timeout</c>.</summary>
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
