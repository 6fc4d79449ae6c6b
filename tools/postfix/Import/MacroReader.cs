namespace Mta.Postfix.Import;

/// <summary>A call of an m4 macro in sendmail.mc.</summary>
internal readonly record struct MacroCall(int Line, string Name, IReadOnlyList<string> Arguments);

/// <summary>
/// Reads sendmail.mc: calls with their arguments in `quotes', dnl comments. Nothing is expanded; text that is no call is
/// returned as a call without a name, so that nothing is lost in silence.
/// </summary>
internal static class MacroReader
{
    public static IEnumerable<MacroCall> Read(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            char next = text[at];
            if (char.IsAsciiLetter(next) || next == '_')
            {
                int start = at;
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
                {
                    at++;
                }

                string name = text[start..at];
                if (name == "dnl")
                {
                    at = EndOfLine(text, at);
                }
                else if (at < text.Length && text[at] == '(')
                {
                    int line = LineOf(text, start);
                    (List<string> arguments, at) = Arguments(text, at + 1);
                    yield return new MacroCall(line, name, arguments);
                }
                else if (name is "LOCAL_CONFIG" or "LOCAL_RULESETS" or "LOCAL_NET_CONFIG" or "LOCAL_RULE_0" or "LOCAL_RULE_1" or "LOCAL_RULE_2" or "LOCAL_RULE_3" or "MAILER_DEFINITIONS")
                {
                    yield return new MacroCall(LineOf(text, start), name, []);
                }
                else
                {
                    int end = EndOfLine(text, start);
                    yield return new MacroCall(LineOf(text, start), "", [text[start..end].Trim()]);
                    at = end;
                }
            }
            else if (char.IsWhiteSpace(next) || next is '\'' or '`')
            {
                at++;
            }
            else if (next == '#')
            {
                at = EndOfLine(text, at);
            }
            else
            {
                int end = EndOfLine(text, at);
                yield return new MacroCall(LineOf(text, at), "", [text[at..end].Trim()]);
                at = end;
            }
        }
    }

    private static (List<string> Arguments, int End) Arguments(string text, int at)
    {
        List<string> arguments = [];
        var current = new System.Text.StringBuilder();
        int depth = 0;
        int quotes = 0;
        for (; at < text.Length; at++)
        {
            char next = text[at];
            if (next == '`' && quotes++ == 0)
            {
                continue;
            }

            if (next == '\'' && quotes > 0 && --quotes == 0)
            {
                continue;
            }

            if (quotes == 0)
            {
                if (next == ')' && depth-- == 0)
                {
                    at++;
                    break;
                }

                depth += next == '(' ? 1 : 0;
                if (next == ',' && depth == 0)
                {
                    arguments.Add(current.ToString().Trim());
                    current.Clear();
                    continue;
                }
            }

            current.Append(next);
        }

        arguments.Add(current.ToString().Trim());
        return (arguments, at);
    }

    private static int EndOfLine(string text, int at)
    {
        int end = text.IndexOf('\n', at);
        return end < 0 ? text.Length : end;
    }

    private static int LineOf(string text, int at) => text.AsSpan(0, at).Count('\n') + 1;
}
