using System.Text;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;

namespace Mta.TlsServer;

/// <summary>
/// One entry of <c>tls_server_sni_maps</c>: the content of chain files in base64, as <c>postmap -F</c> stores it, or the
/// names of the files where the table was made without.
/// </summary>
internal static class SniEntry
{
    private const int MaxSize = 1 << 20;

    /// <returns>PEM text; null when the entry makes no sense.</returns>
    public static byte[]? Load(string value, string name)
    {
        byte[] decoded = new byte[value.Length];
        if (Convert.TryFromBase64String(value, decoded, out int length) && decoded.AsSpan(0, length).IndexOf("-----BEGIN "u8) >= 0)
        {
            return decoded[..length];
        }

        using MemoryStream content = new();
        foreach (string file in TableListSyntax.Split(value))
        {
            if (!file.StartsWith('/') || Posix.TryOpen(file, OpenFlags.ReadOnly, 0, out FileHandle handle) != 0)
            {
                TlsLog.Warning($"tls_server_sni_maps: entry of {name}: cannot read {Printable.Neutralize(file)}");
                return null;
            }

            using (handle)
            using (DescriptorStream stream = new(handle))
            {
                byte[] buffer = new byte[8192];
                for (int count; content.Length < MaxSize && (count = stream.Read(buffer)) > 0;)
                {
                    content.Write(buffer, 0, count);
                }
            }

            content.Write(Encoding.ASCII.GetBytes("\n"));
        }

        return content.ToArray();
    }
}
