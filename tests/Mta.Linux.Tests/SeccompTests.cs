namespace Mta.Linux.Tests;

/// <summary>The filter as the kernel runs it: each case is judged by its instructions, for both processors.</summary>
public sealed class SeccompTests
{
    private const uint Allowed = 0x7FFF0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NoSuchCall = 0x00050026;
    private const uint X64 = 0xC000003E;
    private const uint Arm64 = 0xC00000B7;
    private const uint Own = 4711;

    private static readonly SystemCallGroup[] Plain = [SystemCallGroup.Process, SystemCallGroup.Descriptors, SystemCallGroup.Files, SystemCallGroup.Sockets];
    private static readonly SystemCallGroup[] WithWorkers = [.. Plain, SystemCallGroup.Programs, SystemCallGroup.Identity];

    [Theory]
    [InlineData("read", 0, 63, 0, 0, Allowed)]
    [InlineData("openat", 257, 56, 0, 0, Allowed)]
    [InlineData("fsync", 74, 82, 0, 0, Allowed)]
    [InlineData("futex", 202, 98, 0, 0, Allowed)]
    [InlineData("accept4", 288, 242, 0, 0, Allowed)]
    [InlineData("exit_group", 231, 94, 0, 0, Allowed)]
    [InlineData("execve", 59, 221, 0, 0, NotPermitted)]
    [InlineData("execveat", 322, 281, 0, 0, NotPermitted)]
    [InlineData("ptrace", 101, 117, 0, 0, NotPermitted)]
    [InlineData("mount", 165, 40, 0, 0, NotPermitted)]
    [InlineData("bpf", 321, 280, 0, 0, NotPermitted)]
    [InlineData("keyctl", 250, 219, 0, 0, NotPermitted)]
    [InlineData("setresuid", 117, 147, 0, 0, NotPermitted)]
    [InlineData("chroot", 161, 51, 0, 0, NotPermitted)]
    [InlineData("unshare", 272, 97, 0, 0, NotPermitted)]
    [InlineData("setns", 308, 268, 0, 0, NotPermitted)]
    [InlineData("init_module", 175, 105, 0, 0, NotPermitted)]
    [InlineData("perf_event_open", 298, 241, 0, 0, NotPermitted)]
    [InlineData("userfaultfd", 323, 282, 0, 0, NotPermitted)]
    [InlineData("io_uring_setup", 425, 425, 0, 0, NotPermitted)]
    [InlineData("process_vm_writev", 311, 271, 0, 0, NotPermitted)]
    [InlineData("clone3", 435, 435, 0, 0, NoSuchCall)]
    [InlineData("a call of a later kernel", 500, 500, 0, 0, NoSuchCall)]
    [InlineData("socket AF_UNIX", 41, 198, 1, 0, Allowed)]
    [InlineData("socket AF_INET", 41, 198, 2, 0, Allowed)]
    [InlineData("socket AF_INET6", 41, 198, 10, 0, Allowed)]
    [InlineData("socket AF_NETLINK", 41, 198, 16, 0, NotPermitted)]
    [InlineData("socket AF_PACKET", 41, 198, 17, 0, NotPermitted)]
    [InlineData("socket AF_VSOCK", 41, 198, 40, 0, NotPermitted)]
    [InlineData("a thread", 56, 220, 0x3D0F00, 0, Allowed)]
    [InlineData("a user namespace", 56, 220, 0x10000000, 0, NotPermitted)]
    [InlineData("a mount namespace", 56, 220, 0x00020000, 0, NotPermitted)]
    [InlineData("FIONREAD", 16, 29, 0, 0x541B, Allowed)]
    [InlineData("TIOCSTI", 16, 29, 0, 0x5412, NotPermitted)]
    [InlineData("PR_SET_NAME", 157, 167, 15, 0, Allowed)]
    [InlineData("PR_SET_DUMPABLE", 157, 167, 4, 0, NotPermitted)]
    [InlineData("a signal to itself", 62, 129, Own, 0, Allowed)]
    [InlineData("a signal to another", 62, 129, Own + 1, 0, NotPermitted)]
    [InlineData("a signal to its thread", 234, 131, Own, 0, Allowed)]
    [InlineData("a signal to another's thread", 234, 131, Own + 1, 0, NotPermitted)]
    [InlineData("a signal to all", 62, 129, uint.MaxValue, 0, NotPermitted)]
    public void A_daemon_keeps_what_it_needs(string what, uint x64, uint arm64, uint first, uint second, uint verdict)
    {
        Assert.True(Judge(Plain, arm: false, true, X64, x64, first, second) == verdict, $"{what}, x64");
        Assert.True(Judge(Plain, arm: true, true, Arm64, arm64, first, second) == verdict, $"{what}, arm64");
    }

    [Theory]
    [InlineData(59, 221)]
    [InlineData(117, 147)]
    [InlineData(116, 159)]
    public void One_with_workers_starts_them_and_takes_on_identities(uint x64, uint arm64)
    {
        Assert.Equal(Allowed, Judge(WithWorkers, arm: false, true, X64, x64, 0, 0));
        Assert.Equal(Allowed, Judge(WithWorkers, arm: true, true, Arm64, arm64, 0, 0));
        Assert.Equal(NotPermitted, Judge(WithWorkers, arm: false, true, X64, 165, 0, 0));
        Assert.Equal(Allowed, Judge(WithWorkers, arm: false, true, X64, 62, Own + 1, 0));
    }

    [Fact]
    public void Without_a_network_only_local_sockets_are_made()
    {
        Assert.Equal(Allowed, Judge(Plain, arm: false, false, X64, 41, 1, 0));
        Assert.Equal(NotPermitted, Judge(Plain, arm: false, false, X64, 41, 2, 0));
        Assert.Equal(NotPermitted, Judge(Plain, arm: false, false, X64, 41, 10, 0));
    }

    [Theory]
    [InlineData(0x40000003)]
    [InlineData(Arm64)]
    public void Calls_by_another_processors_numbers_are_refused(uint architecture) =>
        Assert.Equal(NotPermitted, Judge(Plain, arm: false, true, architecture, 0, 0, 0));

    [Fact]
    public void The_other_numbering_of_the_same_processor_is_refused() =>
        Assert.Equal(NoSuchCall, Judge(Plain, arm: false, true, X64, 0x40000000, 0, 0));

    [Fact]
    public void Every_jump_stays_inside_and_the_program_is_of_a_size_that_the_kernel_takes()
    {
        foreach (SystemCallGroup[] groups in (SystemCallGroup[][])[Plain, WithWorkers])
        {
            ulong[] program = Seccomp.Build(groups, arm: false, true, Own);
            Assert.InRange(program.Length, 10, 4096);
            for (int i = 0; i < program.Length; i++)
            {
                if ((program[i] & 7) == 5)
                {
                    Assert.InRange(i + 1 + (int)Math.Max((program[i] >> 16) & 0xFF, (program[i] >> 24) & 0xFF), 0, program.Length - 1);
                }
            }
        }
    }

    // What the kernel does with struct seccomp_data { int nr; u32 arch; u64 ip; u64 args[6]; }.
    private static uint Judge(SystemCallGroup[] groups, bool arm, bool network, uint architecture, uint number, uint first, uint second)
    {
        ulong[] program = Seccomp.Build(groups, arm, network, Own);
        uint accumulator = 0;
        for (int i = 0; ; i++)
        {
            ulong instruction = program[i];
            uint value = (uint)(instruction >> 32);
            bool isTrue;
            switch ((ushort)instruction)
            {
                case 0x20:
                    accumulator = value switch { 0 => number, 4 => architecture, 16 => first, 24 => second, _ => throw new InvalidOperationException($"load of {value}") };
                    continue;
                case 0x06:
                    return value;
                case 0x15:
                    isTrue = accumulator == value;
                    break;
                case 0x25:
                    isTrue = accumulator > value;
                    break;
                case 0x35:
                    isTrue = accumulator >= value;
                    break;
                case 0x45:
                    isTrue = (accumulator & value) != 0;
                    break;
                default:
                    throw new InvalidOperationException($"instruction {instruction:X}");
            }

            i += (int)((instruction >> (isTrue ? 16 : 24)) & 0xFF);
        }
    }
}
