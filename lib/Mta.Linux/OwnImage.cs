using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>The running program's own file, as it is mapped (getauxval(3), madvise(2)).</summary>
public static partial class OwnImage
{
    private const nuint HeadersAt = 3; // AT_PHDR
    private const nuint HeaderCount = 5; // AT_PHNUM
    private const uint Load = 1; // PT_LOAD
    private const uint HeadersThemselves = 6; // PT_PHDR
    private const uint Executable = 1; // PF_X
    private const uint Writable = 2; // PF_W
    private const int DontNeed = 4; // MADV_DONTNEED

    /// <summary>
    /// Takes the program's code out of this process's memory: it stays in the page cache and comes back as it is used.
    /// Half of what start-up touches is never used again. Constants are left alone: among them is a page that the
    /// runtime wrote to and protected again, and what holds its random number would be taken for a damaged stack.
    /// Costs a system call; a failure changes nothing.
    /// </summary>
    public static unsafe void ReleaseUnused()
    {
        var headers = (ProgramHeader*)GetAuxiliaryValueNative(HeadersAt);
        int count = (int)GetAuxiliaryValueNative(HeaderCount);
        ulong page = (ulong)Environment.SystemPageSize;
        ulong loadedAt = ulong.MaxValue;
        for (int i = 0; headers != null && i < count; i++)
        {
            if (headers[i].Type == HeadersThemselves)
            {
                loadedAt = (ulong)headers - headers[i].Address;
            }
        }

        for (int i = 0; loadedAt != ulong.MaxValue && i < count; i++)
        {
            if (headers[i].Type != Load || (headers[i].Flags & (Executable | Writable)) != Executable)
            {
                continue;
            }

            // Whole pages of this segment only.
            ulong start = (loadedAt + headers[i].Address + page - 1) & ~(page - 1);
            ulong end = (loadedAt + headers[i].Address + headers[i].FileSize) & ~(page - 1);
            if (end > start)
            {
                _ = MadviseNative((void*)start, (nuint)(end - start), DontNeed);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "getauxval")]
    private static partial nuint GetAuxiliaryValueNative(nuint type);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static unsafe partial int MadviseNative(void* address, nuint length, int advice);

    // Elf64_Phdr of elf(5).
    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramHeader
    {
        public uint Type;
        public uint Flags;
        public ulong Offset;
        public ulong Address;
        public ulong PhysicalAddress;
        public ulong FileSize;
        public ulong MemorySize;
        public ulong Alignment;
    }
}
