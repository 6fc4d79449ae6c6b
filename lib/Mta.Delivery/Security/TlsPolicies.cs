using Mta.Dns;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;
using Mta.Tls;

namespace Mta.Delivery.Security;

/// <summary>
/// Decides what a delivery to a server demands, and says why: the one place where that is done. What cannot be decided is
/// never taken for something weaker. Thread-safe.
/// </summary>
public sealed class TlsPolicies
{
    private const string Problem = "client TLS configuration problem";
    private readonly ClientTlsSettings _settings;
    private readonly Action<string> _warn;
    private readonly TableList? _maps;
    private readonly TableList? _perSite;
    private readonly TlsaLookup? _tlsa;
    private readonly string _noDane;
    private readonly IReadOnlyList<TlsaRecord> _anchors;

    /// <param name="dns">A resolver that validates, for the dane levels; null when there is none.</param>
    /// <param name="noDane">Why the dane levels cannot be used; null when they can.</param>
    /// <param name="warn">Writes a warning into the log.</param>
    /// <exception cref="TlsException">A trust anchor file cannot be read.</exception>
    public TlsPolicies(ClientTlsSettings settings, TableRegistry tables, IDnsResolver? dns, string? noDane, Action<string> warn)
    {
        _settings = settings;
        _warn = warn;
        _maps = settings.PolicyMaps.Length == 0 ? null : TableList.Open(tables, $"{settings.Prefix}_tls_policy_maps", settings.PolicyMaps);
        _perSite = settings.PerSiteMaps.Length == 0 ? null : TableList.Open(tables, $"{settings.Prefix}_tls_per_site", settings.PerSiteMaps);
        _noDane = noDane ?? "there is no DNSSEC validation";
        _tlsa = dns is null || noDane is not null ? null : new TlsaLookup(dns, settings, warn);
        _anchors = settings.AnchorFiles.Count == 0 ? [] : TrustAnchors.Load(settings.AnchorFiles);
    }

    /// <param name="isTlsOptional">The sender asked that security be no obstacle (<c>TLS-Required: no</c>, RFC 8689 §5).</param>
    public async ValueTask<TlsPolicy> DecideAsync(TlsTarget target, bool isTlsOptional, CancellationToken stop)
    {
        if (_settings.IsOff)
        {
            return TlsPolicy.Off;
        }

        PolicyDraft draft = new();
        string? error = null;
        if (isTlsOptional)
        {
            draft.Lower(_settings.Level, _settings.IsWrapper);
        }
        else
        {
            error = await FindLevelAsync(target, draft, stop);
        }

        TlsPolicy policy = new(draft.Level) { Why = draft.Why };
        if (error is not null)
        {
            if (error.Length > 0)
            {
                _warn(error);
            }

            string problem = draft.IsUndecided ? "Temporary lookup error" : Problem;
            _warn($"TLS policy lookup for {target.Destination}/{target.Host}: {problem}");
            return Skip(policy, problem, draft.IsUndecided ? "4.3.0" : "4.7.5");
        }

        if (_settings.IsWrapper && policy.Level < TlsLevel.Encrypt)
        {
            _warn($"{_settings.Prefix}_tls_wrappermode requires \"{_settings.Prefix}_tls_security_level = encrypt\" (or stronger)");
            return policy with { Failure = new Dsn("4.3.0", "", "server unavailable or unable to receive mail"), Why = [.. policy.Why, Problem] };
        }

        if (target.IsUnix && policy.Level == TlsLevel.May)
        {
            return TlsPolicy.Off with { Why = [.. policy.Why, "no opportunistic TLS over a Unix-domain socket"] };
        }

        if (policy.Level is TlsLevel.Dane or TlsLevel.DaneOnly)
        {
            policy = target.IsUnix ? Skip(policy, Problem) : await ApplyDaneAsync(policy, target, stop);
            if (policy.Failure is { } skipped)
            {
                _warn($"TLS policy lookup for {target.Destination}/{target.Host}: {skipped.Reason}");
            }
        }

        return policy.Failure is not null || policy.Level == TlsLevel.None ? policy : Complete(policy, draft, target);
    }

    private static TlsPolicy Skip(TlsPolicy policy, string reason, string status = "4.7.5") =>
        policy with { Failure = new Dsn(status, "", reason), Why = [.. policy.Why, reason] };

    private async ValueTask<string?> FindLevelAsync(TlsTarget target, PolicyDraft draft, CancellationToken stop)
    {
        if (_maps is not null)
        {
            bool isDomain = !target.IsUnix && target.Destination.AsSpan().IndexOfAny("[:/") < 0;
            for (string key = Ascii.ToLower(target.Destination); key.Length > 0;)
            {
                LookupResult found = await _maps.LookupAsync(key, stop: stop);
                if (found.IsFailed)
                {
                    return $"{_maps.Title}, next-hop destination \"{target.Destination}\": policy table lookup error";
                }

                if (found.IsFound)
                {
                    draft.Why.Add($"{_maps.Title}: {key} is \"{found.Value}\"");
                    string? problem = draft.Parse(found.Value, _maps.Title, target.Destination, _warn);
                    return problem is null or "" ? problem : $"{_maps.Title}, next-hop destination \"{target.Destination}\": {problem}";
                }

                int dot = key.Length < 2 ? -1 : key.IndexOf('.', 1);
                key = isDomain && dot > 0 ? key[dot..] : "";
            }
        }

        if (_perSite is not null)
        {
            string? error = await FindPerSiteAsync(_perSite, target, draft, stop);
            if (error is not null || draft.IsFound)
            {
                return error;
            }
        }

        draft.Level = _settings.Level;
        draft.Why.Add($"{_settings.Prefix}_tls_security_level is \"{_settings.Level.Name()}\"");
        return null;
    }

    // The way before policy tables: NONE beats MAY, otherwise the stronger of two entries counts.
    private async ValueTask<string?> FindPerSiteAsync(TableList table, TlsTarget target, PolicyDraft draft, CancellationToken stop)
    {
        TlsLevel? site = null;
        foreach (string key in (string[])[target.Destination, target.Host])
        {
            string what = ReferenceEquals(key, target.Destination) ? "next-hop destination" : "server hostname";
            LookupResult found = await table.LookupAsync(Ascii.ToLower(key), stop: stop);
            if (found.IsFailed)
            {
                draft.IsUndecided = true;
                return $"{table.Title}: {what} \"{key}\": per-site table lookup error";
            }

            if (found.IsNotFound)
            {
                continue;
            }

            TlsLevel? level = found.Value.ToUpperInvariant() switch
            {
                "NONE" => TlsLevel.None,
                "MAY" => TlsLevel.May,
                "MUST_NOPEERMATCH" => TlsLevel.Encrypt,
                "MUST" => TlsLevel.Verify,
                _ => null,
            };
            if (level is null)
            {
                return $"{table.Title}: unknown TLS policy '{Printable.Neutralize(found.Value)}' for {what} {key}";
            }

            draft.Why.Add($"{table.Title}: {key} is \"{found.Value}\"");
            site = site is null ? level
                : (site == TlsLevel.None && level == TlsLevel.May) || (site == TlsLevel.May && level == TlsLevel.None) ? TlsLevel.None
                : (TlsLevel)Math.Max((int)site, (int)level);
        }

        if (site is { } decided)
        {
            draft.IsFound = true;
            draft.Level = decided == TlsLevel.May && _settings.Level > TlsLevel.May ? _settings.Level : decided;
        }

        return null;
    }

    private async ValueTask<TlsPolicy> ApplyDaneAsync(TlsPolicy policy, TlsTarget target, CancellationToken stop)
    {
        bool isOnly = policy.Level == TlsLevel.DaneOnly;
        if (_tlsa is null)
        {
            _warn($"{target.Destination}: {policy.Level.Name()} configured with {_noDane}");
            return isOnly ? Skip(policy, Problem) : (policy with { Level = TlsLevel.May }).Because($"{_noDane}: opportunistic TLS");
        }

        bool isHalf = false;
        if (target.UsesMx)
        {
            bool? isSecure = await _tlsa.IsMxSecureAsync(target.Domain, stop);
            if (isSecure is null)
            {
                return Skip(policy, $"MX lookup error for {target.Domain}");
            }

            isHalf = isSecure == false;
            policy = policy.Because(isHalf ? "DNSSEC does not prove the MX records" : "DNSSEC proves the MX records");
            if (isHalf && isOnly)
            {
                return Skip(policy, "non DNSSEC destination");
            }

            if (isHalf && _settings.InsecureMxPolicy == "may")
            {
                return (policy with { Level = TlsLevel.May }).Because("opportunistic TLS");
            }
        }

        TlsaAnswer answer = await _tlsa.FindAsync(target.Host, target.Address.Contains(':', StringComparison.Ordinal), target.Port, stop);
        if (answer.IsFailed)
        {
            return Skip(policy, $"TLSA lookup error for {target.Host}:{target.Port}");
        }

        if (!answer.HasRecords)
        {
            return isOnly ? Skip(policy, "no TLSA records found") : (policy with { Level = TlsLevel.May }).Because("no TLSA records: opportunistic TLS");
        }

        if (answer.Records.Count == 0 && answer.Unusable.Count > 0)
        {
            return (policy with
            {
                Level = isOnly ? TlsLevel.DaneOnly : TlsLevel.Encrypt,
                ServerName = answer.Base,
                UnusableTlsa = answer.Unusable,
                LacksUsableTlsa = true,
            }).Because(isOnly ? "no TLSA record can be used" : "no TLSA record can be used: encryption without authentication");
        }

        if (answer.Records.Count == 0)
        {
            return isOnly ? Skip(policy, "TLSA records unusable") : (policy with { Level = TlsLevel.Encrypt }).Because("no TLSA record can be used: encryption without authentication");
        }

        if (isHalf && _settings.InsecureMxPolicy == "encrypt")
        {
            return (policy with { Level = TlsLevel.Encrypt }).Because("smtp_tls_dane_insecure_mx_policy is \"encrypt\"");
        }

        List<string> names = [answer.Base];
        if (target.UsesMx && !names.Contains(target.Domain))
        {
            names.Add(target.Domain);
        }

        return (policy with
        {
            Level = isHalf ? TlsLevel.HalfDane : policy.Level,
            Tlsa = answer.Records,
            TlsaNames = names,
            UnusableTlsa = answer.Unusable,
            ServerName = answer.Base,
        }).Because($"TLSA records of _{target.Port}._tcp.{answer.Base}: {answer.Records.Count} usable");
    }

    private TlsPolicy Complete(TlsPolicy policy, PolicyDraft draft, TlsTarget target)
    {
        bool isMandatory = policy.Level > TlsLevel.May;
        string protocolList = draft.Protocols ?? _settings.Text(isMandatory ? "tls_mandatory_protocols" : "tls_protocols");
        string grade = draft.Grade ?? _settings.Text(isMandatory ? "tls_mandatory_ciphers" : "tls_ciphers");
        string? list = _settings.CipherList(grade);
        if (!TlsProtocols.TryParse(protocolList, out TlsProtocols protocols))
        {
            policy = policy with { Obstacle = $"{target.NameWithPort}: Invalid TLS protocol list \"{Printable.Neutralize(protocolList)}\": aborting TLS session" };
        }
        else if (list is null)
        {
            policy = policy with { Obstacle = $"{target.NameWithPort}: invalid cipher grade: \"{Printable.Neutralize(grade)}\"" };
        }

        string excluded = draft.Exclude ?? $"{_settings.Text("tls_exclude_ciphers")} {(isMandatory ? _settings.Text("tls_mandatory_exclude_ciphers") : "")}";
        string implied = policy.Level.MustMatch() ? "aNULL" : isMandatory && grade != "null" ? "eNULL" : "";
        policy = policy with
        {
            Protocols = protocols,
            Ciphers = TlsCiphers.Compose(list ?? "", excluded, implied),
            Digest = _settings.Digest,
            ReusesConnections = draft.Reuses ?? _settings.ReusesConnections,
            Match = Matches(policy.Level, draft, target),
            OutsideFailure = draft.OutsideFailure,
            ServerName = policy.Level.UsesTlsa() || policy.LacksUsableTlsa ? policy.ServerName : Name(draft.ServerName ?? _settings.ServerName, target),
            Anchors = policy.Level is TlsLevel.Verify or TlsLevel.Secure ? draft.Anchors.Count > 0 ? draft.Anchors : _anchors : [],
        };
        if (policy.Level is TlsLevel.Fingerprint or TlsLevel.Verify or TlsLevel.Secure && policy.Match.Count == 0)
        {
            _warn($"nexthop domain {target.Destination}: configured at {policy.Level.Name()} security level, but with no {(policy.Level == TlsLevel.Fingerprint ? "fingerprints" : "names")} to match.");
            _warn($"TLS policy lookup for {target.Destination}/{target.Host}: {Problem}");
            return Skip(policy, Problem);
        }

        // RFC 8461 §4.1: the exchanger must be one that the policy names, and the certificate must be its own.
        if (_settings.EnforcesExchangerPatterns && draft.Origin == "sts" && draft.Match.Count > 0 && draft.ExchangerPatterns.Count > 0)
        {
            if (!draft.ExchangerPatterns.Exists(pattern => CertificateNames.Matches(pattern, target.Host, multiLabel: false)))
            {
                string reason = $"MX name '{target.Host}' does not match STS MX pattern for '{target.Domain}'";
                _warn(reason);
                return Skip(policy, reason);
            }

            policy = policy with { Match = [target.Host] };
        }

        return policy with { Key = policy.MakeKey(target) };
    }

    private IReadOnlyList<string> Matches(TlsLevel level, PolicyDraft draft, TlsTarget target)
    {
        if (level == TlsLevel.Fingerprint)
        {
            return draft.Match.Count > 0 ? draft.Match : _settings.FingerprintMatch;
        }

        if (level is not (TlsLevel.Verify or TlsLevel.Secure))
        {
            return [];
        }

        List<string> names = [];
        string nextHop = target.IsUnix ? _settings.MyHostname : target.Domain;
        foreach (string word in draft.Match.Count > 0 ? draft.Match : level == TlsLevel.Verify ? _settings.VerifyMatch : _settings.SecureMatch)
        {
            string name = Ascii.ToLower(word) switch
            {
                "nexthop" => nextHop,
                "dot-nexthop" => "." + nextHop,
                "hostname" => target.Host,
                _ => word,
            };
            names.Add(name.Length > 0 && name[0] != '.' && DomainSyntax.TryToAscii(name, out string ascii) ? ascii : name);
        }

        names.RemoveAll(static name => name.Length == 0);
        return names;
    }

    private static string Name(string word, TlsTarget target) => Ascii.ToLower(word) switch
    {
        "nexthop" => target.Domain,
        "hostname" => target.Host,
        _ => word,
    };
}
