using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>What stat tells of a file. Times are UTC.</summary>
public readonly record struct FileStatus(uint Mode, uint Links, uint UserId, uint GroupId, ulong Inode, ulong Device, long Size, DateTime AccessTime, DateTime ModifyTime, DateTime ChangeTime)
{
    private const uint TypeMask = 0xF000;

    /// <summary>The 12 permission bits.</summary>
    public int Permissions => (int)(Mode & 0xFFF);

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsSymbolicLink => (Mode & TypeMask) == 0xA000;

    public bool IsSocket => (Mode & TypeMask) == 0xC000;

    public bool IsFifo => (Mode & TypeMask) == 0x1000;
}

public static partial class Posix
{
    private const int AtCurrentDirectory = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasic = 0x7FF;

    /// <exception cref="LinuxException">stat failed.</exception>
    public static FileStatus Stat(string path) => Checked(StatxOf(AtCurrentDirectory, path, 0, out FileStatus status), status, "stat", path);

    /// <exception cref="LinuxException">lstat failed.</exception>
    public static FileStatus Lstat(string path) => Checked(StatxOf(AtCurrentDirectory, path, AtSymlinkNoFollow, out FileStatus status), status, "lstat", path);

    /// <exception cref="LinuxException">fstat failed.</exception>
    public static FileStatus Fstat(FileHandle file) => Checked(StatxOf(file.Descriptor, "", AtEmptyPath, out FileStatus status), status, "fstat", null);

    /// <returns>0, or the error number.</returns>
    public static int TryStat(string path, out FileStatus status) => StatxOf(AtCurrentDirectory, path, 0, out status);

    /// <returns>0, or the error number.</returns>
    public static int TryLstat(string path, out FileStatus status) => StatxOf(AtCurrentDirectory, path, AtSymlinkNoFollow, out status);

    private static FileStatus Checked(int errno, FileStatus status, string call, string? path) =>
        errno == 0 ? status : throw new LinuxException(errno, call, path);

    // statx(2) has one layout on every architecture, unlike struct stat.
    private static unsafe int StatxOf(int directory, string path, int flags, out FileStatus status)
    {
        StatxBuffer buffer;
        if (StatxNative(directory, path, flags, StatxBasic, &buffer) != 0)
        {
            status = default;
            return Errno.Last;
        }

        status = new FileStatus(
            buffer.Mode,
            buffer.Links,
            buffer.UserId,
            buffer.GroupId,
            buffer.Inode,
            ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor,
            (long)buffer.Size,
            buffer.AccessTime.ToDateTime(),
            buffer.ModifyTime.ToDateTime(),
            buffer.ChangeTime.ToDateTime());
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int StatxNative(int directory, [MarshalUsing(typeof(ByteStringMarshaller))] string path, int flags, uint mask, StatxBuffer* buffer);

    [StructLayout(LayoutKind.Sequential)]
    private struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;

        public readonly DateTime ToDateTime() => DateTime.UnixEpoch.AddTicks((Seconds * TimeSpan.TicksPerSecond) + (Nanoseconds / 100));
    }

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct StatxBuffer
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint UserId;
        public uint GroupId;
        public ushort Mode;
        public ushort Spare;
        public ulong Inode;
        public ulong Size;
        public ulong Blocks;
        public ulong AttributesMask;
        public StatxTime AccessTime;
        public StatxTime BirthTime;
        public StatxTime ChangeTime;
        public StatxTime ModifyTime;
        public uint SpecialDeviceMajor;
        public uint SpecialDeviceMinor;
        public uint DeviceMajor;
        public uint DeviceMinor;
    }
}
