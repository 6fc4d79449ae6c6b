using Mta.Mail.Addresses;
using Mta.Text;
using Mta.Tls;

namespace Mta.Delivery.Security;

/// <summary>A policy while its parts are gathered: the level, and what a table's entry says beside it.</summary>
internal sealed class PolicyDraft
{
    public TlsLevel Level { get; set; }

    public bool IsFound { get; set; }

    public List<string> Why { get; } = [];

    public string? Protocols { get; private set; }

    public string? Grade { get; private set; }

    public string? Exclude { get; private set; }

    public string? ServerName { get; private set; }

    public bool? Reuses { get; private set; }

    public List<string> Match { get; } = [];

    public List<TlsaRecord> Anchors { get; } = [];

    /// <summary>The sender does not want security to be in the way.</summary>
    public void Lower(TlsLevel level, bool isWrapper)
    {
        TlsLevel most = isWrapper ? TlsLevel.Encrypt : TlsLevel.May;
        Level = level < most ? level : most;
        Why.Add("the message says TLS-Required: no");
    }

    /// <summary>Reads an entry: <c>level name=value ...</c>.</summary>
    /// <returns>Why it makes no sense; null when it does.</returns>
    public string? Parse(string entry, ClientTlsSettings settings, string title, string key, Action<string> warn)
    {
        IsFound = true;
        List<string> words = Words(entry);
        if (words.Count == 0)
        {
            return $"{title}, next-hop destination \"{key}\": invalid empty policy";
        }

        if (!TlsLevels.TryParse(words[0], out TlsLevel level))
        {
            return $"{title}, next-hop destination \"{key}\": invalid security level \"{Printable.Neutralize(words[0])}\"";
        }

        Level = level;
        for (int i = 1; i < words.Count; i++)
        {
            int equals = words[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? words[i] : words[i][..equals].Trim(' ', '\t');
            string value = equals < 0 ? "" : words[i][(equals + 1)..].Trim(' ', '\t');
            if (Level == TlsLevel.None)
            {
                warn($"{title}, next-hop destination \"{key}\": ignoring attribute \"{Printable.Neutralize(name)}\" with TLS disabled");
                continue;
            }

            string? problem = equals < 0 || value.Length == 0 ? "malformed attribute/value pair" : Set(Ascii.ToLower(name), value, settings);
            if (problem is not null)
            {
                return $"{title}, next-hop destination \"{key}\": {problem} \"{Printable.Neutralize(words[i])}\"";
            }
        }

        return null;
    }

    private string? Set(string name, string value, ClientTlsSettings settings)
    {
        switch (name)
        {
            case "ciphers" when Grade is null && settings.CipherList(value) is not null:
                Grade = value;
                return null;
            case "protocols" when Protocols is null && TlsProtocols.TryParse(value, out _):
                Protocols = value;
                return null;
            case "exclude" when Exclude is null:
                Exclude = value;
                return null;
            case "servername" when ServerName is null && (value is "hostname" or "nexthop" || DomainSyntax.IsValidHostName(value)):
                ServerName = value;
                return null;
            case "match" when Level == TlsLevel.Fingerprint:
                Match.AddRange(value.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                return null;
            case "match" when Level is TlsLevel.Verify or TlsLevel.Secure:
                Match.AddRange(value.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                return null;
            case "tafile" when Level is TlsLevel.Verify or TlsLevel.Secure:
                return LoadAnchors(value);
            case "connection_reuse" when value is "yes" or "no":
                Reuses = value == "yes";
                return null;
            case "policy_type" or "policy_domain" or "policy_ttl" or "policy_string" or "enable_rpk":
                return null;
            default:
                return "invalid attribute";
        }
    }

    private string? LoadAnchors(string file)
    {
        try
        {
            Anchors.AddRange(TrustAnchors.Load([file]));
            return null;
        }
        catch (TlsException failure)
        {
            return failure.Message;
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
