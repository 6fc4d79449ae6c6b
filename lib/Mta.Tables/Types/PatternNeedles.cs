using System.Text;

namespace Mta.Tables.Types;

/// <summary>
/// Finds texts of which any match of a Perl-compatible pattern must contain at least one, without regard to case. Knows
/// only the plain parts of the language; where a pattern uses anything else, there is no answer.
/// </summary>
internal ref struct PatternNeedles
{
    private const int MinLength = 3;
    private const int MaxAlternatives = 16;
    private const int MaxDepth = 20;

    private readonly ReadOnlySpan<char> _pattern;
    private int _at;
    private bool _isUnknown;

    private PatternNeedles(ReadOnlySpan<char> pattern)
    {
        _pattern = pattern;
    }

    /// <returns>Null when nothing can be said.</returns>
    public static List<string>? Find(ReadOnlySpan<char> pattern)
    {
        var finder = new PatternNeedles(pattern);
        List<string>? found = finder.Alternatives(0);
        return finder._isUnknown || finder._at < pattern.Length ? null : found;
    }

    private readonly bool IsAtEnd => _isUnknown || _at >= _pattern.Length;

    // Branches up to the closing parenthesis: each must have needles of its own.
    private List<string>? Alternatives(int depth)
    {
        List<string>? all = Branch(depth);
        while (!IsAtEnd && _pattern[_at] == '|')
        {
            _at++;
            List<string>? next = Branch(depth);
            if (all is null || next is null || all.Count + next.Count > MaxAlternatives)
            {
                all = null;
            }
            else
            {
                all.AddRange(next);
            }
        }

        return all;
    }

    private List<string>? Branch(int depth)
    {
        List<string>? best = null;
        var run = new StringBuilder();
        while (!IsAtEnd && _pattern[_at] is not ('|' or ')'))
        {
            char c = _pattern[_at++];
            switch (c)
            {
                case '\\':
                    Escape(run, ref best);
                    break;
                case '(':
                    End(run, ref best);
                    Group(depth, ref best);
                    break;
                case '[':
                    End(run, ref best);
                    SkipClass();
                    break;
                case '.' or '^' or '$':
                    End(run, ref best);
                    break;
                case '*' or '?':
                    DropLast(run);
                    End(run, ref best);
                    break;
                case '+':
                    End(run, ref best);
                    break;
                case '{':
                    DropLast(run);
                    End(run, ref best);
                    SkipCount();
                    break;
                case '#':
                case < ' ' or > '~':
                    // Letters of other alphabets fold by rules of their own.
                    End(run, ref best);
                    break;
                default:
                    run.Append(c);
                    break;
            }
        }

        End(run, ref best);
        return best;
    }

    private void Escape(StringBuilder run, ref List<string>? best)
    {
        if (_at == _pattern.Length)
        {
            _isUnknown = true;
            return;
        }

        char c = _pattern[_at++];
        if (!char.IsAsciiLetterOrDigit(c))
        {
            if (c is > ' ' and <= '~')
            {
                run.Append(c);
            }
            else
            {
                End(run, ref best);
            }
        }
        else if ("dDsSwWbBAzZhHvVRntrfeaG".Contains(c, StringComparison.Ordinal))
        {
            End(run, ref best);
        }
        else
        {
            _isUnknown = true;
        }
    }

    private void Group(int depth, ref List<string>? best)
    {
        bool counts = true;
        if (!IsAtEnd && _pattern[_at] is '?' or '*')
        {
            // Only plain groups and looking around: everything else may change how the pattern is read.
            ReadOnlySpan<char> rest = _pattern[_at..];
            if (rest.StartsWith("?:"))
            {
                _at += 2;
            }
            else if (rest.StartsWith("?=") || rest.StartsWith("?!"))
            {
                counts = false;
                _at += 2;
            }
            else if (rest.StartsWith("?<=") || rest.StartsWith("?<!"))
            {
                counts = false;
                _at += 3;
            }
            else
            {
                _isUnknown = true;
                return;
            }
        }

        if (depth == MaxDepth)
        {
            _isUnknown = true;
            return;
        }

        List<string>? inner = Alternatives(depth + 1);
        if (IsAtEnd)
        {
            _isUnknown = true;
            return;
        }

        _at++;
        bool isOptional = !IsAtEnd && _pattern[_at] is '*' or '?' or '{';
        if (counts && !isOptional && inner is not null && Shortest(inner) > Shortest(best))
        {
            best = inner;
        }
    }

    private void SkipClass()
    {
        int from = _at;
        from += from < _pattern.Length && _pattern[from] == '^' ? 1 : 0;
        for (_at = from; _at < _pattern.Length; _at++)
        {
            char c = _pattern[_at];
            if (c == ']' && _at > from)
            {
                _at++;
                return;
            }

            if (c == '\\')
            {
                _at++;
                if (_at < _pattern.Length && _pattern[_at] is 'Q' or 'E' or 'c')
                {
                    break;
                }
            }
            else if (c == '[' && _at + 1 < _pattern.Length && _pattern[_at + 1] is ':' or '.' or '=')
            {
                int end = _pattern[_at..].IndexOf($"{_pattern[_at + 1]}]", StringComparison.Ordinal);
                if (end < 0)
                {
                    break;
                }

                _at += end + 1;
            }
        }

        _isUnknown = true;
    }

    private void SkipCount()
    {
        int from = _at;
        while (_at < _pattern.Length && (char.IsAsciiDigit(_pattern[_at]) || _pattern[_at] == ','))
        {
            _at++;
        }

        if (_at == from || _at == _pattern.Length || _pattern[_at] != '}')
        {
            _isUnknown = true;
            return;
        }

        _at++;
    }

    private static void DropLast(StringBuilder run)
    {
        if (run.Length > 0)
        {
            run.Length--;
        }
    }

    private static void End(StringBuilder run, ref List<string>? best)
    {
        if (run.Length >= MinLength && run.Length > Shortest(best))
        {
            best = [run.ToString()];
        }

        run.Clear();
    }

    private static int Shortest(List<string>? needles)
    {
        if (needles is null)
        {
            return 0;
        }

        int shortest = int.MaxValue;
        foreach (string needle in needles)
        {
            shortest = Math.Min(shortest, needle.Length);
        }

        return shortest;
    }
}
