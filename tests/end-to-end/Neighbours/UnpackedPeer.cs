namespace Mta.EndToEnd;

/// <summary>Debian packages that lie unpacked in a folder of a test's own: nothing of them is installed.</summary>
internal sealed class UnpackedPeer : IDisposable
{
    private UnpackedPeer(string folder)
    {
        Folder = folder;
    }

    /// <summary>What stands for / in the packages' file names.</summary>
    public string Folder { get; }

    public string Libraries => $"{Folder}/usr/lib/x86_64-linux-gnu";

    /// <summary>Null, and said loudly, when the packages cannot be had (no mirror): nothing is shown then.</summary>
    public static UnpackedPeer? TryUnpack(params string[] packages)
    {
        var peer = new UnpackedPeer(Directory.CreateTempSubdirectory("mta-peer-").FullName);
        Outcome outcome = Shell.Run(Path.Combine(Repository.Root, "tests/tools/unpack-peer"), [peer.Folder, .. packages], seconds: 250);
        if (outcome.ExitCode == 0)
        {
            Shell.Bash($"chmod 755 {peer.Folder}").MustSucceed();
            return peer;
        }

        Console.Error.WriteLine($"SKIPPED: cannot get the packages {string.Join(' ', packages)}: {outcome.All}");
        peer.Dispose();
        return null;
    }

    public void Dispose() => Shell.Bash($"rm -rf {Folder}");
}
