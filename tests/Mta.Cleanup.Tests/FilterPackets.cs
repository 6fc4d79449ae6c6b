using System.Buffers.Binary;
using System.Text;

namespace Mta.Cleanup.Tests;

/// <summary>What filters send, made by hand.</summary>
internal static class FilterPackets
{
    /// <summary>Version 6, every action, no event but the end of the message.</summary>
    public static readonly byte[] Negotiation = [0, 0, 0, 13, (byte)'O', 0, 0, 0, 6, 0, 0, 1, 0xFF, 0, 0, 3, 0x7F];

    public static void Add(List<byte> to, char letter, ReadOnlySpan<byte> data)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length + 1);
        to.AddRange(length);
        to.Add((byte)letter);
        to.AddRange(data);
    }

    public static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
