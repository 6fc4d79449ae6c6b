using Mta.Config;
using Mta.Linux;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Tables;
using Mta.Text;

namespace Mta.Cleanup.Tests;

/// <summary>
/// Sessions of cleanup over memory streams, in a private queue directory. The working directory is the process's, so
/// tests that use this are in one collection.
/// </summary>
public sealed class CleanupHarness : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mta-cleanup-").FullName;
    private readonly string _before = Directory.GetCurrentDirectory();

    public CleanupHarness()
    {
        foreach (string name in (string[])["incoming", "hold", "defer", "bounce", "trace", "public", "private"])
        {
            Directory.CreateDirectory($"{_root}/{name}");
        }

        Directory.SetCurrentDirectory(_root);
    }

    public int Triggers { get; private set; }

    /// <summary>Stand for the filters of <c>non_smtpd_milters</c>, in their order; none: as configured.</summary>
    internal IReadOnlyList<StreamEndpoint> FilterEndpoints { get; init; } = [];

    public int TokensReturned { get; private set; }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>An envelope that is complete but for what the test is about.</summary>
    public static string[] Envelope(params string[] recipients) =>
        ["T1795304593 5", "Arewrite_context=remote", "Ss@example.com", .. recipients.Select(static address => "R" + address), "M"];

    /// <summary>Plays one client: records are given as type letter and data.</summary>
    internal async Task<CleanupResult> PlayAsync(IEnumerable<string> records, CleanupFlags flags = CleanupFlags.External, string mainCf = "")
    {
        using BufferedOutput client = new(Stream.Null);
        CleanupProtocol.WriteFlags(new AttributeWriter(client), flags);
        foreach (string record in records)
        {
            RecordWriter.Write(client, (RecordType)record[0], record[1..]);
        }

        return await PlayAsync(client.PendingBytes.ToArray(), mainCf);
    }

    internal Task<CleanupResult> PlayAsync(byte[] input, string mainCf = "") => PlayAsync(new MemoryStream(input), mainCf);

    internal async Task<CleanupResult> PlayAsync(Stream input, string mainCf = "")
    {
        MemoryStream answer = new();
        using BufferedInput from = new(input);
        using BufferedOutput to = new(answer);
        await new MessageSession(Context(mainCf), from, to).RunAsync(default);
        using BufferedInput reading = new(new MemoryStream(answer.ToArray()));
        AttributeReader reader = new(reading);
        await CleanupProtocol.ReadGreetingAsync(reader, default);
        return await CleanupProtocol.ReadResultAsync(reader, default);
    }

    /// <summary>Records of the one file in a queue as type letter and data; size and times left out.</summary>
    public static List<string> Records(string queue = "incoming")
    {
        string path = Directory.GetFiles(queue).Single();
        Assert.True(QueueDirectory.IsReady(Posix.Lstat(path)));
        Assert.Equal(0, QueueFileReader.TryOpen(path, out QueueFileReader? file));
        using (file)
        using (RecordFileReader records = file!.Records())
        {
            List<string> found = [];
            while (records.Read(out RecordType type, out ReadOnlySpan<byte> data) == RecordRead.Record)
            {
                if (type is not (RecordType.Size or RecordType.Time) && !data.StartsWith("create_time="u8))
                {
                    found.Add($"{(char)type}{ByteString.FromBytes(data)}");
                }
            }

            return found;
        }
    }

    public static SizeRecord Size(string queue = "incoming")
    {
        byte[] bytes = File.ReadAllBytes(Directory.GetFiles(queue).Single());
        Assert.True(SizeRecord.TryParse(bytes.AsSpan(2, SizeRecord.DataLength), out SizeRecord size));
        Assert.Equal((byte)'X', bytes[size.DataOffset + size.DataSize]);
        return size;
    }

    private readonly Dictionary<string, CleanupContext> _contexts = [];

    private CleanupContext Context(string mainCf)
    {
        if (!_contexts.TryGetValue(mainCf, out CleanupContext? known))
        {
            _contexts[mainCf] = known = Open(mainCf);
        }

        return known;
    }

    private CleanupContext Open(string mainCf)
    {
        Configuration configuration = Configuration.FromText($"myhostname = mx.example.org\nmydomain = example.org\ncompatibility_level = 3.6\n{mainCf}\n");
        TableRegistry tables = new(new TableSettings());
        AddressExtension extension = new("+");
        AddressLookup Table(string name) => new(TableList.Open(tables, name, configuration.Value(name) ?? ""), extension, "mx.example.org", null);
        TableList Checks(string name) => TableList.Open(tables, name, configuration.Value(name) ?? "", TableFlags.Lock);
        var milters = new CleanupMilters(configuration);
        return new CleanupContext(new CleanupSettings(configuration), new VerifyClient())
        {
            Milters = FilterEndpoints.Count == 0 ? milters : new CleanupMilters(configuration) { Definitions = [.. milters.Definitions.Zip(FilterEndpoints, static (filter, endpoint) => filter with { Endpoint = endpoint })] },
            Rewrite = new RewriteClient(),
            Bounce = new BounceClient(new BounceServiceNames()) { ConnectAttempts = 1 },
            Canonical = Table("canonical_maps"),
            SenderCanonical = Table("sender_canonical_maps"),
            RecipientCanonical = Table("recipient_canonical_maps"),
            Virtual = Table("virtual_alias_maps"),
            SenderBcc = Table("sender_bcc_maps"),
            RecipientBcc = Table("recipient_bcc_maps"),
            HeaderChecks = Checks("header_checks"),
            MimeHeaderChecks = Checks("mime_header_checks"),
            NestedHeaderChecks = Checks("nested_header_checks"),
            BodyChecks = Checks("body_checks"),
            MilterHeaderChecks = Checks("milter_header_checks"),
            Masquerade = new Masquerade(
                TableListSyntax.Split(configuration.Value("masquerade_domains") ?? ""),
                static (localPart, _) => new ValueTask<bool?>(localPart == "root")),
            TriggerQueueManager = () => Triggers++,
            TakeFlowToken = static _ => ValueTask.CompletedTask,
            ReturnFlowToken = () => TokensReturned++,
        };
    }
}
