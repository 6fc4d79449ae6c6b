using Mta.Text;

namespace Mta.Smtpd;

/// <summary>One word of a command line, with its quotes, brackets and backslashes.</summary>
/// <param name="IsOpen">A quote or bracket in it was not closed.</param>
internal readonly record struct CommandToken(string Text, bool IsOpen);

/// <summary>
/// Cuts a command line into words. <c>&lt;…&gt;</c> and <c>"…"</c> are taken whole and stick to what adjoins them;
/// a word also ends directly behind <c>from:</c> and <c>to:</c>, so that a blank there does no harm.
/// </summary>
internal static class CommandTokens
{
    public static void Scan(string line, List<CommandToken> tokens)
    {
        tokens.Clear();
        int i = 0;
        while (true)
        {
            while (i < line.Length && Ascii.IsSpace(line[i]))
            {
                i++;
            }

            if (i >= line.Length)
            {
                return;
            }

            int start = i;
            bool isOpen = false;
            while (i < line.Length && !Ascii.IsSpace(line[i]))
            {
                char c = line[i];
                if (c == '<')
                {
                    isOpen |= !SkipBrackets(line, ref i);
                }
                else if (c == '"')
                {
                    isOpen |= !SkipQuotes(line, ref i);
                }
                else
                {
                    i += c == '\\' && i + 1 < line.Length ? 2 : 1;
                    if (c == ':' && EndsPathKeyword(line.AsSpan(start, i - start)))
                    {
                        break;
                    }
                }
            }

            tokens.Add(new CommandToken(line[start..i], isOpen));
        }
    }

    private static bool EndsPathKeyword(ReadOnlySpan<char> word) =>
        Ascii.EqualsIgnoreCase(word, "from:") || Ascii.EqualsIgnoreCase(word, "to:");

    // Brackets nest; the depth is counted, never recursed into.
    private static bool SkipBrackets(string line, ref int i)
    {
        int depth = 0;
        while (i < line.Length)
        {
            char c = line[i];
            if (c == '"')
            {
                if (!SkipQuotes(line, ref i))
                {
                    return false;
                }

                continue;
            }

            i += c == '\\' && i + 1 < line.Length ? 2 : 1;
            if (c == '<')
            {
                depth++;
            }
            else if (c == '>' && --depth == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool SkipQuotes(string line, ref int i)
    {
        i++;
        while (i < line.Length)
        {
            char c = line[i];
            i += c == '\\' && i + 1 < line.Length ? 2 : 1;
            if (c == '"')
            {
                return true;
            }
        }

        return false;
    }
}
