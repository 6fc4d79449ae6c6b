using System.Net;
using System.Net.Sockets;

namespace Mta.Tls.Tests;

/// <summary>Both ends of a session in this process, over a loopback connection.</summary>
public sealed class StreamTests(Certificates certificates) : IClassFixture<Certificates>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Bytes_pass_in_both_directions()
    {
        (TlsStream client, TlsStream server, _, _) = await ConnectAsync(Server(), new TlsClientSettings(), new TlsClientOptions());
        byte[] sent = TlsLibrary.Random(300_000);
        Task write = client.WriteAsync(sent).AsTask();
        Assert.Equal(sent, await ReadAsync(server, sent.Length));
        await write;
        await server.WriteAsync("250 ok\r\n"u8.ToArray());
        Assert.Equal("250 ok\r\n"u8.ToArray(), await ReadAsync(client, 8));
        await client.ShutdownAsync();
        Assert.Equal(0, await server.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task The_summary_names_protocol_cipher_exchange_and_signature()
    {
        (TlsStream client, TlsStream server, _, _) = await ConnectAsync(Server(), new TlsClientSettings(), new TlsClientOptions());
        string summary = TlsSession.Of(server, "sha256", isServer: true).Summary;
        Assert.Equal("TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256", summary);
        Assert.Equal(summary, TlsSession.Of(client, "sha256", isServer: false).Summary);
    }

    [Fact]
    public async Task An_older_protocol_has_the_short_summary()
    {
        Assert.True(TlsProtocols.TryParse("TLSv1.2", out TlsProtocols protocols));
        (_, TlsStream server, _, _) = await ConnectAsync(Server(), new TlsClientSettings(), new TlsClientOptions { Protocols = protocols });
        Assert.Equal("TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)", TlsSession.Of(server, "sha256", isServer: true).Summary);
    }

    [Theory]
    [InlineData("server", true, 0)]
    [InlineData("server", false, 20)]
    [InlineData("self", true, 18)]
    public async Task The_server_certificate_is_judged(string name, bool trusts, int error)
    {
        TlsClientSettings settings = new() { CaFile = trusts ? certificates.Path("ca.pem") : "" };
        (TlsStream client, _, _, _) = await ConnectAsync(Server(name), settings, new TlsClientOptions());
        TlsSession session = TlsSession.Of(client, "sha256", isServer: false);
        Assert.Equal((error, error == 0), (session.VerifyError == 21 ? 20 : session.VerifyError, session.IsTrusted));
    }

    [Fact]
    public async Task A_client_certificate_is_seen_and_trusted()
    {
        TlsClientSettings settings = new() { Credentials = new TlsCredentialFiles { Chains = [certificates.Path("client.pem")] } };
        TlsServerSettings asks = Server() with { AsksForCertificate = true, CaFile = certificates.Path("ca.pem") };
        (_, TlsStream server, _, _) = await ConnectAsync(asks, settings, new TlsClientOptions());
        TlsSession session = TlsSession.Of(server, "sha256", isServer: true);
        Assert.True(session.IsTrusted);
        Assert.Equal(("client.example.test", "Test-CA"), (session.Peer!.SubjectCn, session.Peer.IssuerCn));
        Assert.Equal(95, session.Peer.Fingerprint.Length);
    }

    [Theory]
    [InlineData("server-only.pem", false, false)]
    [InlineData("server-only.pem", true, true)]
    [InlineData("code.pem", true, false)]
    [InlineData("client.pem", true, true)]
    public async Task A_certificate_for_servers_counts_as_a_clients_where_that_is_allowed(string chain, bool isAllowed, bool isTrusted)
    {
        TlsClientSettings settings = new() { Credentials = new TlsCredentialFiles { Chains = [certificates.Path(chain)] } };
        TlsServerSettings asks = Server() with { AsksForCertificate = true, CaFile = certificates.Path("ca.pem"), TrustsServerCertificates = isAllowed };
        (_, TlsStream server, _, _) = await ConnectAsync(asks, settings, new TlsClientOptions());
        Assert.Equal(isTrusted, TlsSession.Of(server, "sha256", isServer: true).IsTrusted);
    }

    [Fact]
    public async Task A_chain_that_nobody_vouches_for_is_not_trusted_for_its_purpose()
    {
        TlsClientSettings settings = new() { Credentials = new TlsCredentialFiles { Chains = [certificates.Path("server-only.pem")] } };
        TlsServerSettings asks = Server() with { AsksForCertificate = true, TrustsServerCertificates = true };
        (_, TlsStream server, _, _) = await ConnectAsync(asks, settings, new TlsClientOptions());
        Assert.False(TlsSession.Of(server, "sha256", isServer: true).IsTrusted);
    }

    [Fact]
    public async Task A_patient_end_waits_for_the_peers()
    {
        (TlsStream client, TlsStream server, _, _) = await ConnectAsync(Server(), new TlsClientSettings(), new TlsClientOptions());
        Task end = server.ShutdownAsync(Limit, CancellationToken.None).AsTask();
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.False(end.IsCompleted);
        await client.ShutdownAsync();
        await end.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_patient_end_is_not_endless()
    {
        (_, TlsStream server, _, _) = await ConnectAsync(Server(), new TlsClientSettings(), new TlsClientOptions());
        await server.ShutdownAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None).AsTask().WaitAsync(Limit);
    }

    [Fact]
    public async Task Old_fingerprints_of_keys_leave_out_their_kind()
    {
        (TlsStream client, _, _, _) = await ConnectAsync(Server(), new TlsClientSettings(), new TlsClientOptions());
        byte[] key = await DerAsync("server", keyOnly: true);
        const int kind = 24; // SEQUENCE, rsaEncryption with NULL, BIT STRING and its count of unused bits (RFC 5280 §4.1)
        Assert.Equal(TlsCertificate.Hex(TlsLibrary.Digest("sha256", key)), TlsSession.Of(client, "sha256", isServer: false).Peer!.KeyFingerprint);
        Assert.Equal(TlsCertificate.Hex(TlsLibrary.Digest("sha256", key.AsSpan(kind))), TlsSession.Of(client, "sha256", isServer: false, legacyKeys: true).Peer!.KeyFingerprint);
    }

    [Theory]
    [InlineData("client.pem", true)]
    [InlineData("", false)]
    public async Task An_untrusted_or_missing_client_certificate_does_not_end_the_handshake(string chain, bool shows)
    {
        TlsClientSettings settings = new() { Credentials = new TlsCredentialFiles { Chains = chain.Length > 0 ? [certificates.Path(chain)] : [] } };
        (_, TlsStream server, _, _) = await ConnectAsync(Server() with { AsksForCertificate = true }, settings, new TlsClientOptions());
        TlsSession session = TlsSession.Of(server, "sha256", isServer: true);
        Assert.Equal((shows, false), (session.Peer is not null, session.IsTrusted));
    }

    [Fact]
    public async Task A_ticket_resumes_a_session_and_another_service_does_not_take_it()
    {
        TicketKeys keys = new();
        keys.SetCurrent(TicketKey.Create(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 100));
        TlsServerSettings settings = Server() with { TicketKeys = keys, SessionContext = "one" };
        byte[] ticket = await TicketAsync(settings);
        Assert.True(await IsResumedAsync(settings, ticket));
        Assert.False(await IsResumedAsync(settings with { SessionContext = "two" }, ticket));
    }

    [Fact]
    public async Task A_ticket_of_an_unknown_key_is_a_full_handshake_and_the_key_is_noted()
    {
        TicketKeys keys = new();
        keys.SetCurrent(TicketKey.Create(long.MaxValue));
        byte[] ticket = await TicketAsync(Server() with { TicketKeys = keys });
        TicketKeys others = new();
        others.SetCurrent(TicketKey.Create(long.MaxValue));
        Assert.False(await IsResumedAsync(Server() with { TicketKeys = others }, ticket));
        Assert.Equal(keys.Current!.Name, others.TakeMissing());
        others.AddOlder(keys.Current);
        Assert.True(await IsResumedAsync(Server() with { TicketKeys = others }, ticket));
    }

    [Fact]
    public async Task A_server_name_brings_its_own_certificate()
    {
        (TlsStream client, TlsStream server, _, _) = await ConnectAsync(
            Server(),
            new TlsClientSettings(),
            new TlsClientOptions { ServerName = "other.example.test" },
            (name, _) => ValueTask.FromResult<byte[]?>(name == "other.example.test" ? File.ReadAllBytes(certificates.Path("other.pem")) : null));
        Assert.Equal("other.example.test", server.ServerName);
        Assert.Equal("other.example.test", TlsSession.Of(client, "sha256", isServer: false).Peer!.SubjectCn);
    }

    [Theory]
    [InlineData(3, 1, 1, "server", true)]
    [InlineData(3, 1, 1, "self", false)]
    [InlineData(3, 0, 2, "server", true)]
    [InlineData(3, 0, 0, "server", true)]
    public async Task Dane_records_decide(byte usage, byte selector, byte matching, string of, bool isTrusted)
    {
        byte[] der = await DerAsync(of, selector == 1);
        byte[] data = matching == 0 ? der : TlsLibrary.Digest(matching == 1 ? "sha256" : "sha512", der);
        TlsClientOptions options = new() { Tlsa = [new TlsaRecord(usage, selector, matching, data)], TlsaNames = ["mx.example.test"], ServerName = "mx.example.test" };
        (TlsStream client, _, _, _) = await ConnectAsync(Server(), new TlsClientSettings(), options);
        Assert.Equal(isTrusted, TlsSession.Of(client, "sha256", isServer: false).IsTrusted);
    }

    [Fact]
    public async Task Sides_without_a_common_protocol_fail_with_the_librarys_words()
    {
        Assert.True(TlsProtocols.TryParse("TLSv1.2", out TlsProtocols older));
        Assert.True(TlsProtocols.TryParse("TLSv1.3", out TlsProtocols newer));
        (_, _, TlsHandshake client, TlsHandshake server) = await ConnectAsync(Server() with { Protocols = newer }, new TlsClientSettings(), new TlsClientOptions { Protocols = older });
        Assert.Equal(TlsHandshakeStatus.Failed, server.Status);
        Assert.Contains(server.Errors, static line => line.Contains("SSL routines", StringComparison.Ordinal));
        Assert.NotEqual(TlsHandshakeStatus.Done, client.Status);
    }

    [Fact]
    public async Task A_silent_client_runs_into_the_time_limit()
    {
        (Stream near, Stream far) = Pair();
        await using (near)
        await using (far)
        {
            TlsLibrary.Load();
            using TlsServerContext context = new(Server());
            await using TlsStream server = TlsStream.Server(context, near);
            Assert.Equal(TlsHandshakeStatus.Timeout, (await server.HandshakeAsync(TimeSpan.FromMilliseconds(50), default)).Status);
        }
    }

    [Fact]
    public async Task A_client_that_leaves_is_lost()
    {
        (Stream near, Stream far) = Pair();
        await using (near)
        {
            TlsLibrary.Load();
            using TlsServerContext context = new(Server());
            await using TlsStream server = TlsStream.Server(context, near);
            await far.DisposeAsync();
            Assert.Equal(TlsHandshakeStatus.Lost, (await server.HandshakeAsync(Limit, default)).Status);
        }
    }

    [Theory]
    [InlineData("missing.pem")]
    [InlineData("server.crt")]
    public void Chain_files_that_make_no_sense_are_refused(string file)
    {
        TlsLibrary.Load();
        Assert.Throws<TlsException>(() => new TlsServerContext(Server() with { Credentials = new TlsCredentialFiles { Chains = [certificates.Path(file)] } }));
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        TlsLibrary.Load();
        TlsCredentialFiles files = new() { Certificate = certificates.Path("server.crt"), Key = certificates.Path("other.key") };
        Assert.Throws<TlsException>(() => new TlsServerContext(Server() with { Credentials = files }));
    }

    private static (Stream Near, Stream Far) Pair()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        return (listener.AcceptTcpClient().GetStream(), client.GetStream());
    }

    private static async Task<(TlsStream Client, TlsStream Server, TlsHandshake ClientResult, TlsHandshake ServerResult)> ConnectAsync(
        TlsServerSettings serverSettings, TlsClientSettings clientSettings, TlsClientOptions options, TlsNameLookup? names = null)
    {
        TlsLibrary.Load();
        (Stream near, Stream far) = Pair();
        using TlsServerContext serverContext = new(serverSettings);
        using TlsClientContext clientContext = new(clientSettings);
        TlsStream server = TlsStream.Server(serverContext, near);
        server.NameLookup = names;
        TlsStream client = TlsStream.Client(clientContext, far, options);
        Task<TlsHandshake> serverShake = server.HandshakeAsync(Limit, default).AsTask();
        TlsHandshake clientResult = await client.HandshakeAsync(Limit, default);
        return (client, server, clientResult, await serverShake);
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static async Task<byte[]> TicketAsync(TlsServerSettings settings)
    {
        (TlsStream client, TlsStream server, _, _) = await ConnectAsync(settings, new TlsClientSettings(), new TlsClientOptions { KeepsSession = true });
        await server.WriteAsync("x"u8.ToArray());
        await ReadAsync(client, 1);
        return client.NewSession!;
    }

    private static async Task<bool> IsResumedAsync(TlsServerSettings settings, byte[] ticket)
    {
        (_, TlsStream server, _, _) = await ConnectAsync(settings, new TlsClientSettings(), new TlsClientOptions { Session = ticket });
        return TlsSession.Of(server, "sha256", isServer: true).IsResumed;
    }

    private TlsServerSettings Server(string name = "server") => new() { Credentials = new TlsCredentialFiles { Chains = [certificates.Path(name + ".pem")] } };

    private async Task<byte[]> DerAsync(string name, bool keyOnly)
    {
        if (!keyOnly)
        {
            (TlsStream client, _, _, _) = await ConnectAsync(Server(name), new TlsClientSettings(), new TlsClientOptions());
            return TlsSession.Of(client, "sha256", isServer: false).Peer!.Der;
        }

        using System.Security.Cryptography.RSA key = System.Security.Cryptography.RSA.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(certificates.Path(name + ".key")));
        return key.ExportSubjectPublicKeyInfo();
    }
}
