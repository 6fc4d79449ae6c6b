using System.Globalization;
using System.Text;

namespace Mta.Tables.Types;

/// <summary>The result of a rule, with <c>$1</c>, <c>${1}</c>, <c>$(1)</c> and <c>$$</c>.</summary>
internal sealed class ReplacementTemplate
{
    private readonly List<(string Literal, int Group)> _parts = [];
    private LookupResult _constant;

    private ReplacementTemplate()
    {
    }

    /// <summary>Highest group named; 0 without groups.</summary>
    public int MaxGroup { get; private set; }

    public bool HasGroups { get; private set; }

    public bool HasGroupZero { get; private set; }

    /// <param name="scope">Null when the warning stands alone, without file and line.</param>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ReplacementTemplate? template, out string problem, out string? scope)
    {
        template = new ReplacementTemplate();
        problem = "";
        scope = null;
        StringBuilder literal = new();
        int i = 0;
        while (i < text.Length)
        {
            if (text[i] != '$')
            {
                literal.Append(text[i++]);
                continue;
            }

            i++;
            if (i < text.Length && text[i] == '$')
            {
                literal.Append('$');
                i++;
                continue;
            }

            string name;
            if (i < text.Length && text[i] is '{' or '(')
            {
                char close = text[i] == '{' ? '}' : ')';
                int end = text.IndexOf(close, i);
                if (end < 0)
                {
                    problem = $"truncated macro reference: \"{text}\"";
                    return false;
                }

                name = text[(i + 1)..end].Trim();
                i = end + 1;
            }
            else
            {
                int start = i;
                while (i < text.Length && (Mta.Text.Ascii.IsAlphanumeric(text[i]) || text[i] == '_'))
                {
                    i++;
                }

                name = text[start..i];
            }

            if (name.Length == 0)
            {
                problem = $"empty macro name: \"{text}\"";
                return false;
            }

            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int group))
            {
                problem = $"non-numeric replacement index \"{name}\"";
                scope = "";
                return false;
            }

            template.HasGroups = true;
            template.HasGroupZero |= group == 0;
            template.MaxGroup = Math.Max(template.MaxGroup, group);
            template._parts.Add((literal.ToString(), group));
            literal.Clear();
        }

        template._parts.Add((literal.ToString(), -1));
        template._constant = LookupResult.Found(literal.ToString());
        return true;
    }

    /// <summary>The result for a subject; a group that took no part gives nothing.</summary>
    public LookupResult Expand(string subject, ReadOnlySpan<(int Start, int End)> groups)
    {
        if (!HasGroups)
        {
            return _constant;
        }

        StringBuilder text = new();
        foreach ((string literal, int group) in _parts)
        {
            text.Append(literal);
            if (group > 0 && groups[group].Start >= 0)
            {
                text.Append(subject, groups[group].Start, groups[group].End - groups[group].Start);
            }
        }

        return LookupResult.Found(text.ToString());
    }
}
