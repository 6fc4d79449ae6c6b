using System.Text;

namespace Mta.Mail.Addresses;

/// <summary>One address inside an <see cref="AddressList"/>: the tokens of a mailbox, without comments and <c>&lt;&gt;</c>.</summary>
public sealed class AddressNode(List<AddressToken> tokens)
{
    public List<AddressToken> Tokens { get; private set; } = tokens;

    /// <summary>Unquoted form; empty for <c>&lt;&gt;</c>.</summary>
    public string ToInternal()
    {
        var text = new StringBuilder();
        foreach (AddressToken token in Tokens)
        {
            token.AppendInternal(text);
        }

        return text.ToString();
    }

    /// <summary>Quoted form, without blanks between the tokens.</summary>
    public string ToExternal()
    {
        var text = new StringBuilder();
        foreach (AddressToken token in Tokens)
        {
            token.AppendExternal(text);
        }

        return text.ToString();
    }

    /// <summary>Puts another address, given in external form, in this one's place.</summary>
    public void Replace(string external) => Tokens = AddressTokenizer.Scan(external);
}

/// <summary>
/// An address list as headers and SMTP commands hold it (RFC 822 §6): mailboxes, groups, phrases and comments. Everything
/// is kept, nothing is refused: text that is no address stays text, missing commas between neighbours are put in.
/// </summary>
public sealed class AddressList
{
    private readonly List<Item> _items = [];

    private AddressList()
    {
    }

    /// <summary>The addresses in the order of the text.</summary>
    public IEnumerable<AddressNode> Addresses
    {
        get
        {
            foreach (Item item in _items)
            {
                if (item.Node is not null)
                {
                    yield return item.Node;
                }
            }
        }
    }

    /// <summary>Number of addresses.</summary>
    public int Count { get; private set; }

    /// <summary>True when anything but one address in angle brackets was found: phrases, comments, separators.</summary>
    public bool HasTextAround { get; private set; }

    /// <param name="text">External form.</param>
    /// <param name="tokenLimit">Most tokens looked at; the text behind them is dropped.</param>
    public static AddressList Parse(ReadOnlySpan<char> text, int tokenLimit = int.MaxValue)
    {
        var list = new AddressList();
        List<AddressToken> tokens = AddressTokenizer.Scan(text, tokenLimit);
        list.ParseList(tokens);
        return list;
    }

    /// <summary>The list in external form.</summary>
    /// <param name="afterComma">What follows a comma: a blank, or a line break when a header is composed.</param>
    /// <param name="maxText">Most bytes of comments and phrases around the addresses between two commas; with more, only <c>&lt;address&gt;</c> stays.</param>
    /// <param name="stripped">Is told of each expression that lost its text.</param>
    public string ToExternal(string afterComma = " ", int maxText = int.MaxValue, Action<string>? stripped = null)
    {
        var output = new StringBuilder();
        Item? previous = null;
        bool suppressBlank = true;
        int start = 0;
        int addressLength = 0;
        AddressNode? address = null;
        foreach (Item item in _items)
        {
            if (item.Node is null && item.Token.IsOperator(','))
            {
                Strip();
            }

            bool blank = !suppressBlank && previous is not null && NeedsBlank(previous.Value, item);
            suppressBlank = false;
            if (blank)
            {
                output.Append(' ');
            }

            if (item.Node is not null)
            {
                int before = output.Length;
                output.Append(item.Node.ToExternal());
                addressLength += output.Length - before;
                address = item.Node;
            }
            else
            {
                item.Token.AppendExternal(output);
                if (item.Token.IsOperator(','))
                {
                    output.Append(afterComma);
                    suppressBlank = true;
                    start = output.Length;
                    addressLength = 0;
                    address = null;
                }
                else if (item.Token.IsOperator(':'))
                {
                    output.Append(' ');
                    suppressBlank = true;
                }
            }

            previous = item;
        }

        Strip();
        return output.ToString();

        void Strip()
        {
            if (address is not null && output.Length - start - addressLength > maxText)
            {
                stripped?.Invoke(output.ToString(start, Math.Min(output.Length - start, 200)));
                output.Length = start;
                output.Append('<').Append(address.ToExternal()).Append('>');
            }
        }
    }

    private static bool NeedsBlank(Item left, Item right)
    {
        if (right.Token.Kind == AddressTokenKind.Operator && right.Node is null)
        {
            return right.Token.IsOperator('<');
        }

        return left.Node is not null || left.Token.Kind != AddressTokenKind.Operator || left.Token.IsOperator('>');
    }

    private void ParseList(List<AddressToken> tokens)
    {
        // A colon begins a group only when a semicolon that could end it follows.
        int lastSemicolon = tokens.FindLastIndex(static token => token.IsOperator(';'));
        int start = 0;
        int angle = 0;
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != AddressTokenKind.Operator)
            {
                continue;
            }

            switch (tokens[i].Text[0])
            {
                case '<':
                    angle++;
                    break;
                case '>' when angle > 0:
                    angle--;
                    break;
                case ':' when angle == 0 && i < lastSemicolon:
                    AddTokens(tokens, start, i);
                    AddToken(tokens[i]);
                    start = i + 1;
                    break;
                case ',' or ';' when angle == 0:
                    ParseSegment(tokens, start, i);
                    AddToken(tokens[i]);
                    start = i + 1;

                    // RFC 822 §6.1: a group is one member of the list.
                    AddComma(tokens[i].Text == ";" && start < tokens.Count && !tokens[start].IsOperator(',') && !tokens[start].IsOperator(';'));
                    break;
            }
        }

        ParseSegment(tokens, start, tokens.Count);
    }

    // What stands between two separators: [phrase] <route-addr> …, or bare addresses.
    private void ParseSegment(List<AddressToken> tokens, int start, int end)
    {
        bool needsComma = false;
        while (start < end)
        {
            int open = IndexOf(tokens, '<', start, end);
            int close = open < 0 ? -1 : IndexOf(tokens, '>', open, end);
            if (close < 0)
            {
                AddComma(needsComma);
                AddBareAddresses(tokens, start, end);
                return;
            }

            AddComma(needsComma);
            HasTextAround |= open > start;
            AddTokens(tokens, start, open);
            _items.Add(new Item(tokens[open], null));
            if (close == open + 1)
            {
                AddNode([]);
            }
            else
            {
                AddBareAddresses(tokens, open + 1, close, RouteEnd(tokens, open + 1, close));
            }

            _items.Add(new Item(tokens[close], null));
            start = close + 1;
            while (start < end && tokens[start].Kind == AddressTokenKind.Comment)
            {
                AddToken(tokens[start++]);
            }

            needsComma = true;
        }
    }

    // RFC 822 §6.1 route: "@domain,@domain:"; its commas separate no addresses.
    private static int RouteEnd(List<AddressToken> tokens, int start, int end) =>
        tokens[start].IsOperator('@') ? IndexOf(tokens, ':', start, end) + 1 : 0;

    private void AddBareAddresses(List<AddressToken> tokens, int start, int end, int routeEnd = 0)
    {
        List<AddressToken> address = [];
        List<AddressToken> comments = [];
        bool needsComma = false;
        for (int i = start; i < end; i++)
        {
            AddressToken token = tokens[i];
            if (token.Kind == AddressTokenKind.Comment)
            {
                comments.Add(token);
            }
            else if (i >= routeEnd && token.IsOperator(','))
            {
                Finish();
                AddComments();
                AddToken(token);
                needsComma = false;
            }
            else
            {
                if (token.IsWord && address.Count > 0 && address[^1].IsWord)
                {
                    Finish();
                }

                address.Add(token);
            }
        }

        Finish();
        AddComments();

        void Finish()
        {
            if (address.Count > 0)
            {
                AddComma(needsComma);
                AddNode(address);
                address = [];
                needsComma = true;
            }
        }

        // Comments stand behind all the addresses that no comma separates.
        void AddComments()
        {
            foreach (AddressToken comment in comments)
            {
                AddToken(comment);
            }

            comments.Clear();
        }
    }

    private static int IndexOf(List<AddressToken> tokens, char c, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            if (tokens[i].IsOperator(c))
            {
                return i;
            }
        }

        return -1;
    }

    private void AddComma(bool needed)
    {
        if (needed)
        {
            AddToken(new AddressToken(AddressTokenKind.Operator, ","));
        }
    }

    private void AddTokens(List<AddressToken> tokens, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            AddToken(tokens[i]);
        }
    }

    private void AddToken(AddressToken token)
    {
        HasTextAround = true;
        _items.Add(new Item(token, null));
    }

    private void AddNode(List<AddressToken> tokens)
    {
        Count++;
        _items.Add(new Item(default, new AddressNode(tokens)));
    }

    private readonly record struct Item(AddressToken Token, AddressNode? Node);
}
