using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;

namespace Mta.Service.Logging;

/// <summary>Opens the file named by <c>maillog_file</c> to append to it, whoever comes first.</summary>
public static class MailLogFile
{
    private const string StandardOutput = "/dev/stdout";

    /// <summary>The value of <c>maillog_file_permissions</c>.</summary>
    public static int Permissions(Configuration configuration) => configuration.Get(PostlogParameters.MaillogFilePermissions) switch
    {
        "0640" => 0x1A0,
        "0644" => 0x1A4,
        _ => 0x180,
    };

    /// <summary>Opens the file; one that is not there is made with just these permissions, whatever the umask.</summary>
    /// <returns>0 or an errno.</returns>
    public static int TryOpen(string path, int permissions, out FileHandle file)
    {
        const OpenFlags Append = OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.NonBlocking;
        int errno = Posix.TryOpen(path, Append, 0, out file);
        if (errno != 0 && path == StandardOutput)
        {
            // A container's own output may be a socket, or a pipe of somebody else: it cannot be opened, but it is open.
            file = new FileHandle(1, ownsHandle: false);
            return 0;
        }

        if (errno != Errno.ENOENT)
        {
            return errno;
        }

        errno = Posix.TryOpen(path, Append | OpenFlags.Create | OpenFlags.Exclusive, 0x180, out file);
        if (errno == 0)
        {
            Posix.Fchmod(file, permissions);
            return 0;
        }

        // Another process was quicker, or the name is a link to a file that is not there yet.
        return errno == Errno.EEXIST ? Posix.TryOpen(path, Append | OpenFlags.Create, permissions, out file) : errno;
    }
}
