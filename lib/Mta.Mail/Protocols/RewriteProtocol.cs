using System.Buffers;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// The rewrite service (trivial-rewrite): puts addresses into standard form, and tells where mail for an address goes.
/// Private socket, persistent connections, print0 lists.
/// </summary>
public static class RewriteProtocol
{
    /// <summary>The usual name of the service; parameter <c>rewrite_service_name</c>.</summary>
    public const string Service = "rewrite";

    /// <summary>What the server announces.</summary>
    public const string Name = "trivial_rewrite_protocol";

    private static readonly SearchValues<char> LocalPartCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#$&'*+-/=?^_`{}~.");

    private static readonly SearchValues<char> DomainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Longest address accepted, in bytes.</summary>
    public const int MaxAddressLength = 1 << 20;

    /// <summary>Takes a request from a list that was read.</summary>
    /// <exception cref="AttributeFormatException">The request is malformed; the connection is of no more use.</exception>
    public static RewriteRequest TakeRequest(AttributeReader reader)
    {
        ReadOnlySpan<byte> verb = reader.Bytes("request"u8);
        RewriteRequest request;
        if (verb.SequenceEqual("rewrite"u8))
        {
            ReadOnlySpan<byte> rule = reader.Bytes("rule"u8);
            RewriteVerb kind = rule.SequenceEqual("local"u8) ? RewriteVerb.RewriteLocal
                : rule.SequenceEqual("remote"u8) ? RewriteVerb.RewriteRemote
                : throw new AttributeFormatException($"unknown context: {Printable.Neutralize(ByteString.FromBytes(rule))}");
            request = new RewriteRequest(kind, "", Address(reader, "address"u8));
        }
        else if (verb.SequenceEqual("resolve"u8) || verb.SequenceEqual("verify"u8))
        {
            RewriteVerb kind = verb[0] == 'r' ? RewriteVerb.Resolve : RewriteVerb.ResolveForVerify;
            string sender = Address(reader, "sender"u8);
            request = new RewriteRequest(kind, sender, Address(reader, "address"u8));
        }
        else
        {
            throw new AttributeFormatException($"unknown request: {Printable.Neutralize(ByteString.FromBytes(verb))}");
        }

        reader.End();
        return request;
    }

    public static void WriteRewriteRequest(AttributeWriter writer, RewriteContext context, string address) => writer
        .String("request"u8, "rewrite")
        .String("rule"u8, context == RewriteContext.Local ? "local" : "remote")
        .String("address"u8, address)
        .End();

    public static void WriteResolveRequest(AttributeWriter writer, bool forVerify, string sender, string address) => writer
        .String("request"u8, forVerify ? "verify" : "resolve")
        .String("sender"u8, sender)
        .String("address"u8, address)
        .End();

    public static void WriteRewriteReply(AttributeWriter writer, bool reconnect, string address) => writer
        .Int("flags"u8, reconnect ? 1 : 0)
        .String("address"u8, address)
        .End();

    public static void WriteResolveReply(AttributeWriter writer, bool reconnect, ResolveReply reply) => writer
        .Int("flags"u8, reconnect ? 1 : 0)
        .String("transport"u8, reply.Transport)
        .String("nexthop"u8, reply.NextHop)
        .String("recipient"u8, reply.Recipient)
        .Int("flags"u8, (int)reply.Flags)
        .End();

    /// <summary>Takes the answer to a rewrite request; <paramref name="reconnect"/>: the server wants to retire.</summary>
    public static string TakeRewriteReply(AttributeReader reader, out bool reconnect)
    {
        reconnect = reader.Int("flags"u8) != 0;
        string address = reader.String("address"u8);
        reader.End();
        return address;
    }

    /// <summary>Takes the answer to a resolve request; <paramref name="reconnect"/>: the server wants to retire.</summary>
    public static ResolveReply TakeResolveReply(AttributeReader reader, out bool reconnect)
    {
        reconnect = reader.Int("flags"u8) != 0;
        string transport = reader.String("transport"u8);
        string nextHop = reader.String("nexthop"u8);
        string recipient = reader.String("recipient"u8);
        ResolveReply reply = new(transport, nextHop, recipient, (ResolveFlags)reader.Int("flags"u8));
        reader.End();
        return reply;
    }

    /// <summary>
    /// True for <c>atom.atom@label.label</c>: every rewriting rule, whatever its settings, leaves such an address as it
    /// is, so nobody needs to ask. Anything less plain may still be in standard form.
    /// </summary>
    public static bool IsPlainAddress(ReadOnlySpan<char> address)
    {
        int at = address.LastIndexOf('@');
        return at > 0 && IsDotted(address[..at], LocalPartCharacters, out _)
            && IsDotted(address[(at + 1)..], DomainCharacters, out bool dotted) && dotted;
    }

    private static bool IsDotted(ReadOnlySpan<char> text, SearchValues<char> allowed, out bool dotted)
    {
        dotted = text.Contains('.');
        return !text.IsEmpty && !text.ContainsAnyExcept(allowed) && text[0] != '.' && text[^1] != '.'
            && (!dotted || text.IndexOf("..") < 0);
    }

    private static string Address(AttributeReader reader, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> bytes = reader.Bytes(name);
        return bytes.Length <= MaxAddressLength
            ? ByteString.FromBytes(bytes)
            : throw new AttributeFormatException("address too long");
    }
}

/// <summary>What a client asks of the rewrite service.</summary>
public enum RewriteVerb
{
    RewriteLocal,
    RewriteRemote,
    Resolve,

    /// <summary>Resolve with the <c>address_verify_*</c> parameters.</summary>
    ResolveForVerify,
}

/// <summary>Which origin completes an incomplete address.</summary>
public enum RewriteContext
{
    /// <summary><c>myorigin</c> and <c>mydomain</c>.</summary>
    Local,

    /// <summary><c>remote_header_rewrite_domain</c>; where that is empty, clients do not ask.</summary>
    Remote,
}

/// <summary>
/// One request. A rewrite request carries an address in external form and no sender; a resolve request carries both
/// in internal form.
/// </summary>
public readonly record struct RewriteRequest(RewriteVerb Verb, string Sender, string Address);

/// <summary>What resolving found out about an address. Exactly one class bit is set unless it failed.</summary>
[Flags]
public enum ResolveFlags
{
    None = 0,

    /// <summary>Unused.</summary>
    Final = 1,

    /// <summary>The local part still holds routing (<c>%</c>, <c>!</c>, <c>@</c>) that the sender supplied.</summary>
    Routed = 2,

    /// <summary>The address is invalid; the other fields hold placeholders.</summary>
    Error = 4,

    /// <summary>A table could not answer: try again later.</summary>
    Fail = 8,

    /// <summary><c>mydestination</c>, or a literal of an own address.</summary>
    ClassLocal = 256,

    /// <summary><c>virtual_alias_domains</c>.</summary>
    ClassAlias = 512,

    /// <summary><c>virtual_mailbox_domains</c>.</summary>
    ClassVirtual = 1024,

    /// <summary><c>relay_domains</c>.</summary>
    ClassRelay = 2048,

    /// <summary>Everything else.</summary>
    ClassDefault = 4096,

    /// <summary>All class bits.</summary>
    ClassMask = ClassLocal | ClassAlias | ClassVirtual | ClassRelay | ClassDefault,
}

/// <summary>Where mail for an address goes: a service of master.cf, its next hop, and the recipient in internal form.</summary>
public sealed record ResolveReply(string Transport, string NextHop, string Recipient, ResolveFlags Flags)
{
    /// <summary>A table could not answer: defer.</summary>
    public bool IsFailed => (Flags & ResolveFlags.Fail) != 0;

    /// <summary>The address is invalid: <c>5.1.3 bad address syntax</c>.</summary>
    public bool IsInvalid => (Flags & ResolveFlags.Error) != 0;

    /// <summary>The class bit.</summary>
    public ResolveFlags Class => Flags & ResolveFlags.ClassMask;
}
