using Mta.Config;
using Mta.Linux;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>
/// Replaces a configuration file whole: the new text is written to FILE.tmp, flushed, and renamed over the old one, so
/// that a crash leaves one or the other. Two editors at a time take turns.
/// </summary>
internal static class AtomicFile
{
    private const int WhileWriting = 0x180;
    private const int Final = 0x1A4;

    /// <param name="edit">The new text from the old one.</param>
    /// <exception cref="FatalException">The file cannot be read or written; it is as it was.</exception>
    public static void Edit(string path, Func<string, string> edit)
    {
        string temporary = $"{path}.tmp";
        int errno = Posix.TryOpen(temporary, OpenFlags.ReadWrite | OpenFlags.Create, WhileWriting, out FileHandle file);
        if (errno != 0)
        {
            throw new FatalException($"open {temporary}: {Errno.Text(errno)}");
        }

        using (file)
        {
            try
            {
                Posix.Flock(file, FileLock.Exclusive, wait: true);
                Posix.Ftruncate(file, 0);
                Posix.WriteAll(file, ByteString.ToBytes(edit(ReadOld(path))));
                Posix.Fchmod(file, Final);
                Posix.Fsync(file);
                Posix.Rename(temporary, path);
            }
            catch (LinuxException error)
            {
                Posix.TryUnlink(temporary);
                throw new FatalException($"write {temporary}: {error.Reason}", error);
            }
            catch
            {
                Posix.TryUnlink(temporary);
                throw;
            }
        }
    }

    private static string ReadOld(string path)
    {
        try
        {
            return TextFile.Read(path);
        }
        catch (LinuxException error)
        {
            throw new FatalException($"open {path} for reading: {error.Reason}", error);
        }
    }
}
