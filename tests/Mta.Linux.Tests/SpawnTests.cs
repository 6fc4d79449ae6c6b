using System.Text;

namespace Mta.Linux.Tests;

public class SpawnTests
{
    private static string Output(Func<FileHandle, SpawnRequest> request, out ChildStatus status)
    {
        (FileHandle reader, FileHandle writer) = Posix.Pipe();
        using (reader)
        {
            int process;
            using (writer)
            {
                process = Posix.Spawn(request(writer));
            }

            var text = new StringBuilder();
            byte[] buffer = new byte[4096];
            int count;
            while ((count = Posix.Read(reader, buffer)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }

            Assert.True(Posix.TryWait(process, wait: true, out status));
            return text.ToString();
        }
    }

    private static string Shell(string script, string[]? environment = null, params (int, System.Runtime.InteropServices.SafeHandle)[] descriptors) =>
        Output(
            writer => new SpawnRequest
            {
                Path = "/bin/bash",
                Arguments = ["bash", "-c", script],
                Environment = environment ?? [],
                Descriptors = [(1, writer), .. descriptors],
            },
            out _);

    [Fact]
    public void The_environment_is_exactly_what_was_given()
    {
        string output = Output(
            writer => new SpawnRequest { Path = "/usr/bin/env", Arguments = ["env"], Environment = ["A=\u00e9", "B="], Descriptors = [(1, writer)] },
            out ChildStatus status);
        Assert.Equal("A=\u00e9\nB=\n", output);
        Assert.Equal((false, 0), (status.WasKilled, status.ExitCode));
    }

    [Fact]
    public void Arguments_keep_every_byte()
    {
        Assert.Equal("a b|\u00ff|", Output(
            writer => new SpawnRequest { Path = "/usr/bin/printf", Arguments = ["printf", "%s|", "a b", "\u00ff"], Environment = [], Descriptors = [(1, writer)] },
            out _));
    }

    [Fact]
    public void Only_named_descriptors_reach_the_child()
    {
        using FileHandle hidden = Posix.Open("/dev/null", OpenFlags.ReadOnly);
        string[] open = Shell("for f in /proc/self/fd/*; do echo ${f##*/}; done").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(hidden.Descriptor.ToString(), open.Where(n => int.Parse(n) > 9));
    }

    [Fact]
    public void Numbers_may_be_exchanged()
    {
        (FileHandle reader, FileHandle writer) = Posix.Pipe();
        using (reader)
        using (writer)
        {
            Posix.WriteAll(writer, "swapped"u8);

            // Each stands where the other's source is.
            string output = Shell($"head -c 7 <&{writer.Descriptor}; echo x >&{reader.Descriptor}", null, (writer.Descriptor, reader), (reader.Descriptor, writer));
            Assert.Equal("swapped", output);
            byte[] rest = new byte[16];
            Assert.Equal(2, Posix.Read(reader, rest));
        }
    }

    [Fact]
    public void A_program_that_is_not_there_is_an_error_of_the_call()
    {
        Assert.Equal(Errno.ENOENT, Posix.TrySpawn(new SpawnRequest { Path = "/no/such", Arguments = ["x"], Environment = [] }, out _));
    }

    [Fact]
    public void A_NUL_in_an_argument_is_refused()
    {
        Assert.Throws<LinuxException>(() => Posix.TrySpawn(new SpawnRequest { Path = "/bin/true", Arguments = ["x\0y"], Environment = [] }, out _));
    }

    [Fact]
    public void A_new_session_has_its_own_process_group()
    {
        string[] fields = Output(
            writer => new SpawnRequest { Path = "/bin/cat", Arguments = ["cat", "/proc/self/stat"], Environment = [], Descriptors = [(1, writer)], NewSession = true, Directory = "/" },
            out _).Split(' ');
        Assert.Equal(fields[0], fields[4]);
        Assert.Equal(fields[0], fields[5]);
    }

    [Fact]
    public void The_end_by_a_signal_is_told_apart_from_an_exit_code()
    {
        Output(writer => new SpawnRequest { Path = "/bin/sh", Arguments = ["sh", "-c", "kill -9 $$"], Environment = [], Descriptors = [(1, writer)] }, out ChildStatus killed);
        Assert.Equal((true, 9), (killed.WasKilled, killed.Signal));
        Output(writer => new SpawnRequest { Path = "/bin/sh", Arguments = ["sh", "-c", "exit 7"], Environment = [], Descriptors = [(1, writer)] }, out ChildStatus ended);
        Assert.Equal((false, 7), (ended.WasKilled, ended.ExitCode));
    }

    [Fact]
    public void Zero_and_minus_one_are_never_signalled()
    {
        Assert.Equal(Errno.EINVAL, Posix.TryKill(0, 0));
        Assert.Equal(Errno.EINVAL, Posix.TryKill(-1, 0));
        Assert.Equal(0, Posix.TryKill(Posix.ProcessId(), 0));
    }
}
