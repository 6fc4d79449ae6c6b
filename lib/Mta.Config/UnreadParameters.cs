namespace Mta.Config;

/// <summary>
/// Parameters that are declared and that no program reads: they belong to services, or parts of services, that do not
/// exist here. A test finds what is not read and compares; the list may only shrink.
/// </summary>
public static class UnreadParameters
{
    // smtp and lmtp keep TLS connections inside their own process (smtp_tls_connection_reuse), and posttls-finger has
    // no option -X: no service plays the part of a client of tlsproxy, and tlsproxy refuses to be asked for it. What
    // these would set comes from the smtp_tls_* and lmtp_tls_* parameters themselves.
    private const string NoClientRole = "tlsproxy has the server's role only: what smtp_tls_* and lmtp_tls_* say counts";

    /// <summary>Name, and why nothing reads it.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["tlsproxy_client_CAfile"] = NoClientRole,
        ["tlsproxy_client_CApath"] = NoClientRole,
        ["tlsproxy_client_cert_file"] = NoClientRole,
        ["tlsproxy_client_chain_files"] = NoClientRole,
        ["tlsproxy_client_dcert_file"] = NoClientRole,
        ["tlsproxy_client_dkey_file"] = NoClientRole,
        ["tlsproxy_client_eccert_file"] = NoClientRole,
        ["tlsproxy_client_eckey_file"] = NoClientRole,
        ["tlsproxy_client_enforce_tls"] = NoClientRole,
        ["tlsproxy_client_fingerprint_digest"] = NoClientRole,
        ["tlsproxy_client_key_file"] = NoClientRole,
        ["tlsproxy_client_loglevel"] = NoClientRole,
        ["tlsproxy_client_loglevel_parameter"] = NoClientRole,
        ["tlsproxy_client_per_site"] = NoClientRole,
        ["tlsproxy_client_scert_verifydepth"] = NoClientRole,
        ["tlsproxy_client_security_level"] = NoClientRole,
        ["tlsproxy_client_use_tls"] = NoClientRole,
    };

    /// <summary>Those that main.cf sets.</summary>
    public static IEnumerable<string> SetIn(Configuration configuration) => All.Keys.Where(configuration.IsSet);
}
