using System.Text;

namespace Mta.Mail.Addresses;

/// <summary>
/// Runs of tokens as text: a blank between words, behind commas and before <c>&lt;</c>, none elsewhere.
/// </summary>
public static class AddressTokenText
{
    /// <summary>The internal form: quoted strings without their quotes.</summary>
    public static string ToInternal(List<AddressToken> tokens, int start, int end)
    {
        if (end - start == 1)
        {
            return tokens[start].Text;
        }

        StringBuilder text = new();
        for (int i = start; i < end; i++)
        {
            AppendBlank(text, tokens, i, start);
            tokens[i].AppendInternal(text);
        }

        return text.ToString();
    }

    /// <summary>The external form.</summary>
    public static string ToExternal(List<AddressToken> tokens, int start, int end)
    {
        StringBuilder text = new();
        for (int i = start; i < end; i++)
        {
            AppendBlank(text, tokens, i, start);
            tokens[i].AppendExternal(text);
        }

        return text.ToString();
    }

    private static void AppendBlank(StringBuilder text, List<AddressToken> tokens, int i, int start)
    {
        if (i > start && (tokens[i - 1].IsOperator(',') || tokens[i].IsOperator('<')
            || (tokens[i - 1].Kind != AddressTokenKind.Operator && tokens[i].Kind != AddressTokenKind.Operator)))
        {
            text.Append(' ');
        }
    }
}
