namespace Mta.Linux;

/// <summary>
/// System calls by what they are for, as numbers (arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h).
/// Calls that <see cref="Seccomp"/> judges by their arguments are in none of the groups.
/// </summary>
public sealed class SystemCallGroup
{
    private SystemCallGroup(string name, string members, int[] x64, int[] arm64)
    {
        Name = name;
        Members = members;
        X64 = x64;
        Arm64 = arm64;
    }

    /// <summary>One word.</summary>
    public string Name { get; }

    /// <summary>The calls by name, sorted, blanks between them.</summary>
    public string Members { get; }

    internal int[] X64 { get; }

    internal int[] Arm64 { get; }

    /// <summary>What every program needs to run: its memory, threads, signals, clocks and what it may ask about itself.</summary>
    public static SystemCallGroup Process { get; } = new(
        "process",
        "alarm arch_prctl brk capget clock_getres clock_gettime clock_nanosleep exit exit_group futex futex_waitv get_mempolicy " +
        "get_robust_list getcpu getegid geteuid getgid getgroups getitimer getpgid getpgrp getpid getppid getpriority getrandom " +
        "getresgid getresuid getrlimit getrusage getsid gettid gettimeofday getuid madvise mbind membarrier mincore mlock mlock2 " +
        "mmap mprotect mremap msync munlock munmap nanosleep pause prlimit64 restart_syscall rseq rt_sigaction rt_sigpending " +
        "rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_get_priority_max sched_get_priority_min " +
        "sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_setaffinity sched_setattr sched_yield " +
        "set_robust_list set_tid_address setitimer setpriority sigaltstack sysinfo time timer_create timer_delete timer_getoverrun timer_gettime " +
        "timer_settime times umask uname wait4 waitid",
        [
            9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 34, 35, 36, 37, 38, 39, 60, 61, 63, 95, 96, 97, 98, 99, 100, 102, 104,
            107, 108, 110, 111, 115, 118, 120, 121, 124, 125, 127, 128, 130, 131, 140, 141, 143, 145, 146, 147, 149, 150, 158, 186,
            201, 202, 203, 204, 218, 219, 222, 223, 224, 225, 226, 228, 229, 230, 231, 237, 239, 247, 273, 274, 302, 309, 314, 315, 318,
            324, 325, 334, 449,
        ],
        [
            90, 93, 94, 95, 96, 98, 99, 100, 101, 102, 103, 107, 108, 109, 110, 111, 113, 114, 115, 120, 121, 122, 123, 124, 125,
            126, 128, 132, 133, 134, 135, 136, 137, 139, 140, 141, 148, 150, 153, 155, 156, 158, 160, 163, 165, 166, 168, 169, 172,
            173, 174, 175, 176, 177, 178, 179, 214, 215, 216, 222, 226, 227, 228, 229, 232, 233, 235, 236, 260, 261, 274, 275, 278, 283,
            284, 293, 449,
        ]);

    /// <summary>Reading, writing and waiting on what is open.</summary>
    public static SystemCallGroup Descriptors { get; } = new(
        "descriptors",
        "close close_range copy_file_range dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait " +
        "eventfd eventfd2 fadvise64 fcntl inotify_add_watch inotify_init inotify_init1 inotify_rm_watch lseek memfd_create pipe " +
        "pipe2 poll ppoll pread64 preadv preadv2 pselect6 pwrite64 pwritev pwritev2 read readahead readv select sendfile signalfd " +
        "signalfd4 splice tee timerfd_create timerfd_gettime timerfd_settime write writev",
        [
            0, 1, 3, 7, 8, 17, 18, 19, 20, 22, 23, 32, 33, 40, 72, 187, 213, 221, 232, 233, 253, 254, 255, 270, 271, 275, 276, 281,
            282, 283, 284, 286, 287, 289, 290, 291, 292, 293, 294, 295, 296, 319, 326, 327, 328, 436, 441,
        ],
        [
            19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 57, 59, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 76, 77, 85, 86, 87,
            213, 223, 279, 285, 286, 287, 436, 441,
        ]);

    /// <summary>Files by name and by descriptor; which ones, the file rules say.</summary>
    public static SystemCallGroup Files { get; } = new(
        "files",
        "access chdir chmod chown creat faccessat faccessat2 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fdatasync " +
        "fgetxattr flock fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr lchown lgetxattr link linkat " +
        "lstat mkdir mkdirat newfstatat open openat openat2 readlink readlinkat rename renameat renameat2 rmdir stat statfs statx " +
        "symlink symlinkat sync_file_range syncfs truncate unlink unlinkat utime utimensat utimes",
        [
            2, 4, 5, 6, 21, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 132, 137, 138,
            191, 192, 193, 217, 235, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 277, 280, 285, 306, 316, 332, 437,
            439, 452,
        ],
        [
            8, 9, 10, 17, 32, 34, 35, 36, 37, 38, 43, 44, 45, 46, 47, 48, 49, 50, 52, 53, 54, 55, 56, 61, 78, 79, 80, 82, 83, 84,
            88, 267, 276, 291, 437, 439, 452,
        ]);

    /// <summary>Sockets; which families, <see cref="Seccomp"/> says.</summary>
    public static SystemCallGroup Sockets { get; } = new(
        "sockets",
        "accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto " +
        "setsockopt shutdown socketpair",
        [
            42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 288, 299, 307,
        ],
        [
            199, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 242, 243, 269,
        ]);

    /// <summary>Starting a program: this very one again, as a worker.</summary>
    public static SystemCallGroup Programs { get; } = new(
        "programs",
        "execve execveat fork setpgid setrlimit setsid vfork",
        [
            57, 58, 59, 109, 112, 160, 322,
        ],
        [
            154, 157, 164, 221, 281,
        ]);

    /// <summary>Taking on the identity of another user, root, or limits.</summary>
    public static SystemCallGroup Identity { get; } = new(
        "identity",
        "capset chroot setfsgid setfsuid setgid setgroups setregid setresgid setresuid setreuid setuid",
        [
            105, 106, 113, 114, 116, 117, 119, 122, 123, 126, 161,
        ],
        [
            51, 91, 143, 144, 145, 146, 147, 149, 151, 152, 159,
        ]);
}
