using System.Text;
using Mta.Config;
using Mta.Fuzz;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;

namespace Mta.TrivialRewrite.Tests;

/// <summary>Mutated addresses and requests; see tests/fuzz/README.md.</summary>
public sealed class FuzzTests
{
    private const string Settings = """
        compatibility_level = 3.6
        myhostname = mx.example.org
        mydomain = example.org
        myorigin = example.org
        mydestination = example.org, localhost
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        recipient_delimiter = +-
        virtual_alias_domains = alias.example
        relay_domains = relay.example
        transport_maps = inline:{dom.tld=a:b, .tld=c:}
        relocated_maps = inline:{user@dom.tld=elsewhere}
        resolve_null_domain = yes
        """;

    private static readonly string[] Words =
    [
        "@", "%", "!", ".", "..", "\"", "\\", "(", ")", "<", ">", "[", "]", ",", ";", ":", " ", "\t", "\n", "\0", "@example.org", "@[127.0.0.1]", "@[IPv6:::1]", "@a,@b:", "\"@", "-", "+x",
        "example.org", "localhost", "alias.example", "user", "\u00c3\u00a4", "\u00ff", "=?x?q?y?=", "g: ", "\\\"", "mailer-daemon", "owner-x-request",
    ];

    private readonly AddressRewriter _rewriter;
    private readonly AddressResolver _resolver;

    public FuzzTests()
    {
        Configuration configuration = Configuration.FromText(Settings + "\n");
        TableRegistry tables = new(new TableSettings());
        DomainClasses classes = new(configuration, tables, new LocalDomains(configuration, tables));
        _rewriter = new AddressRewriter(configuration, "example.org", "example.org");
        _resolver = new AddressResolver(ResolverSettings.ForDelivery(tables, classes), classes, _rewriter);
    }

    [Fact]
    public void Any_address_is_rewritten_and_resolved() => FuzzRun.Play("addresses", Words, input => Resolve(input, static reply => reply));

    // Two classes at once for an address of a rare kind.
    [Fact]
    public void A_class_too_many_is_found() => FuzzRun.Finds("addresses", Words, input => Resolve(
        input, static reply => reply.Class == ResolveFlags.ClassAlias && reply.Recipient.Contains('!') ? reply with { Flags = reply.Flags | ResolveFlags.ClassRelay } : reply));

    [Fact]
    public void Any_list_of_addresses_prints_as_it_reads() => FuzzRun.Play("addresses", Words, input => Print(input, static plain => AddressSyntax.ToExternal(plain)));

    // A byte too many in an address of a rare kind.
    [Fact]
    public void A_byte_too_many_is_found() => FuzzRun.Finds("addresses", Words, input => Print(
        input, static plain => AddressSyntax.ToExternal(plain.Contains("!%", StringComparison.Ordinal) ? plain + "x" : plain)));

    private string? Resolve(byte[] input, Func<ResolveReply, ResolveReply> plant)
    {
        string address = Encoding.Latin1.GetString(input);
        string rewritten = _rewriter.Rewrite(address);
        if (rewritten.Length > (2 * address.Length) + 100)
        {
            return $"{rewritten.Length} bytes of {address.Length}";
        }

        ResolveReply reply = plant(_resolver.ResolveAsync("s@example.com", address, default).AsTask().GetAwaiter().GetResult());
        if (!reply.IsFailed && System.Numerics.BitOperations.PopCount((uint)reply.Class) != 1)
        {
            return $"flags {reply.Flags}";
        }

        if (!reply.IsFailed && !reply.Recipient.Contains('@'))
        {
            return $"recipient {reply.Recipient}";
        }

        return reply.Transport.Length == 0 || (reply.NextHop.Length == 0 && !reply.IsInvalid) ? "no way" : null;
    }

    private static string? Print(byte[] input, Func<string, string> toExternal)
    {
        string text = Encoding.Latin1.GetString(input);
        AddressList list = AddressList.Parse(text);
        string printed = list.ToExternal();

        // What is malformed may be read otherwise once it stands alone, but never becomes much more than it was: an empty
        // group of two characters is printed with five.
        if (AddressList.Parse(printed).ToExternal().Length > (4 * text.Length) + (4 * list.Count) + 8)
        {
            return $"printed {printed}";
        }

        foreach (AddressNode node in list.Addresses)
        {
            string plain = AddressSyntax.ToInternal(node.ToExternal());
            if (!plain.Contains('\0') && !plain.StartsWith('@') && AddressSyntax.ToInternal(toExternal(plain)) is var back && back != plain)
            {
                return $"internal {plain}, then {back}";
            }
        }

        HeaderFolding.Join(printed);
        bool isStrict = SmtpPath.TryParse(text, strict: true, out _);
        return isStrict && !SmtpPath.TryParse(text, strict: false, out _) ? "a strict path that is no path" : null;
    }

    [Fact]
    public void Any_request_is_taken_or_refused() => FuzzRun.Play("requests", RequestWords, input => Request(input, static request => request));

    // A parser that throws something unforeseen.
    [Fact]
    public void An_unforeseen_exception_is_found() => FuzzRun.Finds("requests", RequestWords, input => Request(
        input, static request => request.Address.Contains("@@", StringComparison.Ordinal) ? throw new InvalidOperationException("planted") : request));

    // Refused although in order.
    [Fact]
    public void A_refusal_too_many_is_found() => FuzzRun.Finds("requests", RequestWords, input => Request(
        input, static request => request.Address.Contains("..", StringComparison.Ordinal) ? throw new AttributeFormatException("planted") : request));

    private static readonly string[] RequestWords = [.. Words, "request\0resolve\0", "sender\0", "address\0", "rule\0local\0", "request\0rewrite\0", "\0\0"];

    private string? Request(byte[] input, Func<RewriteRequest, RewriteRequest> plant)
    {
        using var stream = new BufferedInput(new MemoryStream(input));
        var reader = new AttributeReader(stream);
        List<RewriteRequest> want = Requests(Encoding.Latin1.GetString(input));
        int taken = 0;
        try
        {
            while (reader.ReadListAsync().AsTask().GetAwaiter().GetResult())
            {
                RewriteRequest request = plant(RewriteProtocol.TakeRequest(reader));
                if (taken >= want.Count || request != want[taken++])
                {
                    return $"took {request}";
                }

                if (request.Verb is RewriteVerb.RewriteLocal or RewriteVerb.RewriteRemote)
                {
                    _rewriter.Rewrite(request.Address);
                }
                else if (!_resolver.ResolveAsync(request.Sender, request.Address, default).AsTask().IsCompleted)
                {
                    return "waits";
                }
            }
        }
        catch (AttributeFormatException)
        {
            // Refused: the connection ends.
        }

        return taken == want.Count ? null : $"refused {want[taken]}";
    }

    // The requests that are in order, up to the first that is not.
    private static List<RewriteRequest> Requests(string text)
    {
        List<RewriteRequest> found = [];
        List<string> words = [];
        for (int at = 0, end; (end = text.IndexOf('\0', at)) >= 0; at = end + 1)
        {
            if (end > at || words.Count % 2 == 1)
            {
                words.Add(text[at..end]);
                continue;
            }

            RewriteRequest? request = words switch
            {
                ["request", "rewrite", "rule", "local", "address", var address] => new(RewriteVerb.RewriteLocal, "", address),
                ["request", "rewrite", "rule", "remote", "address", var address] => new(RewriteVerb.RewriteRemote, "", address),
                ["request", "resolve", "sender", var sender, "address", var address] => new(RewriteVerb.Resolve, sender, address),
                ["request", "verify", "sender", var sender, "address", var address] => new(RewriteVerb.ResolveForVerify, sender, address),
                _ => null,
            };
            if (request is not { } one)
            {
                return found;
            }

            found.Add(one);
            words.Clear();
        }

        return found;
    }
}
