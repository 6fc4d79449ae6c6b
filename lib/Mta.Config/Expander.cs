using System.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Config;

/// <summary>
/// The expansion language of main.cf: <c>$name</c>, <c>${name}</c>, <c>$(name)</c>, <c>${name?text}</c>,
/// <c>${name:text}</c>, <c>${name?{a}:{b}}</c>, <c>${{x} op {y}?{a}:{b}}</c>, <c>$$</c>. Values are expanded again;
/// a name without a value expands to nothing.
/// </summary>
public sealed class Expander
{
    private const int MaxDepth = 100;
    private const string OperatorsExpected = "\"==\" or \"!=\"\" or \"<\"\" or \"<=\"\" or \">=\"\" or \">\" expected";

    private readonly Func<string, string?> _lookup;
    private readonly Action<string>? _undefined;

    /// <param name="lookup">The unexpanded value of a name; null when it has none.</param>
    /// <param name="undefined">Told of every name that has no value where one is wanted; not of conditions on a name.</param>
    public Expander(Func<string, string?> lookup, Action<string>? undefined = null)
    {
        _lookup = lookup;
        _undefined = undefined;
    }

    /// <exception cref="ExpansionException">The text is malformed, or names refer to each other without end.</exception>
    public string Expand(string text) => text.Contains('$') ? Expand(text, 0) : text;

    /// <summary>All names that a text refers to, in branches not taken too.</summary>
    /// <exception cref="ExpansionException">The text is malformed.</exception>
    public static List<string> NamesIn(string text)
    {
        var names = new List<string>();
        AddNames(names, text, 0);
        return names;
    }

    /// <summary>As <see cref="NamesIn(string)"/>; of a malformed text, the names before the place where it is malformed.</summary>
    /// <exception cref="ExpansionException">The text is malformed.</exception>
    public static void NamesIn(string text, List<string> names) => AddNames(names, text, 0);

    private static void AddNames(List<string> names, string text, int depth)
    {
        CheckDepth(depth, text);
        int at = 0;
        while ((at = text.IndexOf('$', at)) >= 0)
        {
            at++;
            if (at < text.Length && text[at] == '$')
            {
                at++;
            }
            else if (at < text.Length && text[at] is '{' or '(')
            {
                int end = EndOfReference(text, at);
                string expression = text[(at + 1)..end].Trim(' ', '\t', '\r', '\n');

                // A name with branches, or a comparison: whatever is inside is text with names of its own.
                int name = EndOfName(expression, 0);
                int behind = SkipSpace(expression, name);
                if (behind < expression.Length && expression[behind] is not ('?' or ':' or '{'))
                {
                    throw SyntaxError("attribute name syntax error", expression, 0, name);
                }

                // A name before a brace is a function's, a brace without one begins a comparison. The empty name is one, too.
                if (behind == expression.Length || expression[behind] != '{')
                {
                    names.Add(expression[..name]);
                }

                AddNames(names, expression[name..], depth + 1);
                at = end + 1;
            }
            else
            {
                int end = EndOfName(text, at);
                if (end == at)
                {
                    throw EmptyName(text);
                }

                names.Add(text[at..end]);
                at = end;
            }
        }
    }

    private string Expand(string text, int depth)
    {
        var result = new StringBuilder(text.Length + 32);
        Append(result, text, depth);
        return result.ToString();
    }

    private void Append(StringBuilder result, string text, int depth)
    {
        int at = 0;
        while (true)
        {
            int dollar = text.IndexOf('$', at);
            if (dollar < 0)
            {
                result.Append(text, at, text.Length - at);
                return;
            }

            result.Append(text, at, dollar - at);
            at = dollar + 1;
            if (at < text.Length && text[at] == '$')
            {
                result.Append('$');
                at++;
            }
            else if (at < text.Length && text[at] is '{' or '(')
            {
                int end = EndOfReference(text, at);
                string expression = text[(at + 1)..end];
                AppendExpression(result, expression, depth);
                at = end + 1;
            }
            else
            {
                int end = EndOfName(text, at);
                if (end == at)
                {
                    throw EmptyName(text);
                }

                AppendValue(result, text[at..end], depth);
                at = end;
            }
        }
    }

    private void AppendExpression(StringBuilder result, string expression, int depth)
    {
        int at = SkipSpace(expression, 0);
        int token = at;
        bool holds;
        string? value;
        if (at < expression.Length && expression[at] == '{')
        {
            token = at + 1;
            holds = Compare(expression, ref at, ref token, depth);
            value = null;
        }
        else
        {
            int end = EndOfName(expression, at);
            string name = expression[at..end];
            at = SkipSpace(expression, end);
            if (at < expression.Length && expression[at] == '{' && name is "domain_to_ascii" or "domain_to_utf8")
            {
                string argument = Operand(expression, ref at, ref token, depth);
                if (at < expression.Length)
                {
                    throw SyntaxError("unexpected input", expression, token, at);
                }

                result.Append(name == "domain_to_ascii" ? DomainForms.ToAscii(argument) : DomainForms.ToUtf8(argument));
                return;
            }

            if (at < expression.Length && expression[at] is not ('?' or ':'))
            {
                throw SyntaxError("attribute name syntax error", expression, token, end);
            }

            if (at == expression.Length)
            {
                AppendValue(result, name, depth);
                return;
            }

            value = _lookup(name);
            holds = !string.IsNullOrEmpty(value);
        }

        if (at == expression.Length)
        {
            result.Append(holds ? "true" : "");
            return;
        }

        (string? then, string? otherwise) = Branches(expression, at, token);
        string? chosen = holds ? then : otherwise;
        if (chosen is not null)
        {
            CheckDepth(depth, chosen);
            Append(result, chosen, depth + 1);
        }
    }

    // From '?' or ':' to the end of the expression.
    private static (string? Then, string? Otherwise) Branches(string expression, int at, int token)
    {
        bool isElse = expression[at] == ':';
        string first = Branch(expression, ref at, ref token, isElse);
        if (isElse)
        {
            return at == expression.Length ? (null, first) : throw SyntaxError("unexpected input", expression, token, at);
        }

        if (at == expression.Length)
        {
            return (first, null);
        }

        if (expression[at] != ':')
        {
            throw SyntaxError("\":\" expected", expression, token, at);
        }

        string second = Branch(expression, ref at, ref token, isLast: true);
        return at == expression.Length ? (first, second) : throw SyntaxError("unexpected input", expression, token, at);
    }

    // {text}, blanks around it ignored; or everything to the end of the expression as it stands.
    private static string Branch(string expression, ref int at, ref int token, bool isLast)
    {
        int start = at + 1;
        int brace = SkipSpace(expression, start);
        if (brace < expression.Length && expression[brace] == '{')
        {
            int end = Balanced(expression, brace);
            token = brace + 1;
            at = SkipSpace(expression, end + 1);
            if (!isLast || at == expression.Length)
            {
                return expression[(brace + 1)..end];
            }

            throw SyntaxError("unexpected input", expression, token, at);
        }

        at = expression.Length;
        return expression[start..];
    }

    private bool Compare(string expression, ref int at, ref int token, int depth)
    {
        int first = at;
        string left = Operand(expression, ref at, ref token, depth);
        int start = at;
        while (at < expression.Length && expression[at] is '=' or '!' or '<' or '>')
        {
            at++;
        }

        string op = expression[start..at];
        if (op is not ("==" or "!=" or "<" or "<=" or ">" or ">="))
        {
            throw SyntaxError(OperatorsExpected, expression, token, start);
        }

        int suffixEnd = at;
        while (suffixEnd < expression.Length && Ascii.IsAlphanumeric(expression[suffixEnd]))
        {
            suffixEnd++;
        }

        bool isLevel = expression.AsSpan(at, suffixEnd - at).SequenceEqual("level");
        if (suffixEnd > at && !isLevel)
        {
            throw SyntaxError("bad operator suffix", expression[..suffixEnd], start, at);
        }

        at = SkipSpace(expression, suffixEnd);
        if (at == expression.Length || expression[at] != '{')
        {
            throw SyntaxError("\"{expression}\" expected", expression, first, suffixEnd);
        }

        string right = Operand(expression, ref at, ref token, depth);
        if (at < expression.Length && expression[at] is not ('?' or ':'))
        {
            throw new ExpansionException($"\"?\" or \":\" expected at: \"...}}>>>{expression[at..]}\"");
        }

        int order = isLevel ? Level(left).CompareTo(Level(right)) : Order(left, right);
        return op switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private string Operand(string expression, ref int at, ref int token, int depth)
    {
        int end = Balanced(expression, at);
        string text = expression[(at + 1)..end];
        token = at + 1;
        at = SkipSpace(expression, end + 1);
        CheckDepth(depth, text);
        return text.Contains('$') ? Expand(text, depth + 1) : text;
    }

    private static int Order(string left, string right) =>
        IsNumber(left) && IsNumber(right) ? Number(left).CompareTo(Number(right)) : string.CompareOrdinal(left, right);

    private static long Number(string digits) => Numbers.TryParse(digits, out long value)
        ? value
        : throw new ExpansionException($"mac_exp_eval: bad conversion: {digits}") { IsFatal = true };

    private static bool IsNumber(string text) => text.Length > 0 && text.All(Ascii.IsDigit);

    private static CompatibilityLevel Level(string text) => CompatibilityLevel.TryParse(text, out CompatibilityLevel level)
        ? level
        : throw new ExpansionException($"malformed compatibility level syntax: \"{text}\"");

    private void AppendValue(StringBuilder result, string name, int depth)
    {
        string? value = _lookup(name);
        if (value is null)
        {
            _undefined?.Invoke(name);
        }

        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        if (!value.Contains('$'))
        {
            result.Append(value);
            return;
        }

        CheckDepth(depth, name);
        Append(result, value, depth + 1);
    }

    private static void CheckDepth(int depth, string name)
    {
        if (depth > MaxDepth)
        {
            throw new ExpansionException($"unreasonable macro call nesting: \"{name}\"");
        }
    }

    private static int EndOfReference(string text, int open)
    {
        int end = IndexOfClose(text, open);
        return end < 0 ? throw new ExpansionException($"truncated macro reference: \"{text}\"")
            : end == open + 1 ? throw EmptyName(text)
            : end;
    }

    private static int IndexOfClose(string text, int open)
    {
        char opening = text[open];
        char closing = opening == '{' ? '}' : ')';
        int level = 0;
        for (int i = open; i < text.Length; i++)
        {
            if (text[i] == opening)
            {
                level++;
            }
            else if (text[i] == closing && --level == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private static int Balanced(string expression, int brace)
    {
        int end = IndexOfClose(expression, brace);
        return end >= 0 ? end : throw new ExpansionException($"unbalanced {{}} in attribute expression: \"{expression[brace..]}\"");
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && Ascii.IsSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private static int EndOfName(string text, int at)
    {
        while (at < text.Length && (Ascii.IsAlphanumeric(text[at]) || text[at] == '_'))
        {
            at++;
        }

        return at;
    }

    private static ExpansionException EmptyName(string text) => new($"empty macro name: \"{text}\"");

    private static ExpansionException SyntaxError(string what, string expression, int token, int at) =>
        new($"{what} at: \"...{expression[token..at].TrimEnd(' ', '\t', '\r', '\n')}>>>{expression[at..]}\"");
}
