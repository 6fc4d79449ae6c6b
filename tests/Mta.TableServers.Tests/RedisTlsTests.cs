using Mta.Text;

namespace Mta.TableServers.Tests;

/// <summary>A redis server that listens for TLS alone, and certificates of an authority of its own.</summary>
public sealed class RedisTlsServer : TestServer
{
    public string Settings => $"redis = inet:localhost:{Port}\npassword = secret\nmax_try = 1\n";

    public string Authority => $"tls = yes\ntls_ca_cert_file = {Directory}/ca.pem\n";

    protected override string Command =>
        $"{Servers.Redis} --port 0 --tls-port {Port} --bind 127.0.0.1 --tls-cert-file {Directory}/server.crt --tls-key-file {Directory}/server.key --tls-ca-cert-file {Directory}/ca.pem"
        + $" --tls-auth-clients optional --save '' --appendonly no --requirepass secret --dir {Directory}";

    protected override void Prepare()
    {
        if (!File.Exists($"{Directory}/server.crt"))
        {
            Run($"""
                cd {Directory} &&
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Test-CA 2>/dev/null &&
                openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=localhost 2>/dev/null &&
                printf 'subjectAltName=DNS:localhost,DNS:cache.example.test' > ext &&
                openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.crt -days 10 -extfile ext 2>/dev/null
                """);
        }
    }

    protected override bool IsReady() => Succeeds($"redis-cli -p {Port} --tls --cacert {Directory}/ca.pem -a secret ping");
}

public sealed class RedisTlsTests(RedisTlsServer server) : IClassFixture<RedisTlsServer>
{
    [ServerFact(Servers.Redis)]
    public void Round_trip() => CacheContract.Round_trip(Open(server.Authority + "key_format = rt:%s\n"));

    [ServerFact(Servers.Redis)]
    public void A_server_that_comes_back_is_used_again() => CacheContract.Down_and_back(server, Open(server.Authority));

    [ServerFact(Servers.Redis)]
    public void Many_lookups_at_once() => CacheContract.Many_at_once(Open(server.Authority + "key_format = many:%s\n"));

    [ServerFact(Servers.Redis)]
    public void Another_name_counts_where_it_is_asked_for() => CacheContract.Round_trip(Open(server.Authority + "key_format = name:%s\ntls_server_name = cache.example.test\n"));

    [ServerFact(Servers.Redis)]
    public void A_certificate_for_somebody_else_is_a_failure() => Refused(server.Authority + "tls_server_name = other.example.test\n", "server certificate is not for other.example.test");

    [ServerFact(Servers.Redis)]
    public void An_authority_that_is_not_trusted_is_a_failure() => Refused("tls = yes\n", "server certificate is not trusted");

    [ServerFact(Servers.Redis)]
    public void Without_tls_nothing_is_answered() => Refused("", "");

    [ServerFact(Servers.Redis)]
    public void An_authority_file_that_is_not_there_is_said_at_the_opening()
    {
        server.Start();
        Assert.Contains("/nowhere.pem", Assert.Throws<FatalException>(() => server.Table("redis", server.Settings + "tls = yes\ntls_ca_cert_file = /nowhere.pem\n")).Message, StringComparison.Ordinal);
    }

    [ServerFact(Servers.Redis)]
    public void A_socket_needs_a_name_for_the_certificate() =>
        Assert.Contains("tls_server_name", Assert.Throws<FatalException>(() => server.Table("redis", "redis = unix:/x\ntls = yes\n")).Message, StringComparison.Ordinal);

    private void Refused(string settings, string why)
    {
        AskedTable table = Open(settings);
        Assert.Equal("!", table.Ask("x"));
        Assert.Contains(table.Warnings, warning => warning.Contains(why, StringComparison.Ordinal) && !warning.Contains("secret", StringComparison.Ordinal));
    }

    private AskedTable Open(string settings)
    {
        server.Start();
        return server.Table("redis", server.Settings + settings, writes: true);
    }
}
