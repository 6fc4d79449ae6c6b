using System.Text;

namespace Mta.Mail.Addresses;

/// <summary>Kinds of lexical tokens in the external form of addresses (RFC 822 §3.3).</summary>
public enum AddressTokenKind
{
    Atom,
    QuotedString,

    /// <summary><c>[…]</c>; the text has its brackets.</summary>
    DomainLiteral,

    /// <summary><c>(…)</c>; the text has its parentheses and is otherwise untouched.</summary>
    Comment,

    /// <summary>One character of <c>| % ! ( ) &lt; &gt; @ , ; : \ " . [ ]</c>.</summary>
    Operator,
}

/// <summary>One token. The text of atoms and quoted strings is the plain one, without quotes and backslashes.</summary>
public readonly record struct AddressToken(AddressTokenKind Kind, string Text)
{
    public bool IsWord => Kind is AddressTokenKind.Atom or AddressTokenKind.QuotedString or AddressTokenKind.DomainLiteral;

    public bool IsOperator(char c) => Kind == AddressTokenKind.Operator && Text[0] == c;

    internal void AppendInternal(StringBuilder output) => output.Append(Text);

    internal void AppendExternal(StringBuilder output)
    {
        if (Kind != AddressTokenKind.QuotedString)
        {
            output.Append(Text);
            return;
        }

        output.Append('"');
        foreach (char c in Text)
        {
            if (c is '"' or '\\' or '\r' or '\n')
            {
                output.Append('\\');
            }

            output.Append(c);
        }

        output.Append('"');
    }
}
