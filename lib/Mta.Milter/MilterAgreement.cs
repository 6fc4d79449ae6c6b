using System.Buffers.Binary;
using Mta.Text;

namespace Mta.Milter;

/// <summary>What the two sides agree upon before the first event.</summary>
/// <param name="Version">The version of the protocol.</param>
/// <param name="Actions">What the filter may ask for at the end.</param>
/// <param name="Options">What it does not want or does not answer.</param>
/// <param name="Macros">Macro lists of its own, one for each <see cref="MilterMacroSet"/>; null when it has asked for none.</param>
internal sealed record MilterAgreement(int Version, MilterActions Actions, MilterOptions Options, string?[]? Macros)
{
    /// <summary>Nothing is agreed upon yet.</summary>
    public static MilterAgreement None { get; } = new(0, MilterActions.None, MilterOptions.None, null) { UnknownEvents = MilterOptions.None };

    /// <summary>Events that came with a later version.</summary>
    public MilterOptions UnknownEvents { get; init; } = MilterProtocol.UnknownTo(Version);

    /// <summary>The data of the packet that offers everything a version has.</summary>
    public static byte[] Offer(int version)
    {
        byte[] offer = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(offer, (uint)version);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(4), (uint)(version < 6 ? (MilterActions)0x3F : MilterActions.All));
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(8), (uint)OptionsOf(version));
        return offer;
    }

    /// <summary>Reads the filter's answer to an offer.</summary>
    /// <param name="name">The filter, for <paramref name="problem"/>.</param>
    /// <param name="offered">The version that was offered.</param>
    /// <param name="isMalformed">The answer could not be read; otherwise a problem is one of what it says.</param>
    public static bool TryParse(string name, int offered, ReadOnlySpan<byte> data, out MilterAgreement agreement, out string problem, out bool isMalformed)
    {
        agreement = None;
        problem = "";
        isMalformed = true;
        if (data.Length < 12)
        {
            problem = $"milter {name}: input packet too short for network long";
            return false;
        }

        isMalformed = false;
        uint version = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint actions = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        uint options = BinaryPrimitives.ReadUInt32BigEndian(data[8..]);
        if (version > offered)
        {
            problem = $"milter {name}: protocol version {version} conflict with MTA protocol version {offered}";
            return false;
        }

        if ((actions & ~(uint)MilterActions.All) != 0)
        {
            problem = $"milter {name}: request mask 0x{actions:x} conflict with MTA request mask 0x{(uint)MilterActions.All:x}";
            return false;
        }

        isMalformed = true;
        if (!TryParseMacros(name, data[12..], out string?[]? macros, out problem))
        {
            return false;
        }

        isMalformed = false;
        agreement = new MilterAgreement((int)version, (MilterActions)actions, (MilterOptions)options, macros);
        return true;
    }

    private static MilterOptions OptionsOf(int version) => version switch
    {
        2 => (MilterOptions)0x7F,
        3 => (MilterOptions)0x1FF,
        4 => (MilterOptions)0x3FF,
        _ => MilterOptions.All,
    };

    // Stage number and list of names, repeated.
    private static bool TryParseMacros(string name, ReadOnlySpan<byte> data, out string?[]? lists, out string problem)
    {
        lists = null;
        problem = "";
        while (!data.IsEmpty)
        {
            int end = data.Length < 5 ? -1 : data[4..].IndexOf((byte)0);
            if (end < 0)
            {
                problem = $"milter {name}: missing string null terminator in macro list";
                return false;
            }

            MilterMacroSet? set = BinaryPrimitives.ReadUInt32BigEndian(data) switch
            {
                0 => MilterMacroSet.Connect,
                1 => MilterMacroSet.Helo,
                2 => MilterMacroSet.Mail,
                3 => MilterMacroSet.Rcpt,
                4 => MilterMacroSet.Data,
                5 => MilterMacroSet.EndOfMessage,
                6 => MilterMacroSet.EndOfHeader,
                _ => null,
            };
            if (set is null)
            {
                problem = $"milter {name}: ignoring unknown macro type {BinaryPrimitives.ReadUInt32BigEndian(data)}";
                return false;
            }

            lists ??= new string?[MilterMacros.Sets];
            lists[(int)set.Value] = ByteString.FromBytes(data.Slice(4, end));
            data = data[(end + 5)..];
        }

        return true;
    }
}
