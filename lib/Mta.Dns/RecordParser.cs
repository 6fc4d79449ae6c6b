using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Mta.Text;

namespace Mta.Dns;

/// <summary>Reads the data of one record. The bytes come from whoever runs the zone: every length is checked.</summary>
internal static class RecordParser
{
    private const int MaxText = 4096;

    /// <returns>False when the data does not have the form of its type.</returns>
    public static bool TryParse(DnsRecordType type, ReadOnlySpan<byte> data, [NotNullWhen(true)] out DnsRecord? record)
    {
        record = type switch
        {
            DnsRecordType.A => data.Length == 4 ? new DnsRecord(type) { Address = new IPAddress(data) } : null,
            DnsRecordType.Aaaa => data.Length == 16 ? new DnsRecord(type) { Address = new IPAddress(data) } : null,
            DnsRecordType.Ns or DnsRecordType.Ptr or DnsRecordType.Cname => Name(type, data),
            DnsRecordType.Mx => MailExchange(data),
            DnsRecordType.Txt => Text(data),
            DnsRecordType.Srv => Service(data),
            // RFC 6698 §2.1: usage, selector, matching type, then at least some association data.
            DnsRecordType.Tlsa => data.Length is > 3 and <= 65535 ? new DnsRecord(type) { Data = ByteString.FromBytes(data) } : null,
        };
        return record is not null;
    }

    private static DnsRecord? Name(DnsRecordType type, ReadOnlySpan<byte> data) =>
        DnsName.TryParse(data, out string name, out int length) && length == data.Length ? new DnsRecord(type) { Target = name } : null;

    private static DnsRecord? MailExchange(ReadOnlySpan<byte> data) =>
        data.Length > 2 && DnsName.TryParse(data[2..], out string name, out int length) && length == data.Length - 2
            ? new DnsRecord(DnsRecordType.Mx) { Preference = BinaryPrimitives.ReadUInt16BigEndian(data), Target = name }
            : null;

    private static DnsRecord? Service(ReadOnlySpan<byte> data) =>
        data.Length > 6 && DnsName.TryParse(data[6..], out string name, out int length) && length == data.Length - 6
            ? new DnsRecord(DnsRecordType.Srv)
            {
                Preference = BinaryPrimitives.ReadUInt16BigEndian(data),
                Weight = BinaryPrimitives.ReadUInt16BigEndian(data[2..]),
                Port = BinaryPrimitives.ReadUInt16BigEndian(data[4..]),
                Target = name,
            }
            : null;

    private static DnsRecord? Text(ReadOnlySpan<byte> data)
    {
        Span<byte> text = stackalloc byte[MaxText];
        int used = 0;
        while (!data.IsEmpty)
        {
            int length = data[0];
            if (length >= data.Length)
            {
                return null;
            }

            int taken = Math.Min(length, MaxText - used);
            data.Slice(1, taken).CopyTo(text[used..]);
            used += taken;
            data = data[(length + 1)..];
        }

        return new DnsRecord(DnsRecordType.Txt) { Data = ByteString.FromBytes(text[..used]) };
    }
}
