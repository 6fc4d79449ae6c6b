namespace Mta.Postfix.Import;

/// <summary>The tables that sendmail's features read, as tables of main.cf.</summary>
internal sealed class SendmailTables(Conversion into, SendmailFiles files)
{
    /// <summary>Converts the tables that the features read.</summary>
    /// <param name="uses">Whether a feature is asked for.</param>
    /// <param name="aliasFile">The file of aliases; empty for the usual one.</param>
    public void Convert(Func<string, bool> uses, bool refusesRecipients, string aliasFile)
    {
        var access = new SendmailAccess(into, "access", refusesRecipients);
        if (uses("access_db") && files.Read("access") is { } rules)
        {
            access.Convert(rules);
        }

        if (uses("use_cw_file"))
        {
            foreach ((_, string name, _) in files.Lines("local-host-names"))
            {
                into.Add("mydestination", name);
            }
        }

        RelayFile("relay-domains");
        if (uses("virtusertable"))
        {
            VirtualUsers();
        }

        if (uses("mailertable"))
        {
            Mailers();
        }

        if (uses("domaintable"))
        {
            foreach ((_, string old, string name) in files.Lines("domaintable"))
            {
                into.Row("canonical", $"@{old}", $"@{name}");
                into.Set("canonical_maps", Conversion.TableName("canonical"));
                // Recipients in the old domain are accepted, and then are in the new one.
                into.Add("mydestination", old);
            }
        }

        if (uses("genericstable"))
        {
            foreach ((_, string key, string value) in files.Lines("genericstable"))
            {
                into.Row("generics", key, value);
            }

            if (into.Tables.ContainsKey("generics"))
            {
                into.Add("sender_canonical_maps", Conversion.TableName("generics"));
            }
        }

        string aliases = aliasFile.Length > 0 ? aliasFile[(aliasFile.LastIndexOf('/') + 1)..] : "aliases";
        if (files.Read(aliases) is { } list)
        {
            into.Tables["aliases"] = [.. list.TrimEnd('\n').Split('\n')];
            into.Set("alias_maps", Conversion.TableName("aliases"));
            into.Set("alias_database", Conversion.TableName("aliases"));
        }
        else if (aliasFile.Length > 0)
        {
            into.Set("alias_maps", $"hash:{aliasFile}");
            into.Set("alias_database", $"hash:{aliasFile}");
        }
    }

    /// <summary>RELAY_DOMAIN_FILE: mail to and from the domains of a file is relayed.</summary>
    public void RelayFile(string name)
    {
        foreach ((_, string key, _) in files.Lines(name))
        {
            Relay(key);
        }
    }

    /// <summary>RELAY_DOMAIN: mail to and from a domain or network is relayed.</summary>
    public void Relay(string name)
    {
        new SendmailAccess(into, SendmailImport.File, false).Client(name);
        if (Conversion.Network(name) is null)
        {
            into.Add("relay_domains", name);
        }
    }

    private void VirtualUsers()
    {
        foreach ((int line, string key, string value) in files.Lines("virtusertable"))
        {
            if (value.StartsWith("error:", StringComparison.OrdinalIgnoreCase))
            {
                if (SendmailAccess.Action(value) is { } action)
                {
                    // Before the table of aliases is asked: a recipient that is refused.
                    into.Row("access_recipient", key.TrimStart('@'), action);
                }
                else
                {
                    into.Unclear("virtusertable", line, $"{key} {value}");
                }
            }
            else if (key.StartsWith('@') && value.StartsWith("%1@", StringComparison.Ordinal) && !value[3..].Contains('%'))
            {
                into.Row("virtual", key, value[2..]);
            }
            else if (value.Contains('%') || value.Length == 0 || key.Contains('+'))
            {
                into.Unclear("virtusertable", line, $"{key} {value}");
            }
            else
            {
                into.Row("virtual", key, value);
            }
        }

        // Whoever is named is not among the others of a refused domain.
        foreach (string name in files.Lines("virtusertable").Select(static row => row.Key).Where(static key => key.IndexOf('@') > 0))
        {
            if (into.HasRow("access_recipient", name[(name.IndexOf('@') + 1)..]))
            {
                into.Row("access_recipient", name, "DUNNO");
            }
        }

        if (into.Tables.ContainsKey("virtual"))
        {
            into.Set("virtual_alias_maps", Conversion.TableName("virtual"));
        }
    }

    private void Mailers()
    {
        foreach ((int line, string key, string value) in files.Lines("mailertable"))
        {
            string[] parts = value.Split(':', 2);
            string? transport = parts switch
            {
                ["smtp" or "esmtp" or "smtp8" or "dsmtp", var host] => $"smtp:{host.Replace(":", ", ", StringComparison.Ordinal)}",
                ["relay", var host] => $"relay:{host.Replace(":", ", ", StringComparison.Ordinal)}",
                ["local", ""] => "local:",
                ["error", var text] => ErrorText(text),
                ["discard", _] => "discard:",
                _ => null,
            };
            if (transport is null)
            {
                into.Unclear("mailertable", line, $"{key} {value}");
                continue;
            }

            into.Row("transport", key == "." ? "*" : key, transport);
            into.Set("transport_maps", Conversion.TableName("transport"));
        }
    }

    // nohost No such host; 5.1.2:550 text: the transport "error" takes an enhanced status and a text.
    private static string ErrorText(string text)
    {
        int colon = text.IndexOf(':');
        string status = colon > 0 && text[..colon].Count(static letter => letter == '.') == 2 ? text[..colon] : "5.1.2";
        string rest = status != "5.1.2" || text.StartsWith("5.1.2:", StringComparison.Ordinal) ? text[(colon + 1)..] : text.Replace("nohost", "", StringComparison.Ordinal);
        rest = rest.Trim().Trim('"');
        return $"error:{status} {(rest.Length > 3 && rest.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0 ? rest[3..].Trim() : rest)}".TrimEnd();
    }
}
