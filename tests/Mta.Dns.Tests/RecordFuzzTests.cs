using System.Buffers.Binary;
using System.Net;
using System.Text;
using Mta.Fuzz;

namespace Mta.Dns.Tests;

/// <summary>Data of records as whoever runs a zone writes it: the type, then the data; see tests/fuzz/README.md.</summary>
public sealed class RecordFuzzTests
{
    private static readonly DnsRecordType[] Types = Enum.GetValues<DnsRecordType>();

    private static readonly string[] Words = ["\u0003www\u0007example\0", "\0", "\u003f" + new string('a', 63), "\u0040", "\u00c0\u000c", "\u0004a.b-\0", "\u0001*\0", "\u00ff", "\u0003\u0001\u0001", "\0\u000a", new('b', 254), "\u0002\u00c3\u00a4\0"];

    [Fact]
    public void Any_record_is_what_a_plain_reader_finds_or_none() => FuzzRun.Play("dns", Words, input => Play(input, static record => record));

    // The preference is read the other way round.
    [Fact]
    public void A_wrong_preference_is_found() => FuzzRun.Finds("dns", Words, input => Play(input, static record => record?.Type == DnsRecordType.Mx ? record with { Preference = BinaryPrimitives.ReverseEndianness((ushort)record.Preference) } : record));

    private static string? Play(byte[] input, Func<DnsRecord?, DnsRecord?> plant)
    {
        if (input.Length == 0)
        {
            return null;
        }

        DnsRecordType type = Types[input[0] % Types.Length];
        DnsRecord? want = Model(type, input[1..]);
        DnsRecord? got = plant(RecordParser.TryParse(type, input.AsSpan(1), out DnsRecord? record) ? record : null);
        return got == want ? null : $"got {got}, want {want}";
    }

    private static DnsRecord? Model(DnsRecordType type, byte[] data)
    {
        int Number(int at) => (data[at] << 8) | data[at + 1];
        switch (type)
        {
            case DnsRecordType.A:
                return data.Length == 4 ? new DnsRecord(type) { Address = new IPAddress(data) } : null;
            case DnsRecordType.Aaaa:
                return data.Length == 16 ? new DnsRecord(type) { Address = new IPAddress(data) } : null;
            case DnsRecordType.Ns or DnsRecordType.Ptr or DnsRecordType.Cname:
                return Name(data) is { } plain ? new DnsRecord(type) { Target = plain } : null;
            case DnsRecordType.Mx:
                return data.Length > 2 && Name(data[2..]) is { } exchange ? new DnsRecord(type) { Preference = Number(0), Target = exchange } : null;
            case DnsRecordType.Srv:
                return data.Length > 6 && Name(data[6..]) is { } target ? new DnsRecord(type) { Preference = Number(0), Weight = Number(2), Port = Number(4), Target = target } : null;
            case DnsRecordType.Tlsa:
                return data.Length > 3 ? new DnsRecord(type) { Data = Encoding.Latin1.GetString(data) } : null;
            default:
                var text = new StringBuilder();
                for (int at = 0; at < data.Length; at += data[at] + 1)
                {
                    if (at + data[at] >= data.Length)
                    {
                        return null;
                    }

                    text.Append(Encoding.Latin1.GetString(data, at + 1, data[at]));
                }

                return new DnsRecord(type) { Data = text.Length > 4096 ? text.ToString(0, 4096) : text.ToString() };
        }
    }

    // The whole of the data, and nothing behind the root.
    private static string? Name(byte[] data)
    {
        List<string> labels = [];
        int at = 0;
        for (; at < data.Length && data[at] != 0; at += data[at] + 1)
        {
            if (data[at] > 63 || at + data[at] >= data.Length)
            {
                return null;
            }

            labels.Add(Encoding.Latin1.GetString(data, at + 1, data[at]));
        }

        string name = string.Join('.', labels);
        return at == data.Length - 1 && name.Length < 255 && labels.TrueForAll(static label => label.All(static c => c is > ' ' and < '\x7f' and not '.')) ? name : null;
    }
}
