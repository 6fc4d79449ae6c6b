using System.Security.Cryptography;
using System.Text;
using Mta.Config;
using Mta.Tables;

namespace Mta.Sasl.Tests;

public sealed class PasswordBackendTests
{
    private static readonly byte[] Salt = Encoding.ASCII.GetBytes("saltsaltsalt1234");

    private static TableRegistry Registry() => new(Configuration.FromText("").TableSettings(isDaemon: true, static _ => { }, static _ => { }));

    private static string B64(string text) => Convert.ToBase64String(Encoding.Latin1.GetBytes(text));

    private static string Verifier
    {
        get
        {
            ScramVerifier verifier = ScramVerifier.Create(Encoding.ASCII.GetBytes("secret"), Salt, 4096);
            return $"SCRAM-SHA-256$4096:{Convert.ToBase64String(Salt)}${Convert.ToBase64String(verifier.StoredKey)}:{Convert.ToBase64String(verifier.ServerKey)}";
        }
    }

    private static PasswordBackend Backend(string stored, string realm = "") =>
        new(TableList.Open(Registry(), "smtpd_sasl_path", $"inline:{{ {{ bob = {stored} }} {{ bob@example.test = {stored} }} }}"), realm);

    private static ISaslExchange Begin(string stored, string? certificate = null) =>
        Backend(stored).Begin(new SaslConnection("smtp", "127.0.0.1", "192.0.2.1", false, certificate));

    [Theory]
    [InlineData("\0bob\0secret", SaslOutcome.Done)]
    [InlineData("bob\0bob\0secret", SaslOutcome.Done)]
    [InlineData("\0bob\0Secret", SaslOutcome.Failed)]
    [InlineData("\0bob\0s", SaslOutcome.Failed)]
    [InlineData("\0bob\0", SaslOutcome.Failed)]
    [InlineData("\0\0secret", SaslOutcome.Failed)]
    [InlineData("\0eve\0secret", SaslOutcome.Failed)]
    [InlineData("eve\0bob\0secret", SaslOutcome.Failed)]
    [InlineData("bob\0secret", SaslOutcome.Failed)]
    [InlineData("\0bob\0secret\0more", SaslOutcome.Failed)]
    [InlineData("", SaslOutcome.Failed)]
    public async Task Plain_wants_the_name_and_its_password(string message, SaslOutcome outcome)
    {
        using ISaslExchange exchange = Begin(Verifier);
        Assert.Equal(outcome, (await exchange.StartAsync("PLAIN", message.Length == 0 ? "=" : B64(message), default)).Outcome);
    }

    [Theory]
    [InlineData("secret", SaslOutcome.Done)]
    [InlineData("wrong", SaslOutcome.Failed)]
    public async Task Passwords_are_checked_against_hashes_of_crypt(string password, SaslOutcome outcome)
    {
        // openssl passwd -6 -salt abcdefgh secret
        const string Hash = "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8P";
        string? full = Mta.Linux.Crypt.TryHash("secret", "$6$abcdefgh$");
        Assert.StartsWith(Hash, full, StringComparison.Ordinal);
        using ISaslExchange exchange = Begin(full!); // shown above
        Assert.Equal(outcome, (await exchange.StartAsync("PLAIN", B64($"\0bob\0{password}"), default)).Outcome);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("{PLAIN}secret")]
    [InlineData("*")]
    [InlineData("SCRAM-SHA-256$4096:AAAA$AAAA:AAAA")]
    public async Task What_is_no_hash_matches_nothing(string stored)
    {
        using ISaslExchange exchange = Begin(stored);
        Assert.Equal(SaslOutcome.Failed, (await exchange.StartAsync("PLAIN", B64("\0bob\0secret"), default)).Outcome);
    }

    [Theory]
    [InlineData("secret", SaslOutcome.Done)]
    [InlineData("wrong", SaslOutcome.Failed)]
    public async Task Login_asks_for_name_and_password(string password, SaslOutcome outcome)
    {
        using ISaslExchange exchange = Begin(Verifier);
        Assert.Equal(B64("Username:"), (await exchange.StartAsync("LOGIN", null, default)).Text);
        Assert.Equal(B64("Password:"), (await exchange.ContinueAsync(B64("bob"), default)).Text);
        Assert.Equal(outcome, (await exchange.ContinueAsync(B64(password), default)).Outcome);
    }

    [Fact]
    public async Task Names_without_a_domain_get_the_realm()
    {
        PasswordBackend backend = new(
            TableList.Open(Registry(), "smtpd_sasl_path", $"inline:{{ {{ bob@example.test = {Verifier} }} }}"), "example.test");
        using ISaslExchange exchange = backend.Begin(new SaslConnection("smtp", "", "", false, null));
        Assert.Equal(SaslOutcome.Done, (await exchange.StartAsync("PLAIN", B64("\0bob\0secret"), default)).Outcome);
    }

    [Theory]
    [InlineData("bob", "secret", "", true)]
    [InlineData("bob", "wrong", "", false)]
    [InlineData("eve", "secret", "", false)]
    [InlineData("bob", "secret", "a=bob", true)]
    [InlineData("bob", "secret", "a=eve", false)]
    public async Task Scram_proves_the_password_without_telling_it(string name, string password, string authorization, bool isDone)
    {
        using ISaslExchange exchange = Begin(Verifier);
        string header = $"n,{authorization},";
        string bare = $"n={name},r=clientnonce";
        SaslStep step = await exchange.StartAsync("SCRAM-SHA-256", B64(header + bare), default);
        if (authorization == "a=eve")
        {
            Assert.Equal(SaslOutcome.Failed, step.Outcome);
            return;
        }

        Assert.Equal(SaslOutcome.Challenge, step.Outcome);
        string serverFirst = Encoding.ASCII.GetString(Convert.FromBase64String(step.Text));
        string[] parts = serverFirst.Split(',');
        Assert.StartsWith("r=clientnonce", parts[0], StringComparison.Ordinal);
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(parts[1][2..]), int.Parse(parts[2][2..]), HashAlgorithmName.SHA256, 32);
        byte[] key = HMACSHA256.HashData(salted, "Client Key"u8);
        string withoutProof = $"c={B64(header)},{parts[0]}";
        string authMessage = $"{bare},{serverFirst},{withoutProof}";
        byte[] proof = HMACSHA256.HashData(SHA256.HashData(key), Encoding.ASCII.GetBytes(authMessage));
        for (int i = 0; i < proof.Length; i++)
        {
            proof[i] ^= key[i];
        }

        step = await exchange.ContinueAsync(B64($"{withoutProof},p={Convert.ToBase64String(proof)}"), default);
        Assert.Equal(isDone ? SaslOutcome.Challenge : SaslOutcome.Failed, step.Outcome);
        if (isDone)
        {
            byte[] server = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), Encoding.ASCII.GetBytes(authMessage));
            Assert.Equal($"v={Convert.ToBase64String(server)}", Encoding.ASCII.GetString(Convert.FromBase64String(step.Text)));
            step = await exchange.ContinueAsync("", default);
            Assert.Equal(("bob", SaslOutcome.Done), (step.Text, step.Outcome));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("p=tls-unique,,n=bob,r=x")]
    [InlineData("n,,n=bob")]
    [InlineData("n,,r=x,n=bob")]
    [InlineData("n,,n=,r=x")]
    [InlineData("n,,n=b=2Xob,r=x")]
    [InlineData("n,,n=bob,r=")]
    [InlineData("n,,m=ext,n=bob,r=x")]
    public async Task Malformed_first_messages_of_scram_fail(string message)
    {
        using ISaslExchange exchange = Begin(Verifier);
        Assert.Equal(SaslOutcome.Failed, (await exchange.StartAsync("SCRAM-SHA-256", message.Length == 0 ? "=" : B64(message), default)).Outcome);
    }

    [Theory]
    [InlineData("")]
    [InlineData("c=biws")]
    [InlineData("c=biws,r=other,p=AAAA")]
    [InlineData("c=biws,r=NONCE,p=!!!!")]
    [InlineData("c=eSws,r=NONCE,p=AAAA")]
    [InlineData("c=biws,r=NONCE,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task Malformed_proofs_of_scram_fail(string message)
    {
        using ISaslExchange exchange = Begin(Verifier);
        SaslStep step = await exchange.StartAsync("SCRAM-SHA-256", B64("n,,n=bob,r=x"), default);
        string nonce = Encoding.ASCII.GetString(Convert.FromBase64String(step.Text)).Split(',')[0][2..];
        Assert.Equal(SaslOutcome.Failed, (await exchange.ContinueAsync(B64(message.Replace("NONCE", nonce)), default)).Outcome);
    }

    [Theory]
    [InlineData("bob", "", SaslOutcome.Done)]
    [InlineData("bob", "bob", SaslOutcome.Done)]
    [InlineData("bob", "carol", SaslOutcome.Failed)]
    [InlineData("carol", "carol", SaslOutcome.Failed)]
    [InlineData("carol", "bob", SaslOutcome.Failed)]
    [InlineData(null, "bob", SaslOutcome.Failed)]
    public async Task External_is_the_name_in_the_certificate_if_the_table_knows_it(string? certificate, string asked, SaslOutcome outcome)
    {
        using ISaslExchange exchange = Begin(Verifier, certificate);
        Assert.Equal(outcome, (await exchange.StartAsync("EXTERNAL", asked.Length == 0 ? "=" : B64(asked), default)).Outcome);
    }

    [Theory]
    [InlineData("AA=")]
    [InlineData("A A=")]
    [InlineData("\r\n")]
    [InlineData("AAAA=")]
    public async Task What_is_no_base64_fails(string text)
    {
        using ISaslExchange exchange = Begin(Verifier);
        Assert.Equal(SaslOutcome.Failed, (await exchange.StartAsync("PLAIN", text, default)).Outcome);
    }

    [Theory]
    [InlineData("noplaintext", "PLAIN", false)]
    [InlineData("noplaintext", "SCRAM-SHA-256", true)]
    [InlineData("noanonymous", "ANONYMOUS", false)]
    [InlineData("nodictionary", "CRAM-MD5", false)]
    [InlineData("noactive", "CRAM-MD5", false)]
    [InlineData("mutual_auth", "PLAIN", false)]
    [InlineData("mutual_auth", "SCRAM-SHA-256", true)]
    [InlineData("", "PLAIN", true)]
    public void Security_options_choose_mechanisms(string options, string name, bool isAllowed) =>
        Assert.Equal(isAllowed, SaslSecurity.Parse("x", options).Allows(new SaslMechanism(name, SaslMechanism.PropertiesOf(name))));
}
