namespace Mta.EndToEnd;

/// <summary>Sympa takes a list's mail by aliases. Its programs lie unpacked; their paths are compiled in.</summary>
public sealed class SympaTests
{
    private const int Uid = 6105;

    [Neighbour(
        "sympa",
        "Sympa's manual (Postfix: alias_maps), the aliases that it writes for a list",
        "its alias file, owned by its user: its queue program runs as that user, the message lies in its spool byte for byte (its queue programs alone, not its daemons)",
        "its alias of a list's owner: bouncequeue takes mail with the null sender")]
    [PeerFact("/usr/bin/unshare", "/usr/bin/dpkg-deb")]
    public void Sympa_takes_mail_by_aliases()
    {
        using UnpackedPeer? unpacked = UnpackedPeer.TryUnpack("sympa");
        if (unpacked is null)
        {
            return;
        }

        using var mta = new Instance(privileged: true);
        string root = $"{mta.Directory}/sympa";
        Shell.Bash($"""
            set -e
            mkdir -p {root}/etc/sympa/sympa {root}/msg {root}/bounce
            (cat /etc/passwd; echo 'sympa:x:{Uid}:{Uid}::/:/usr/sbin/nologin') > {root}/etc/passwd
            (cat /etc/group; echo 'sympa:x:{Uid}:') > {root}/etc/group
            chmod 755 {mta.Directory}
            chown {Uid}:{Uid} {root} {root}/msg {root}/bounce
            """).MustSucceed();
        File.WriteAllText($"{root}/etc/sympa/sympa/sympa.conf", $"domain lists.test\nqueue {root}/msg\nqueuebounce {root}/bounce\n");
        File.WriteAllText($"{root}/aliases", """
            #------------------------------ talk: list alias created 23 Nov 2026
            talk: "| /usr/lib/sympa/bin/queue talk@lists.test"
            talk-request: "| /usr/lib/sympa/bin/queue talk-request@lists.test"
            talk-editor: "| /usr/lib/sympa/bin/queue talk-editor@lists.test"
            #talk-subscribe: "| /usr/lib/sympa/bin/queue talk-subscribe@lists.test"
            talk-unsubscribe: "| /usr/lib/sympa/bin/queue talk-unsubscribe@lists.test"
            talk-owner: "| /usr/lib/sympa/bin/bouncequeue talk@lists.test"

            """);
        File.WriteAllText($"{root}/place", $"""
            set -e
            mount -t overlay overlay -o lowerdir={root}/etc:{unpacked.Folder}/etc:/etc /etc
            mount -t overlay overlay -o lowerdir={unpacked.Folder}/usr:/usr /usr
            exec "$@"

            """);
        Shell.Bash($"chown {Uid}:{Uid} {root}/aliases").MustSucceed();
        mta.Around = ["/usr/bin/unshare", "-m", "/bin/sh", $"{root}/place"];
        Outcome place = Shell.Run(mta.Around[0], [.. mta.Around.Skip(1), "/bin/true"]);
        if (place.ExitCode != 0)
        {
            Console.Error.WriteLine($"SKIPPED: no file system of its own for Sympa here: {place.All}");
            return;
        }

        mta.Main["mydestination"] = "$myhostname, localhost, example.test, lists.test";
        mta.Main["alias_maps"] = $"hash:{root}/aliases";
        mta.WriteConfiguration();
        mta.Run("postalias", ["-c", mta.Etc, $"hash:{root}/aliases"]).MustSucceed();
        mta.Start();

        const string Text = "From: Me <me@example.test>\nTo: talk@lists.test\nSubject: the token\nMessage-Id: <token@example.test>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n\nthe text\n.\n..dots\nFrom here\n\xe9\xff\n";
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO cl.test", "250");
            client.SendMessage("me@example.test", ["talk@lists.test"], Text.ReplaceLineEndings("\r\n"));
            client.SendMessage("", ["talk-owner@lists.test"], Text.ReplaceLineEndings("\r\n"));
        }

        mta.WaitForLog("to=<talk@lists.test>, ", 90);
        mta.WaitForLog("to=<talk-owner@lists.test>, ", 90);
        Assert.Matches("to=<talk@lists.test>, relay=local, .*, status=sent \\(delivered to command:  ?/usr/lib/sympa/bin/queue talk@lists.test\\)", mta.Log);
        Assert.Matches("to=<talk-owner@lists.test>, relay=local, .*, status=sent \\(delivered to command:  ?/usr/lib/sympa/bin/bouncequeue talk@lists.test\\)", mta.Log);
        foreach ((string spool, string sender) in ((string, string)[])[("msg", "<me@example.test>"), ("bounce", "<>")])
        {
            string file = Assert.Single(Directory.GetFiles($"{root}/{spool}"));
            Assert.Equal($"{Uid} 600", Shell.Run("/usr/bin/stat", ["-c", "%u %a", file]).Output.Trim());
            string mail = File.ReadAllText(file, System.Text.Encoding.Latin1);
            Assert.StartsWith("X-Sympa-To: talk@lists.test\n", mail, StringComparison.Ordinal);
            Assert.Contains($"\nReturn-Path: {sender}\n", mail, StringComparison.Ordinal);
            Assert.EndsWith(Text, mail, StringComparison.Ordinal);
        }

        Matrix.Passed(unpacked.Folder);
    }
}
