using Mta.Linux;

namespace Mta.Tables.Source;

/// <summary>Values that name files: what is stored is the files' content, joined by line ends, in base64.</summary>
public static class FileValues
{
    /// <param name="value">Names between commas and white space.</param>
    /// <param name="error">What is wrong, as after the place of the entry in a warning.</param>
    public static bool TryRead(string value, out string encoded, out string error)
    {
        using MemoryStream content = new();
        bool first = true;
        error = "";
        foreach (string file in value.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                if (!first)
                {
                    content.WriteByte((byte)'\n');
                }

                first = false;
                content.Write(SourceFile.Read(file).Content);
            }
            catch (LinuxException failure)
            {
                error = $"open {file}: {failure.Reason}";
                encoded = "";
                return false;
            }
        }

        encoded = Convert.ToBase64String(content.GetBuffer(), 0, (int)content.Length);
        return true;
    }
}
