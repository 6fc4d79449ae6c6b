using System.Globalization;
using System.Text;

namespace Mta.Postconf;

/// <summary>One JSON object per line. Bytes that are no UTF-8 text become the replacement character.</summary>
internal static class Json
{
    public static string Line(string name, string value)
    {
        StringBuilder line = new("{");
        Quote(line, name);
        line.Append(": ");
        Quote(line, value);
        return line.Append('}').ToString();
    }

    // The text is a byte string, and so is what comes out.
    private static void Quote(StringBuilder line, string text)
    {
        line.Append('"');
        foreach (byte b in Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text))))
        {
            line.Append((char)b switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\x7f' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)b:x4}"),
                _ => ((char)b).ToString(),
            });
        }

        line.Append('"');
    }
}
