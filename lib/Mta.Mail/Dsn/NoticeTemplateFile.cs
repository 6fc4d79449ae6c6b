using Mta.Text;

namespace Mta.Mail.Dsn;

/// <summary>
/// Reads <c>bounce_template_file</c>: <c>NAME_template = &lt;&lt;MARKER</c>, the template, <c>MARKER</c>. A template
/// that is not acceptable is passed over with a warning; what breaks the file's own grammar is fatal.
/// </summary>
public static class NoticeTemplateFile
{
    private const string Suffix = "_template";

    /// <param name="fileName">For messages.</param>
    /// <param name="text">The whole file, a byte string.</param>
    /// <param name="builtIn">What stays in force where the file says nothing acceptable.</param>
    /// <param name="warnings">Texts as after <c>warning: </c>.</param>
    /// <exception cref="FatalException">The file cannot be understood.</exception>
    public static NoticeTemplates Parse(string fileName, string text, NoticeTemplates builtIn, List<string> warnings)
    {
        NoticeTemplate[] templates = [.. builtIn.All];
        string[] lines = text.Split('\n');
        int count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (int i = 0; i < count; i++)
        {
            string line = lines[i];

            // Messages name the line behind what was read, as Postfix's do.
            int number = i + 2;
            if (line.AsSpan().Trim(" \t\r\n\v\f").IsEmpty || line[0] == '#')
            {
                continue;
            }

            int equals = line.IndexOf('=');
            if (equals < 0)
            {
                throw new FatalException($"{fileName}, line {number}: missing '=' after attribute name: \"{line.Trim()}\"");
            }

            string name = line[..equals].Trim();
            if (name.Length == 0)
            {
                throw new FatalException($"{fileName}, line {number}: missing attribute name: \"{line.TrimEnd()}\"");
            }

            string value = line[(equals + 1)..].Trim();
            List<string> body = [];
            if (value.StartsWith("<<", StringComparison.Ordinal))
            {
                string marker = value[2..].Trim();
                if (marker.Length == 0)
                {
                    throw new FatalException($"{fileName}, line {number}: missing end marker after <<");
                }

                if (!Ascii.IsAlphanumeric(marker[0]))
                {
                    throw new FatalException($"{fileName}, line {number}: malformed end marker after <<");
                }

                i++;
                while (i < count && lines[i] != marker)
                {
                    body.Add(lines[i++]);
                }

                number = Math.Min(i, count) + 2;

                if (i >= count)
                {
                    warnings.Add($"{fileName}, line {count + 1}: missing \"{marker}\" end marker");
                }
            }
            else
            {
                body.Add(value);
            }

            int index = Array.FindIndex(templates, template => template.Name + Suffix == name);
            if (index < 0)
            {
                warnings.Add($"{fileName}, line {number}: unknown template name: {Printable.Neutralize(name)} -- ignoring this template");
                continue;
            }

            if (ParseOne(templates[index], fileName, body, warnings) is { } parsed)
            {
                templates[index] = parsed;
            }
        }

        return new NoticeTemplates(templates[0], templates[1], templates[2], templates[3]);
    }

    // Null when the template is not acceptable.
    private static NoticeTemplate? ParseOne(NoticeTemplate template, string fileName, List<string> body, List<string> warnings)
    {
        NoticeTemplate result = template with { Origin = fileName };
        int i = 0;
        while (i < body.Count && TrySplitHeader(body[i], out string label, out string value))
        {
            if (value.Length == 0)
            {
                return Refuse($"empty \"{label}\" header value");
            }

            if (!Ascii.IsAscii(value))
            {
                return Refuse($"non-ASCII \"{label}\" header value");
            }

            switch (label.ToLowerInvariant())
            {
                case "charset":
                    result = result with { Charset = value };
                    break;
                case "from":
                    result = result with { From = value };
                    break;
                case "subject":
                    result = result with { Subject = value };
                    break;
                case "postmaster-subject" when template.PostmasterSubject is not null:
                    result = result with { PostmasterSubject = value };
                    break;
                case "postmaster-subject":
                    return Refuse($"inapplicable \"{label}\" header label");
                default:
                    return Refuse($"unknown \"{label}\" header label");
            }

            i++;
        }

        while (i < body.Count && body[i].AsSpan().Trim(" \t\r\n\v\f").IsEmpty)
        {
            i++;
        }

        if (i == body.Count)
        {
            return Refuse("missing message text");
        }

        List<string> text = body.GetRange(i, body.Count - i);
        bool isEightBit = text.Exists(static part => !Ascii.IsAscii(part));
        if (isEightBit && Ascii.EqualsIgnoreCase(result.Charset, "us-ascii"))
        {
            warnings.Add($"{fileName}: 8-bit message text in {template.Name} template");
            warnings.Add($"please specify a charset value other than {result.Charset}");
            warnings.Add("-- ignoring this template for now");
            return null;
        }

        return result with { Text = text, Encoding = isEightBit ? "8bit" : "7bit" };

        NoticeTemplate? Refuse(string why)
        {
            warnings.Add($"{fileName}: {why} in {template.Name} template -- ignoring this template");
            return null;
        }
    }

    private static bool TrySplitHeader(string line, out string label, out string value)
    {
        int colon = line.IndexOf(':');
        label = colon > 0 ? line[..colon] : "";
        value = colon > 0 ? line[(colon + 1)..].Trim() : "";
        if (label.Length == 0)
        {
            return false;
        }

        foreach (char c in label)
        {
            if (!Ascii.IsAlphanumeric(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }
}
