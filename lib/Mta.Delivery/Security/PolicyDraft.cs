using Mta.Mail.Addresses;
using Mta.Text;
using Mta.Tls;

namespace Mta.Delivery.Security;

/// <summary>A policy while its parts are gathered: the level, and what a table's entry says beside it.</summary>
internal sealed class PolicyDraft
{
    private string? _outside;

    public TlsLevel Level { get; set; }

    public bool IsFound { get; set; }

    /// <summary>A table could not tell: it may be able to later.</summary>
    public bool IsUndecided { get; set; }

    public List<string> Why { get; } = [];

    public string? Protocols { get; private set; }

    public string? Grade { get; private set; }

    public string? Exclude { get; private set; }

    public string? ServerName { get; private set; }

    public bool? Reuses { get; private set; }

    public List<string> Match { get; } = [];

    /// <summary>What kind of policy an outside service has found, <c>sts</c> or <c>no-policy-found</c>; null when it does not say.</summary>
    public string? Origin { get; private set; }

    /// <summary>Names of mail exchangers that an STS policy (RFC 8461) allows; <c>*.</c> stands for one label.</summary>
    public List<string> ExchangerPatterns { get; } = [];

    /// <summary>Why the outside service holds that no certificate is to be trusted; null when it does not.</summary>
    public string? OutsideFailure { get; private set; }

    public List<TlsaRecord> Anchors { get; } = [];

    /// <summary>The sender does not want security to be in the way.</summary>
    public void Lower(TlsLevel level, bool isWrapper)
    {
        TlsLevel most = isWrapper ? TlsLevel.Encrypt : TlsLevel.May;
        Level = level < most ? level : most;
        Why.Add("the message says TLS-Required: no");
    }

    /// <summary>Reads an entry: <c>level name=value ...</c>.</summary>
    /// <returns>Why it makes no sense, without the table's name, empty when that was said already; null when it does.</returns>
    public string? Parse(string entry, string title, string key, Action<string> warn)
    {
        IsFound = true;
        List<string> words = Words(entry);
        if (words.Count == 0)
        {
            return "invalid empty policy";
        }

        if (!TlsLevels.TryParse(words[0], out TlsLevel level))
        {
            return $"invalid security level \"{Printable.Neutralize(words[0])}\"";
        }

        Level = level;
        for (int i = 1; i < words.Count; i++)
        {
            int equals = words[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? words[i] : words[i][..equals].Trim(' ', '\t');
            string value = equals < 0 ? "" : words[i][(equals + 1)..].Trim(' ', '\t');
            if (Level == TlsLevel.None)
            {
                warn($"{title}, next-hop destination \"{key}\": ignoring attribute \"{Printable.Neutralize(words[i])}\" with TLS disabled");
                continue;
            }

            string? problem = equals < 0 ? $"malformed attribute/value pair \"{Printable.Neutralize(words[i])}\": missing '=' after attribute name"
                : Set(Ascii.ToLower(name), value, warn);
            if (problem is not null)
            {
                return problem;
            }
        }

        return _outside is not null && Origin is null ? $"attribute \"{_outside}\" without \"policy_type\"" : null;
    }

    private static string Twice(string name) => $"attribute \"{name}\" is specified multiple times";

    // Whether a grade or a protocol list makes sense is seen when TLS starts.
    private string? Set(string name, string value, Action<string> warn)
    {
        switch (name)
        {
            case "ciphers":
                (string? problem, Grade) = Grade is null ? (null, value) : (Twice(name), Grade);
                return problem;
            case "protocols":
                (problem, Protocols) = Protocols is null ? (null, value) : (Twice(name), Protocols);
                return problem;
            case "exclude":
                (problem, Exclude) = Exclude is null ? (null, value) : (Twice(name), Exclude);
                return problem;
            case "servername" when ServerName is not null:
                return Twice(name);
            case "servername" when value is "hostname" or "nexthop" || DomainSyntax.IsValidHostName(value):
                ServerName = value;
                return null;
            case "servername":
                return $"\"servername={Printable.Neutralize(value)}\" specifies an invalid hostname";
            case "match" when value.Length == 0 && Level >= TlsLevel.Fingerprint:
                return $"attribute \"{name}\" has empty value";
            case "match" when Level == TlsLevel.Fingerprint:
                Match.AddRange(value.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                return null;
            case "match" when Level is TlsLevel.Verify or TlsLevel.Secure:
                Match.AddRange(value.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                return null;
            case "tafile" when Level is TlsLevel.Verify or TlsLevel.Secure:
                return LoadAnchors(value, warn);
            case "match" or "tafile":
                return $"attribute \"{name}\" invalid at security level \"{Level.Name()}\"";
            case "connection_reuse" when Ascii.EqualsIgnoreCase(value, "yes") || Ascii.EqualsIgnoreCase(value, "no"):
                Reuses = Ascii.EqualsIgnoreCase(value, "yes");
                return null;
            case "connection_reuse":
                return $"attribute \"{name}\" has bad value: \"{Printable.Neutralize(value)}\"";
            case "policy_type" when Origin is not null:
                return Twice(name);
            case "policy_type" when value is "sts" or "no-policy-found":
                Origin = value;
                return null;
            case "policy_failure" when OutsideFailure is not null:
                return Twice(name);
            case "policy_failure" when value is "sts-policy-fetch-error" or "sts-policy-invalid" or "sts-webpki-invalid" or "validation-failure":
                (OutsideFailure, _outside) = (value, name);
                return null;
            case "policy_type" or "policy_failure":
                return $"attribute \"{name}\" has bad value: \"{Printable.Neutralize(value)}\"";
            case "mx_host_pattern":
                ExchangerPatterns.Add(value);
                _outside = name;
                return null;
            case "policy_domain" or "policy_ttl" or "policy_string":
                _outside = name;
                return null;
            case "enable_rpk":
                return null;
            default:
                return $"invalid attribute name: \"{Printable.Neutralize(name)}\"";
        }
    }

    private string? LoadAnchors(string file, Action<string> warn)
    {
        try
        {
            Anchors.AddRange(TrustAnchors.Load([file]));
            return null;
        }
        catch (TlsException failure)
        {
            warn(failure.Message);
            return "";
        }
    }

    // Blanks and commas separate; braces hold a pair with blanks in it together.
    private static List<string> Words(string entry)
    {
        List<string> words = [];
        for (int i = 0; i < entry.Length;)
        {
            if (entry[i] is ' ' or '\t' or ',' or '\r' or '\n')
            {
                i++;
                continue;
            }

            bool isBraced = entry[i] == '{';
            int end = isBraced ? entry.IndexOf('}', i) : i + entry.AsSpan(i).IndexOfAny(" \t,\r\n");
            end = end < i ? entry.Length : end;
            words.Add(isBraced ? entry[(i + 1)..end].Trim(' ', '\t') : entry[i..end]);
            i = isBraced ? Math.Min(entry.Length, end + 1) : end;
        }

        return words;
    }
}
