using System.Globalization;
using Mta.Mail.Protocols;

namespace Mta.Verify;

/// <summary>What is known about an address: <c>status:probed:updated:text</c>, times in seconds since 1970, 0 for never.</summary>
internal readonly record struct AddressRecord(VerifyStatus Status, long Probed, long Updated, string Text)
{
    /// <summary>False for a malformed record: then nothing is known.</summary>
    public static bool TryParse(string? value, out AddressRecord record)
    {
        record = default;
        string[] parts = value?.Split(':', 4) ?? [];
        if (parts.Length != 4 || parts[3].Length == 0
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int status) || status > (int)VerifyStatus.Unknown
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long probed)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long updated))
        {
            return false;
        }

        record = new AddressRecord((VerifyStatus)status, probed, updated, parts[3]);
        return true;
    }

    public override string ToString() => $"{(int)Status}:{Probed}:{Updated}:{Text}";
}
