using Mta.Tls;

namespace Mta.Delivery.Security;

/// <summary>Trust anchor files (<c>tafile</c>): certificates and public keys, in the form of TLSA records of usage 2.</summary>
internal static class TrustAnchors
{
    /// <exception cref="TlsException">A file cannot be read, or holds none.</exception>
    public static IReadOnlyList<TlsaRecord> Load(IEnumerable<string> files)
    {
        const byte trustAnchor = 2;
        List<TlsaRecord> anchors = [];
        foreach (string file in files)
        {
            foreach ((bool isKey, byte[] der) in TlsAnchorFile.Read(file))
            {
                anchors.Add(new TlsaRecord(trustAnchor, (byte)(isKey ? 1 : 0), 0, der));
            }
        }

        return anchors;
    }
}
