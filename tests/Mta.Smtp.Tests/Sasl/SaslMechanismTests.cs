using System.Security.Cryptography;
using Mta.Config;
using Mta.Smtp.Sasl;
using Mta.Text;
using SaslSecurity = Mta.Sasl.SaslSecurity;

namespace Mta.Smtp.Tests.Sasl;

public class SaslMechanismTests
{
    private static readonly SaslCredentials Credentials = new("user", "pencil");

    [Fact]
    public void Plain_is_the_example_of_rfc_4616()
    {
        Assert.Equal("\0tim\0tanstaaftanstaaf", new PlainMechanism(new SaslCredentials("tim", "tanstaaftanstaaf"), "").Initial);
        Assert.Equal("Ursel\0Kurt\0xipj3plmq", new PlainMechanism(new SaslCredentials("Kurt", "xipj3plmq"), "Ursel").Initial);
    }

    [Fact]
    public void Cram_md5_is_the_example_of_rfc_2195()
    {
        CramMd5Mechanism mechanism = new(new SaslCredentials("tim", "tanstaaftanstaaf"));
        Assert.Null(mechanism.Initial);
        Assert.Equal("tim b913a602c7eda7a495b4e6e7334d3890", mechanism.Answer("<1896.697170952@postoffice.reston.mci.net>").Response);
        Assert.Null(mechanism.Answer("again").Response);
    }

    [Fact]
    public void Login_says_the_name_and_then_the_password_whatever_it_is_asked()
    {
        LoginMechanism mechanism = new(Credentials);
        Assert.Equal("user", mechanism.Answer("Password:").Response);
        Assert.Equal("pencil", mechanism.Answer("").Response);
        Assert.Null(mechanism.Answer("").Response);
    }

    [Fact]
    public void Scram_sha_1_is_the_example_of_rfc_5802() => Play(
        "SCRAM-SHA-1",
        HashAlgorithmName.SHA1,
        "fyko+d2lbbFgONRv9qkxdawL",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");

    [Fact]
    public void Scram_sha_256_is_the_example_of_rfc_7677() => Play(
        "SCRAM-SHA-256",
        HashAlgorithmName.SHA256,
        "rOprNGfwEbeRWgbNEkqO",
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");

    [Theory]
    [InlineData("")]
    [InlineData("r=,s=,i=")]
    [InlineData("r=nonce,s=QSXCR+Q6sek8bf92,i=4096")] // nothing of the server's own
    [InlineData("r=other3rfc,s=QSXCR+Q6sek8bf92,i=4096")]
    [InlineData("r=nonce3rfc,s=QSXCR+Q6sek8bf92,i=1")]
    [InlineData("r=nonce3rfc,s=QSXCR+Q6sek8bf92,i=2000000000")]
    [InlineData("r=nonce3rfc,s=QSXCR+Q6sek8bf92,i=99999999999999999999")]
    [InlineData("r=nonce3rfc,s=!,i=4096")]
    [InlineData("m=must,r=nonce3rfc,s=QSXCR+Q6sek8bf92,i=4096")]
    [InlineData(",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,")]
    public void Scram_does_not_answer_a_challenge_that_is_none(string challenge) =>
        Assert.Null(new ScramMechanism("SCRAM-SHA-1", HashAlgorithmName.SHA1, Credentials, "", "nonce").Answer(challenge).Response);

    [Fact]
    public void Scram_does_not_believe_a_server_that_cannot_prove_itself()
    {
        ScramMechanism mechanism = new("SCRAM-SHA-1", HashAlgorithmName.SHA1, Credentials, "", "fyko+d2lbbFgONRv9qkxdawL");
        Assert.NotNull(mechanism.Answer("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096").Response);
        Assert.False(mechanism.IsSatisfied);
        Assert.Null(mechanism.Answer("v=rmF9pqV8S7suAoZWja4dJRkFsKR=").Response);
        Assert.False(mechanism.IsSatisfied);
    }

    [Fact]
    public void Scram_names_may_hold_what_separates()
    {
        ScramMechanism mechanism = new("SCRAM-SHA-1", HashAlgorithmName.SHA1, new SaslCredentials("a=b,c", "x"), "z,", "N");
        Assert.Equal("n,a=z=2C,n=a=3Db=2Cc,r=N", mechanism.Initial);
    }

    [Fact]
    public void Oauthbearer_is_the_example_of_rfc_7628()
    {
        OauthBearerMechanism mechanism = new("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", "server.example.com", 143);
        Assert.Equal(
            "n,a=user@example.com,\u0001host=server.example.com\u0001port=143\u0001" + "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\u0001\u0001",
            mechanism.Initial);
        Assert.Equal("AQ==", Convert.ToBase64String(ByteString.ToBytes(mechanism.Answer("{\"status\":\"invalid_token\"}").Response!)));
    }

    [Fact]
    public void Xoauth2_is_what_its_inventor_documents()
    {
        Xoauth2Mechanism mechanism = new("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg");
        Assert.Equal(
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==",
            Convert.ToBase64String(ByteString.ToBytes(mechanism.Initial)));
        Assert.Equal("", mechanism.Answer("{\"status\":\"401\"}").Response);
    }

    [Theory]
    [InlineData("QQ==", true, false)]
    [InlineData("", true, false)]
    [InlineData("QQ", false, true)]
    [InlineData("QQ=", false, true)]
    [InlineData("!!!!", false, false)]
    [InlineData("QQ =", false, false)]
    [InlineData("Q\tQ=", false, false)]
    [InlineData("====", false, false)]
    public void Challenges_are_strict_base64(string text, bool isValid, bool isCut)
    {
        Assert.Equal(isValid, SaslBase64.TryDecode(text, out _, out bool cut));
        Assert.Equal(isCut, cut);
    }

    [Theory]
    [InlineData("noplaintext, noanonymous", "CRAM-MD5", true)]
    [InlineData("noplaintext", "PLAIN", false)]
    [InlineData("noplaintext", "XOAUTH2", false)]
    [InlineData("noanonymous", "LOGIN", true)]
    [InlineData("noactive", "CRAM-MD5", false)]
    [InlineData("NoActive", "SCRAM-SHA-256", true)]
    [InlineData("nodictionary", "SCRAM-SHA-256", false)]
    [InlineData("mutual_auth", "SCRAM-SHA-256", true)]
    [InlineData("mutual_auth", "CRAM-MD5", false)]
    [InlineData("", "PLAIN", true)]
    public void A_mechanism_serves_what_it_can_promise(string options, string mechanism, bool serves) =>
        Assert.Equal(serves, SaslSecurity.Parse("smtp_sasl_security_options", options, isClient: true).Allows(SaslMechanism.PropertiesOf(mechanism)));

    [Fact]
    public void An_unknown_demand_ends_the_start() =>
        Assert.Throws<ConfigurationException>(() => SaslSecurity.Parse("smtp_sasl_security_options", "noplaintext, nosuch", isClient: true));

    private static void Play(string name, HashAlgorithmName hash, string nonce, string challenge, string proof, string signature)
    {
        ScramMechanism mechanism = new(name, hash, Credentials, "", nonce);
        Assert.Equal("n,,n=user,r=" + nonce, mechanism.Initial);
        Assert.Equal(proof, mechanism.Answer(challenge).Response);
        Assert.False(mechanism.IsSatisfied);
        Assert.Equal("", mechanism.Answer(signature).Response);
        Assert.True(mechanism.IsSatisfied);
        Assert.Null(mechanism.Answer("").Response);
    }
}
