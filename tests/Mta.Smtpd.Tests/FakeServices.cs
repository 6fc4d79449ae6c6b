using System.Collections.Concurrent;
using System.Net.Sockets;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Smtpd.Tests;

/// <summary>A message as the cleanup service would have got it.</summary>
internal sealed record SubmittedMessage(List<(RecordType Type, string Data)> Envelope, string Content)
{
    public IEnumerable<string> Recipients => Envelope.Where(static record => record.Type == RecordType.Recipient).Select(static record => record.Data);
}

/// <summary>Stand-ins for cleanup, trivial-rewrite, anvil and flush on Unix sockets below a directory.</summary>
internal sealed class FakeServices : IDisposable
{
    private readonly Socket _cleanup;
    private readonly Socket _rewrite;
    private readonly Socket _anvil;
    private readonly Socket _flush;
    private readonly Dictionary<(string Client, AnvilRequestKind Kind), int> _counted = [];
    private int _nextId = 0x1000;

    public FakeServices(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "public"));
        Directory.CreateDirectory(Path.Combine(directory, "private"));
        Directory.CreateDirectory(Path.Combine(directory, "incoming"));
        _cleanup = Listen(Path.Combine(directory, "public/cleanup"));
        _rewrite = Listen(Path.Combine(directory, "private/rewrite"));
        _anvil = Listen(Path.Combine(directory, "private/anvil"));
        _flush = Listen(Path.Combine(directory, "public/flush"));
        _ = AcceptAsync(_flush, FlushAsync);
        _ = AcceptAsync(_cleanup, CleanupAsync);
        _ = AcceptAsync(_anvil, AnvilAsync);
        _ = AcceptAsync(_rewrite, RewriteAsync);
    }

    /// <summary>Messages that came to their end.</summary>
    public ConcurrentQueue<SubmittedMessage> Messages { get; } = [];

    /// <summary>What cleanup answers.</summary>
    public CleanupResult Result { get; set; } = new(CleanupStatus.Ok, "");

    public void Dispose()
    {
        _cleanup.Dispose();
        _rewrite.Dispose();
        _anvil.Dispose();
        _flush.Dispose();
    }

    /// <summary>No client has done anything so far.</summary>
    public void ForgetClients()
    {
        lock (_counted)
        {
            _counted.Clear();
        }
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(100);
        return socket;
    }

    private static async Task AcceptAsync(Socket listener, Func<Stream, Task> serve)
    {
        try
        {
            while (true)
            {
                Socket client = await listener.AcceptAsync();
                _ = ServeAsync(client, serve);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task ServeAsync(Socket client, Func<Stream, Task> serve)
    {
        using var stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            await serve(stream);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // The client went away: the message is cancelled.
        }
    }

    private async Task CleanupAsync(Stream stream)
    {
        using var input = new BufferedInput(stream);
        using var output = new BufferedOutput(stream);
        var writer = new AttributeWriter(output);
        Assert.True(QueueId.TryParse($"ABCDE{Interlocked.Increment(ref _nextId):X}", out QueueId id));
        CleanupProtocol.WriteGreeting(writer, id);
        await output.FlushAsync();
        if (await CleanupProtocol.ReadFlagsAsync(new AttributeReader(input), default) is null)
        {
            return;
        }

        var envelope = new List<(RecordType, string)>();
        var content = new System.Text.StringBuilder();
        bool inContent = false;
        while (true)
        {
            RecordParse parse = RecordFormat.Parse(input.Available, out int header, out int length);
            Assert.NotEqual(RecordParse.Malformed, parse);
            if (parse == RecordParse.NeedMore)
            {
                if (!await input.FillAsync())
                {
                    return;
                }

                continue;
            }

            var type = (RecordType)input.Available[0];
            string data = ByteString.FromBytes(input.Available.Slice(header, length));
            input.Consume(header + length);
            if (type == RecordType.End)
            {
                break;
            }

            if (type is RecordType.Message or RecordType.Extracted)
            {
                inContent = type == RecordType.Message;
            }
            else if (inContent)
            {
                content.Append(data).Append(type == RecordType.Text ? "\n" : "");
            }
            else
            {
                envelope.Add((type, data));
            }
        }

        Messages.Enqueue(new SubmittedMessage(envelope, content.ToString()));
        CleanupProtocol.WriteResult(writer, Result);
        await output.FlushAsync();
    }

    private static async Task FlushAsync(Stream stream)
    {
        using var input = new BufferedInput(stream);
        using var output = new BufferedOutput(stream);
        var writer = new AttributeWriter(output);
        Announcement.Write(writer, FlushProtocol.Name);
        await output.FlushAsync();
        if (await FlushProtocol.ReadRequestAsync(new AttributeReader(input), default) is not null)
        {
            FlushProtocol.WriteStatus(writer, FlushStatus.Ok);
            await output.FlushAsync();
        }
    }

    // Counts what is reported; nobody leaves.
    private async Task AnvilAsync(Stream stream)
    {
        using var input = new BufferedInput(stream);
        using var output = new BufferedOutput(stream);
        var reader = new AttributeReader(input, AnvilProtocol.Encoding);
        var writer = new AttributeWriter(output, AnvilProtocol.Encoding);
        Announcement.Write(writer, AnvilProtocol.Name);
        await output.FlushAsync();
        while (await AnvilProtocol.ReadRequestAsync(reader, default) is { } request)
        {
            int count;
            lock (_counted)
            {
                count = _counted.GetValueOrDefault((request.Identity, request.Kind)) + 1;
                _counted[(request.Identity, request.Kind)] = count;
            }

            AnvilProtocol.WriteReply(writer, request.Kind, new AnvilCounts(count, count, count, count, count, count));
            await output.FlushAsync();
        }
    }

    private static async Task RewriteAsync(Stream stream)
    {
        using var input = new BufferedInput(stream);
        using var output = new BufferedOutput(stream);
        var reader = new AttributeReader(input);
        var writer = new AttributeWriter(output);
        Announcement.Write(writer, RewriteProtocol.Name);
        await output.FlushAsync();
        while (await reader.ReadListAsync())
        {
            RewriteRequest request = RewriteProtocol.TakeRequest(reader);
            if (request.Verb is RewriteVerb.RewriteLocal or RewriteVerb.RewriteRemote)
            {
                RewriteProtocol.WriteRewriteReply(writer, false, request.Address.Contains('@') ? request.Address : request.Address + "@example.test");
            }
            else
            {
                RewriteProtocol.WriteResolveReply(writer, false, Resolve(request.Address));
            }

            await output.FlushAsync();
        }
    }

    private static ResolveReply Resolve(string address)
    {
        int at = address.LastIndexOf('@');
        string domain = Mta.Text.Ascii.ToLower(address[(at + 1)..]);
        if (domain.EndsWith('.'))
        {
            domain = domain[..^1];
        }

        if (domain == "example.test" && address[..at].Contains('%'))
        {
            return Resolve(address[..at].Replace('%', '@'));
        }

        ResolveFlags routed = address[..at].AsSpan().IndexOfAny('%', '@', '!') >= 0 ? ResolveFlags.Routed : 0;
        bool valid = domain.StartsWith('[') ? Mta.Mail.Addresses.DomainSyntax.IsValidLiteral(domain) : Mta.Mail.Addresses.DomainSyntax.IsValidHostName(domain, allowUtf8: true);
        if (!valid)
        {
            return new ResolveReply("smtp", domain, address, ResolveFlags.Error | ResolveFlags.ClassDefault);
        }

        return domain switch
        {
            "example.test" or "mx.example.net" => new ResolveReply("local", domain, address, routed | ResolveFlags.ClassLocal),
            "alias.test" => new ResolveReply("error", "5.1.1 User unknown in virtual alias table", address, routed | ResolveFlags.ClassAlias),
            "virt.test" => new ResolveReply("virtual", domain, address, routed | ResolveFlags.ClassVirtual),
            "relay.test" => new ResolveReply("relay", domain, address, routed | ResolveFlags.ClassRelay),
            _ => new ResolveReply("smtp", domain, address, routed | ResolveFlags.ClassDefault),
        };
    }
}
