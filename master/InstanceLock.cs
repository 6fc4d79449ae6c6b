using System.Text;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Text;

namespace Mta.Master;

/// <summary>The lock files that make a master the only one of its queue directory and of its data directory.</summary>
internal static class InstanceLock
{
    /// <summary>Relative to the queue directory, unless its directory is absolute. Its first line is the process number, which commands read.</summary>
    public static string PidFile(Configuration configuration) => $"{configuration.Get(GlobalParameters.ProcessIdDirectory)}/master.pid";

    /// <summary>Takes the lock and writes our process number; it lasts as long as the handle.</summary>
    /// <exception cref="FatalException">Another master holds it, or the file cannot be written.</exception>
    public static FileHandle Take(string path, Func<Func<FileHandle>, FileHandle>? asOwner = null)
    {
        try
        {
            FileHandle Open() => Posix.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, 0x180);
            FileHandle file = asOwner is null ? Open() : asOwner(Open);
            if (!Posix.Flock(file, FileLock.Exclusive, wait: false))
            {
                throw new FatalException($"open lock file {path}: unable to set exclusive lock: {Errno.Text(Errno.EAGAIN)}");
            }

            Posix.Ftruncate(file, 0);
            Posix.WriteAll(file, Encoding.ASCII.GetBytes($"{Posix.ProcessId(),32}\n"));
            return file;
        }
        catch (LinuxException error)
        {
            throw new FatalException($"open lock file {path}: {error.Reason}", error);
        }
    }

    /// <summary>Whether a master is running for the queue directory that is the working directory.</summary>
    /// <exception cref="LinuxException">The file is there but cannot be asked.</exception>
    public static bool IsTaken(string path)
    {
        int errno = Posix.TryOpen(path, OpenFlags.ReadWrite, 0, out FileHandle file);
        using (file)
        {
            return errno switch
            {
                0 => !Posix.Flock(file, FileLock.Exclusive, wait: false),
                Errno.ENOENT => false,
                _ => throw new LinuxException(errno, "open", path),
            };
        }
    }
}
