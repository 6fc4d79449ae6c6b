using System.Text;

namespace Mta.EndToEnd;

/// <summary>Debian's clamd, with one signature: the test virus.</summary>
internal sealed class Clamd : IDisposable
{
    public const string Program = "/usr/sbin/clamd";

    private readonly Peer _clamd;

    /// <param name="directory">A new folder for it.</param>
    public Clamd(string directory)
    {
        Directory.CreateDirectory($"{directory}/database");
        File.WriteAllText($"{directory}/database/test.ndb", $"Eicar-Test-Signature:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Samples.Eicar))}\n");
        Socket = $"{directory}/clamd.ctl";
        File.WriteAllText($"{directory}/clamd.conf", $"""
            LocalSocket {Socket}
            LocalSocketMode 666
            FixStaleSocket true
            DatabaseDirectory {directory}/database
            TemporaryDirectory {directory}
            Foreground true
            ScanMail true
            ScanArchive true
            SelfCheck 3600

            """);
        Shell.Bash($"chmod 755 {directory}").MustSucceed();
        _clamd = new Peer(Program, "-c", $"{directory}/clamd.conf").Listening(Socket);
    }

    public string Socket { get; }

    public void Dispose() => _clamd.Dispose();
}
