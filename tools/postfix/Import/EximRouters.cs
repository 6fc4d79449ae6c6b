namespace Mta.Postfix.Import;

/// <summary>Exim's routers as maps and relay host: a smart host, routes by domain, aliases, virtual domains.</summary>
/// <param name="file">The configuration's name, for what cannot be said in main.cf.</param>
/// <param name="read">The text of a file that the configuration names, null when it is not there.</param>
internal sealed class EximRouters(Conversion into, string file, EximLists lists, Func<string, string?> read)
{
    /// <summary>Where all mail for others goes; empty: to their servers.</summary>
    public string RelayHost { get; private set; } = "";

    /// <summary>One router of the configuration.</summary>
    public void Convert(EximBlock router)
    {
        switch (router.Get("driver"))
        {
            case "dnslookup":
                break;
            case "manualroute":
                Route(router);
                break;
            case "redirect":
                Redirect(router);
                break;
            case "accept":
                foreach (string suffix in EximFile.List(router.Get("local_part_suffix") ?? ""))
                {
                    into.Set("recipient_delimiter", suffix.TrimEnd('*'));
                }

                break;
            default:
                Unclear(router.Line, $"router {router.Name}: driver = {router.Get("driver")}");
                break;
        }
    }

    // route_list = domain host options; ... ; "*" is every domain, a smart host.
    private void Route(EximBlock router)
    {
        string rules = router.Get("route_list") ?? $"* {router.Get("route_data")}";
        foreach (string rule in rules.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = rule.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || rule.AsSpan().IndexOfAny("${!^+") >= 0)
            {
                Unclear(router.Line, $"router {router.Name}: {rule}");
                continue;
            }

            List<string> hops = [];
            string last = words[^1];
            IEnumerable<string> hosts = last is "byname" or "bydns" or "bydns_a" or "bydns_mx" or "ipv4_only" or "randomize" ? words[1..^1] : words[1..];
            foreach (string host in EximFile.List(string.Concat(hosts)))
            {
                bool isExchange = host.EndsWith("/MX", StringComparison.OrdinalIgnoreCase);
                string[] parts = (isExchange ? host[..^3] : host).Split(':');
                string name = isExchange ? parts[0] : $"[{parts[0]}]";
                hops.Add(parts.Length > 1 ? $"{name}:{parts[1]}" : name);
            }

            if (words[0] == "*")
            {
                RelayHost = string.Join(", ", hops);
                into.Set("relayhost", RelayHost);
            }
            else
            {
                into.Row("transport", words[0].StartsWith("*.", StringComparison.Ordinal) ? words[0][1..] : words[0], $"smtp:{string.Join(", ", hops)}");
                into.Set("transport_maps", Conversion.TableName("transport"));
            }
        }
    }

    private void Redirect(EximBlock router)
    {
        if (router.Get("file") is { } forward)
        {
            if (forward.EndsWith("/.forward", StringComparison.Ordinal))
            {
                return;
            }

            Unclear(router.Line, $"router {router.Name}: file = {forward}");
            return;
        }

        bool isLookup = TryLookup(router.Get("data") ?? "", out string key, out string path);
        EximOption? domains = router.Options.Find(static option => option.Name == "domains") is { Name: not null } found ? found : null;
        if (!isLookup || (domains is null && (key.Contains("domain", StringComparison.Ordinal) || path.Contains('$'))))
        {
            Unclear(router.Line, $"router {router.Name}: data = {router.Get("data")}");
        }
        else if (domains is null || domains.Value.Value.Trim() == "+local_domains")
        {
            into.Add("alias_maps", $"hash:{path}");
            into.Add("alias_database", $"hash:{path}");
        }
        else
        {
            foreach (string domain in lists.Of(domains.Value))
            {
                Virtual(router, domain, key, path);
            }
        }
    }

    // ${lookup{KEY}lsearch{PATH}}, perhaps with an answer for what is not found, which is empty.
    private static bool TryLookup(string data, out string key, out string path)
    {
        key = path = "";
        string[] parts = data.Split("lsearch", 2);
        if (parts.Length != 2 || !parts[0].Replace(" ", "", StringComparison.Ordinal).StartsWith("${lookup{", StringComparison.Ordinal))
        {
            return false;
        }

        key = parts[0];
        string rest = parts[1].TrimStart('*', '@', ' ');
        int end = rest.IndexOf('}', rest.Contains("${domain}", StringComparison.Ordinal) ? rest.IndexOf("${domain}", StringComparison.Ordinal) + "${domain}".Length : 0);
        if (!rest.StartsWith('{') || end < 0 || rest[(end + 1)..].Replace(" ", "", StringComparison.Ordinal) is not ("}" or "{$value}}" or "{$value}fail}" or "{$value}{}}"))
        {
            return false;
        }

        path = rest[1..end].Trim();
        return true;
    }

    // One file for all domains with whole addresses, or a file for each with local parts.
    private void Virtual(EximBlock router, string domain, string key, string path)
    {
        into.Add("virtual_alias_domains", domain);
        string table = path.Replace("${domain}", domain, StringComparison.Ordinal).Replace("$domain", domain, StringComparison.Ordinal);
        if (table.Contains('$') || read(table) is not { } text)
        {
            Unclear(router.Line, $"router {router.Name}: {table}");
            return;
        }

        bool isWhole = key.Contains("$domain", StringComparison.Ordinal) || key.Contains("${domain}", StringComparison.Ordinal);
        foreach ((string name, string value) in EximLists.Rows(text))
        {
            if (value.StartsWith(":fail:", StringComparison.Ordinal) || value.StartsWith(":blackhole:", StringComparison.Ordinal) || value.StartsWith('|') || value.StartsWith('/'))
            {
                Unclear(router.Line, $"{table}: {name}: {value}");
            }
            else if (!isWhole)
            {
                into.Row("virtual", name == "*" ? $"@{domain}" : $"{name}@{domain}", value);
            }
            else if (name.EndsWith($"@{domain}", StringComparison.OrdinalIgnoreCase))
            {
                into.Row("virtual", name.StartsWith("*@", StringComparison.Ordinal) ? name[1..] : name, value);
            }
        }

        into.Set("virtual_alias_maps", Conversion.TableName("virtual"));
    }

    private void Unclear(int line, string what) => into.Unclear(file, line, what);
}
