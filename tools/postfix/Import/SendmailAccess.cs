namespace Mta.Postfix.Import;

/// <summary>sendmail's access table: one table for all, with tags, as tables by who is asked about.</summary>
internal sealed class SendmailAccess(Conversion into, string file, bool forRecipients)
{
    public void Convert(string text)
    {
        foreach ((int line, string tagged, string value) in Conversion.RowsOf(text))
        {
            int colon = tagged.IndexOf(':');
            bool hasTag = colon > 0 && tagged[..colon] is var word && !word.Equals("IPv6", StringComparison.OrdinalIgnoreCase) && word.All(static letter => char.IsAsciiLetter(letter) || letter == '_');
            string tag = hasTag ? tagged[..colon].ToUpperInvariant() : "";
            string key = hasTag ? tagged[(colon + 1)..] : tagged;
            if (tag == "AUTHINFO")
            {
                AuthInfo(line, key, value);
            }
            else if (tag == "TRY_TLS" && value.Equals("NO", StringComparison.OrdinalIgnoreCase) && key.Length > 0)
            {
                into.Row("tls_policy", key, "none");
                into.Add("smtp_tls_policy_maps", Conversion.TableName("tls_policy"));
            }
            else if (tag is "" or "CONNECT" or "FROM" or "TO" && key.Length > 0)
            {
                Rule(line, tag, key, value);
            }
            else
            {
                into.Unclear(file, line, tagged);
            }
        }
    }

    private void Rule(int line, string tag, string key, string value)
    {
        bool isAddress = key.Contains('@');
        if (value.Equals("RELAY", StringComparison.OrdinalIgnoreCase))
        {
            if (tag == "FROM" || isAddress)
            {
                // FEATURE(relay_mail_from): whoever writes such a sender may relay. A sender is easily forged.
                into.Unclear(file, line, $"{tag}:{key} RELAY");
                return;
            }

            if (tag is "" or "CONNECT")
            {
                Client(key);
            }

            if (tag is "" or "TO" && Conversion.Network(key) is null)
            {
                into.Add("relay_domains", key);
            }

            return;
        }

        if (Action(value) is not { } action)
        {
            into.Unclear(file, line, $"{key} {value}");
            return;
        }

        string host = key.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? key[5..] : key;
        if (tag == "CONNECT" || (tag.Length == 0 && !isAddress))
        {
            into.Row("access_client", host, action);
        }

        if (tag == "FROM" || (tag.Length == 0 && Conversion.Network(key) is null))
        {
            into.Row("access_sender", key, action);
        }

        if (tag == "TO" || (tag.Length == 0 && forRecipients && Conversion.Network(key) is null))
        {
            into.Row("access_recipient", key, action);
        }
    }

    /// <summary>A client that may send to anywhere: a network by its address, anything else by its name.</summary>
    public void Client(string key)
    {
        if (Conversion.Network(key) is { } network)
        {
            into.Add("mynetworks", network);
        }
        else
        {
            into.Row("access_relay", key, "OK");
        }
    }

    /// <returns>What an access(5) table says for it; null when that is not known.</returns>
    public static string? Action(string value)
    {
        string word = value.ToUpperInvariant();
        if (word is "OK" or "REJECT" or "DISCARD")
        {
            return word;
        }

        if (word == "SKIP")
        {
            return "DUNNO";
        }

        string text = value;
        string status = "";
        if (word.StartsWith("ERROR:", StringComparison.Ordinal))
        {
            text = value["ERROR:".Length..].Trim('"');
            int colon = text.IndexOf(':');
            if (colon is > 0 and <= 9 && text[..colon].All(static letter => char.IsAsciiDigit(letter) || letter == '.'))
            {
                status = text[..colon] + " ";
                text = text[(colon + 1)..];
            }
            else if (text.StartsWith("nouser", StringComparison.OrdinalIgnoreCase))
            {
                status = "5.1.1 ";
                text = text["nouser".Length..].Trim();
            }
        }

        text = text.Trim().Trim('"');
        bool hasCode = text.Length >= 3 && text[0] is '4' or '5' && text.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0;
        return hasCode ? $"{text[..3]} {status}{text[3..].Trim()}".TrimEnd()
            : status.Length > 0 ? $"550 {status}{text}".TrimEnd()
            : null;
    }

    // "U:user" "I:user" "P:password", or = with base64.
    private void AuthInfo(int line, string host, string value)
    {
        string user = "";
        string password = "";
        foreach (string part in value.Split(['"', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Length > 2 && part[1] is ':' or '=')
            {
                string plain;
                try
                {
                    plain = part[1] == '=' ? Mta.Text.ByteString.FromBytes(System.Convert.FromBase64String(part[2..])) : part[2..];
                }
                catch (FormatException)
                {
                    into.Unclear(file, line, $"AuthInfo:{host}");
                    return;
                }

                user = part[0] is 'U' || (part[0] == 'I' && user.Length == 0) ? plain : user;
                password = part[0] == 'P' ? plain : password;
            }
        }

        if (user.Length == 0 || password.Length == 0)
        {
            into.Unclear(file, line, $"AuthInfo:{host}");
            return;
        }

        into.Row("sasl_passwd", host.Length == 0 ? "*" : host, $"{user}:{password}");
        into.Set("smtp_sasl_auth_enable", "yes");
        into.Set("smtp_sasl_security_options", "noanonymous");
        into.Set("smtp_sasl_password_maps", Conversion.TableName("sasl_passwd"));
    }
}
