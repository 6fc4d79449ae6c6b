using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>The running program's own file, as it is mapped (getauxval(3), madvise(2)).</summary>
public static partial class OwnImage
{
    private const nuint HeadersAt = 3; // AT_PHDR
    private const nuint HeaderCount = 5; // AT_PHNUM
    private const uint Load = 1; // PT_LOAD
    private const uint HeadersThemselves = 6; // PT_PHDR
    private const uint Writable = 2; // PF_W
    private const int DontNeed = 4; // MADV_DONTNEED
    private const ulong IsPresent = 1UL << 63; // of an entry of proc_pid_pagemap(5)
    private const ulong IsSwapped = 1UL << 62;
    private const ulong IsOfFile = 1UL << 61;

    private static (nuint Start, nuint Length)[] _releasable = [];

    /// <summary>
    /// Looks which pages of code and constants are as they are in the file. Not all are: amid the constants is one that
    /// the runtime wrote its random number to and protected again, and without it the process would take its stack for
    /// damaged. To be called once, while /proc can be read; where it cannot, nothing is released later.
    /// </summary>
    public static unsafe void Survey()
    {
        var headers = (ProgramHeader*)GetAuxiliaryValueNative(HeadersAt);
        int count = (int)GetAuxiliaryValueNative(HeaderCount);
        ulong loadedAt = ulong.MaxValue;
        for (int i = 0; headers != null && i < count; i++)
        {
            if (headers[i].Type == HeadersThemselves)
            {
                loadedAt = (ulong)headers - headers[i].Address;
            }
        }

        if (loadedAt == ulong.MaxValue || Posix.TryOpen("/proc/self/pagemap", OpenFlags.ReadOnly, 0, out FileHandle pages) != 0)
        {
            return;
        }

        List<(nuint Start, nuint Length)> unchanged = [];
        using (pages)
        {
            for (int i = 0; i < count; i++)
            {
                if (headers[i].Type == Load && (headers[i].Flags & Writable) == 0)
                {
                    AddUnchanged(pages, loadedAt + headers[i].Address, headers[i].FileSize, unchanged);
                }
            }
        }

        _releasable = [.. unchanged];
    }

    /// <summary>
    /// Takes the program's code and constants out of this process's memory: they stay in the page cache and come back
    /// as they are used. Half of what start-up touches is never used again. Costs a few system calls; a failure changes
    /// nothing.
    /// </summary>
    public static unsafe void ReleaseUnused()
    {
        foreach ((nuint start, nuint length) in _releasable)
        {
            _ = MadviseNative((void*)start, length, DontNeed);
        }
    }

    // Whole pages of the segment only.
    private static void AddUnchanged(FileHandle pages, ulong address, ulong size, List<(nuint Start, nuint Length)> unchanged)
    {
        ulong page = (ulong)Environment.SystemPageSize;
        ulong first = (address + page - 1) / page;
        ulong end = (address + size) / page;
        if (end <= first)
        {
            return;
        }

        ulong[] states = new ulong[end - first];
        Span<byte> bytes = MemoryMarshal.AsBytes(states.AsSpan());
        if (Posix.Pread(pages, bytes, (long)(first * sizeof(ulong))) != bytes.Length)
        {
            return;
        }

        for (int i = 0; i < states.Length; i++)
        {
            int start = i;
            while (i < states.Length && (states[i] & (IsPresent | IsOfFile)) != IsPresent && (states[i] & IsSwapped) == 0)
            {
                i++;
            }

            if (i > start)
            {
                unchanged.Add(((nuint)((first + (ulong)start) * page), (nuint)((ulong)(i - start) * page)));
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
