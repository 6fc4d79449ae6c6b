using System.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Local;

/// <summary>
/// The addresses in an alias value, an <c>:include:</c> line or a <c>.forward</c> line, in internal form. The syntax is
/// that of RFC 822 §6 with what local delivery adds to it: a list may lack commas, and an address may begin with
/// <c>|</c>, <c>/</c>, <c>~</c> or <c>:include:</c>.
/// </summary>
internal static class AddressTokens
{
    /// <summary>Splits a text; what cannot be an address is passed over.</summary>
    public static List<string> Parse(string text)
    {
        List<string> found = [];
        List<string> words = [];
        Scanner scanner = new(text);
        while (true)
        {
            scanner.SkipSpace();
            if (scanner.AtEnd)
            {
                break;
            }

            switch (scanner.Next)
            {
                case ',' or ';':
                    scanner.Take();
                    TakeWords(words, found);
                    break;
                case '<':
                    // What stood before was a name for humans.
                    words.Clear();
                    scanner.Take();
                    string route = scanner.Route();
                    if (route.Length > 0)
                    {
                        found.Add(route);
                    }

                    break;
                case '>' or ')' or ']':
                    scanner.Take();
                    break;
                default:
                    string word = scanner.Word(stopAtColon: true);
                    if (scanner.TakeColon(word))
                    {
                        // The name of a group; its members follow.
                        words.Clear();
                        break;
                    }

                    words.Add(word);
                    break;
            }
        }

        TakeWords(words, found);
        return found;
    }

    // Blanks around "@" and "." belong to one address; other words are addresses of their own.
    private static void TakeWords(List<string> words, List<string> found)
    {
        // "" is an address too: the null one.
        if (words is [""])
        {
            found.Add("");
        }

        StringBuilder address = new();
        foreach (string word in words)
        {
            bool joins = address.Length > 0 && (address[^1] is '@' or '.' || (word.Length > 0 && word[0] is '@' or '.'));
            if (!joins && address.Length > 0)
            {
                found.Add(address.ToString());
                address.Clear();
            }

            address.Append(word);
        }

        if (address.Length > 0)
        {
            found.Add(address.ToString());
        }

        words.Clear();
    }

    private ref struct Scanner(string text)
    {
        private const string Include = ":include:";
        private int _at;

        public readonly bool AtEnd => _at >= text.Length;

        public readonly char Next => text[_at];

        public void Take() => _at++;

        /// <summary>White space and comments.</summary>
        public void SkipSpace()
        {
            while (!AtEnd)
            {
                if (Next == '(')
                {
                    SkipComment();
                }
                else if (Ascii.IsSpace(Next))
                {
                    _at++;
                }
                else
                {
                    return;
                }
            }
        }

        /// <summary>One run of atoms, quoted strings and domain literals, without its quotes.</summary>
        public string Word(bool stopAtColon)
        {
            StringBuilder word = new();
            bool isPath = Next is '/' or '|' or '~';
            if (string.Compare(text, _at, Include, 0, Include.Length, StringComparison.OrdinalIgnoreCase) == 0)
            {
                isPath = true;
                word.Append(Include);
                _at += Include.Length;
            }

            while (!AtEnd)
            {
                char c = Next;
                if (Ascii.IsSpace(c) || c is ',' or ';' or '<' or '>' or '(' or ')' || (c == ':' && stopAtColon && !isPath && word.Length > 0))
                {
                    break;
                }

                switch (c)
                {
                    case '"':
                        Quoted(word);
                        break;
                    case '[' when !isPath:
                        Literal(word);
                        break;
                    case '\\' when _at + 1 < text.Length:
                        word.Append(text[_at + 1]);
                        _at += 2;
                        break;
                    default:
                        word.Append(c);
                        _at++;
                        break;
                }
            }

            return word.ToString();
        }

        /// <summary>Whether a colon follows a word, which is then the name of a group.</summary>
        public bool TakeColon(string word)
        {
            if (word.Length == 0 || AtEnd || Next != ':')
            {
                return false;
            }

            _at++;
            return true;
        }

        /// <summary>What stands between angle brackets; a source route is dropped (RFC 5321 §4.1.1.3).</summary>
        public string Route()
        {
            StringBuilder address = new();
            while (true)
            {
                SkipSpace();
                if (AtEnd || Next == '>')
                {
                    _at++;
                    return address.ToString();
                }

                if (Next == ':' && address.Length > 0 && address[0] == '@')
                {
                    address.Clear();
                    _at++;
                }
                else if (Next is ',' or ';' or '<' or ')')
                {
                    _at++;
                }
                else
                {
                    address.Append(Word(stopAtColon: address.Length > 0 && address[0] == '@' || Next == '@'));
                }
            }
        }

        private void SkipComment()
        {
            int depth = 0;
            while (!AtEnd)
            {
                char c = text[_at++];
                if (c == '\\')
                {
                    _at++;
                }
                else if (c == '(')
                {
                    depth++;
                }
                else if (c == ')' && --depth == 0)
                {
                    return;
                }
            }
        }

        private void Quoted(StringBuilder word)
        {
            _at++;
            while (!AtEnd)
            {
                char c = text[_at++];
                if (c == '"')
                {
                    return;
                }

                if (c == '\\' && !AtEnd)
                {
                    c = text[_at++];
                }

                word.Append(c);
            }
        }

        private void Literal(StringBuilder word)
        {
            while (!AtEnd)
            {
                char c = text[_at++];
                word.Append(c);
                if (c == ']')
                {
                    return;
                }
            }
        }
    }
}
