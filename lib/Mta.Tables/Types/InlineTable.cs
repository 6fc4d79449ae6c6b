using Mta.Text;

namespace Mta.Tables.Types;

/// <summary><c>inline:{ key=value, {key = text with blanks} }</c>: the entries stand in the name.</summary>
internal sealed class InlineTable(TableRegistry registry, string type, string name, TableFlags flags) : MemoryTable(registry, type, name, flags)
{
    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        string need = $"\"{type}:{name}\"; need \"{type}:{{name=value...}}\"";
        if (!TableListSyntax.TryUnbrace(name, out string inner, out _))
        {
            throw new TableException($"bad syntax: {need}");
        }

        InlineTable table = new(registry, type, name, flags);
        if (table.UsesUtf8 && !Ascii.IsAscii(name) && !ByteString.TryToUnicode(name, out _))
        {
            throw new TableException($"bad UTF-8 syntax: {Printable.Neutralize(need)}");
        }

        int count = 0;
        foreach (string element in TableListSyntax.Split(inner))
        {
            string text = element;
            if (element[0] == '{' && !TableListSyntax.TryUnbrace(element, out text, out string error))
            {
                throw new TableException($"{error}: {need}");
            }

            if (!TrySplit(text, out string key, out string value, out string reason))
            {
                throw new TableException($"{reason}: {need}");
            }

            table.Set(table.FoldsKeys ? CaseFolding.Fold(key, table.UsesUtf8) : key, value);
            count++;
        }

        return count > 0 ? table : throw new TableException($"bad syntax: {need}");
    }

    // The key may be a quoted string (the quotes stay); it ends at white space or '='.
    private static bool TrySplit(string text, out string key, out string value, out string reason)
    {
        key = value = reason = "";
        bool quoted = false;
        int i = 0;
        for (; i < text.Length && (quoted || (!Ascii.IsSpace(text[i]) && text[i] != '=')); i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
        }

        key = text[..i];
        string rest = text[i..].TrimStart(' ', '\t', '\r', '\n', '\v', '\f');
        reason = quoted ? "unbalanced '\"'"
            : rest.Length == 0 || rest[0] != '=' ? "missing '=' after attribute name"
            : "";
        value = reason.Length == 0 ? rest[1..].Trim(' ', '\t', '\r', '\n', '\v', '\f') : "";
        return reason.Length == 0;
    }
}
