namespace Mta.EndToEnd;

/// <summary>
/// The delivery agents against Debian's: the case files below <c>tests/agreement</c>, delivered by both and compared in
/// all they show.
/// </summary>
public class AgreementTests
{
    private const int SomethingIsMissing = 77;
    private const string Postfix = "/usr/lib/postfix/sbin/master";
    private const string Python = "/usr/bin/python3";

    [PeerTheory(Postfix, Python, "/usr/bin/unshare")]
    [InlineData("pipe")]
    [InlineData("virtual")]
    [InlineData("local")]
    [InlineData("smtp")]
    [InlineData("sasl")]
    [InlineData("chunking")]
    [InlineData("dns")]
    [InlineData("notice")]
    [InlineData("tls")]
    [InlineData("dane")]
    [InlineData("requiretls")]
    [InlineData("flush")]
    [InlineData("probes")]
    [InlineData("verify")]
    [InlineData("revoked")]
    [InlineData("explain")]
    [InlineData("hostile")]
    [InlineData("options")]
    [InlineData("exim")]
    [InlineData("opensmtpd")]
    [InlineData("sink")]
    [InlineData("servers")]
    [InlineData("login")]
    [InlineData("logincache")]
    [InlineData("oauth")]
    [InlineData("srv")]
    [InlineData("lies")]
    [InlineData("mistakes")]
    [InlineData("wrong")]
    [InlineData("replies")]
    [InlineData("forms")]
    [InlineData("pipes")]
    [InlineData("idn")]
    [InlineData("secured")]
    [InlineData("content")]
    [InlineData("interrupted")]
    public void Every_case_ends_as_with_Debians_Postfix(string cases) => Play(cases);

    /// <summary>False when something is missing: nothing was compared.</summary>
    internal static bool Play(string cases)
    {
        string folder = Path.Combine(Repository.Root, "tests/agreement");
        Outcome outcome = Shell.Run(Python, [Path.Combine(folder, "run.py"), Path.Combine(folder, $"{cases}.cases"), Repository.Build], seconds: 300);
        if (outcome.ExitCode == SomethingIsMissing)
        {
            // No mount namespaces or no port 53 here: said loudly, since nothing was compared.
            Console.Error.WriteLine($"SKIPPED: agreement of {cases}: {outcome.All}");
            return false;
        }

        Assert.True(outcome.ExitCode == 0, outcome.All);
        if (outcome.All.Contains("SECOND PLAY", StringComparison.Ordinal))
        {
            Console.Error.WriteLine(outcome.All);
        }

        return true;
    }

    [PeerFact("/usr/sbin/posttls-finger", Python, "/usr/bin/openssl")]
    public void Posttls_finger_says_what_Debians_says()
    {
        string program = Path.Combine(Repository.Build, "sbin/posttls-finger");
        Outcome outcome = Shell.Run(Python, [Path.Combine(Repository.Root, "tests/agreement/finger.py"), program], seconds: 300);
        Assert.True(outcome.ExitCode == 0, outcome.All);
    }
}
