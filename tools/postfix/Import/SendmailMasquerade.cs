namespace Mta.Postfix.Import;

/// <summary>sendmail's masquerading: addresses of this site that are shown as another domain's.</summary>
internal sealed class SendmailMasquerade(Conversion into)
{
    /// <summary>MASQUERADE_AS; empty: none.</summary>
    public string As { get; set; } = "";

    /// <summary>MASQUERADE_DOMAIN.</summary>
    public List<string> Domains { get; } = [];

    /// <summary>EXPOSED_USER: users whose addresses stay as they are.</summary>
    public List<string> Exposed { get; } = [];

    /// <summary>MASQUERADE_EXCEPTION.</summary>
    public List<string> Excepted { get; } = [];

    // Sender addresses in headers; those of the envelope, and recipients', where a feature says so.
    public void Convert(IReadOnlySet<string> features)
    {
        bool hasMasquerade = As.Length > 0;
        if (hasMasquerade)
        {
            List<string> rows = [.. Exposed.Select(static user => $"{{{user}@$myhostname = {user}@$myhostname}}"), .. Excepted.Select(static domain => $"{{@{domain} = @{domain}}}")];
            List<string> names = features.Contains("limited_masquerade") ? [] : ["$myhostname", "localhost.$mydomain", "localhost"];
            foreach (string domain in names.Concat(Domains))
            {
                rows.Add($"{{@{domain} = @{As}}}");
            }

            into.Add("sender_canonical_maps", $"inline:{{ {string.Join(", ", rows)} }}");
            if (features.Contains("masquerade_entire_domain"))
            {
                into.Set("masquerade_domains", string.Join(", ", Domains));
                into.Set("masquerade_classes", features.Contains("masquerade_envelope") ? "envelope_sender, header_sender" : "header_sender");
            }
        }

        if (into.Has("sender_canonical_maps"))
        {
            into.Set("sender_canonical_classes", features.Contains("masquerade_envelope") ? "envelope_sender, header_sender" : "header_sender");
            if (features.Contains("allmasquerade") && hasMasquerade)
            {
                into.Set("recipient_canonical_maps", $"inline:{{ @$myhostname = @{As} }}");
                into.Set("recipient_canonical_classes", "header_recipient");
            }
        }
    }
}
