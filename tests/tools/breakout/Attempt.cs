using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mta.Breakout;

/// <summary>One thing that a daemon has no business doing.</summary>
internal static partial class Attempt
{
    private const int AtWorkingDirectory = -100;

    /// <param name="attempt"><c>read PATH</c>, <c>change PATH</c>, <c>make PATH</c>, <c>run PATH</c>, <c>connect PORT</c>, <c>abstract NAME</c>, <c>signal PID</c>, or a system call's name.</param>
    /// <returns>0 when it worked, or the error number.</returns>
    public static int Try(string attempt)
    {
        string[] words = attempt.Split(' ', 2);
        string operand = words.Length > 1 ? words[1] : "";
        int number = int.TryParse(operand, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
        return words[0] switch
        {
            "read" => Open(operand, 0),
            "change" => Open(operand, 1),
            "make" => Open(operand, 0x40 | 0x80 | 1),
            "run" => Run(operand),
            "connect" => Connect(AddressFamily.InterNetwork, new IPEndPoint(IPAddress.Loopback, number)),
            "abstract" => Connect(AddressFamily.Unix, new UnixDomainSocketEndPoint("\0" + operand)),
            "signal" => Call(62, number, 0),
            "ptrace" => Call(101, 16, number),
            "netlink" => Call(41, 16, 3),
            "packet" => Call(41, 17, 3),
            "internet" => Call(41, 2, 1),
            "mount" => Call(165, 0, 0, 0, 0x1000),
            "unshare" => Call(272, 0x10000000),
            "chroot" => Text("/", path => Call(161, path)),
            "setuid" => Call(105, 0),
            "bpf" => Call(321, 0, 0, 0),
            "keyctl" => Call(250, 0, -3, 1),
            "io_uring" => Call(425, 1, 0),
            "userfaultfd" => Call(323, 0),
            "perf" => Call(298, 0, 0, -1, -1),
            "module" => Call(313, -1, 0, 0),
            "mknod" => Text("/tmp/breakout-device", path => Call(259, AtWorkingDirectory, path, 0x2180, 0x103)),
            "console" => Call(16, 0, 0x5412, 0),
            // A file that is not there: were it one, the call would not come back.
            "execve" => Text("/breakout/nothing", path => Call(59, path, 0, 0) is 2 ? 0 : 1),
            _ => -1,
        };
    }

    private static int Open(string path, int flags) => Text(path, name =>
    {
        nint descriptor = SystemCall(257, AtWorkingDirectory, name, flags, 0x180, 0);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        _ = SystemCall(3, descriptor, 0, 0, 0, 0);
        if ((flags & 0x40) != 0)
        {
            _ = SystemCall(87, name, 0, 0, 0, 0);
        }

        return 0;
    });

    // posix_spawn reports what its child met.
    private static unsafe int Run(string path) => Text(path, name =>
    {
        nint* arguments = stackalloc nint[] { name, 0 };
        int process;
        return Spawn(&process, name, null, null, arguments, null);
    });

    private static int Connect(AddressFamily family, EndPoint end)
    {
        try
        {
            using var socket = new Socket(family, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(end);
            return 0;
        }
        catch (SocketException failure)
        {
            return failure.NativeErrorCode;
        }
    }

    private static int Text(string text, Func<nint, int> use)
    {
        nint pointer = Marshal.StringToCoTaskMemUTF8(text);
        try
        {
            return use(pointer);
        }
        finally
        {
            Marshal.FreeCoTaskMem(pointer);
        }
    }

    private static int Call(int number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0) =>
        SystemCall(number, first, second, third, fourth, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    private static unsafe partial int Spawn(int* process, nint path, void* actions, void* attributes, nint* arguments, nint* environment);
}
