using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>
/// A program to start. Everything the child gets is named here: arguments, environment, descriptors. All other
/// descriptors of this process are close-on-exec by rule and do not reach it.
/// </summary>
public sealed class SpawnRequest
{
    /// <summary>The file to execute; no PATH search.</summary>
    public required string Path { get; init; }

    /// <summary>The argument vector with argv[0], byte strings.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, <c>NAME=value</c> byte strings. Nothing is inherited.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Number in the child and the descriptor it stands for. Numbers may overlap the sources' own.</summary>
    public IReadOnlyList<(int Number, SafeHandle Source)> Descriptors { get; init; } = [];

    /// <summary>Directory to enter before exec; null keeps the caller's.</summary>
    public string? Directory { get; init; }

    /// <summary>Null: the caller's process group. 0: a new group of its own. Else: that group.</summary>
    public int? ProcessGroup { get; init; }

    /// <summary>Begin a new session (setsid), without a terminal.</summary>
    public bool NewSession { get; init; }

    /// <summary>Signals that get their default action in the child though ignored here.</summary>
    public IReadOnlyList<int> DefaultSignals { get; init; } = [];

    /// <summary>The same with one more variable.</summary>
    public SpawnRequest With(string variable) => new()
    {
        Path = Path,
        Arguments = Arguments,
        Environment = [.. Environment, variable],
        Descriptors = Descriptors,
        Directory = Directory,
        ProcessGroup = ProcessGroup,
        NewSession = NewSession,
        DefaultSignals = DefaultSignals,
    };
}

public static partial class Posix
{
    private const short SpawnSetProcessGroup = 0x02;
    private const short SpawnSetSignalDefault = 0x04;
    private const short SpawnSetSignalMask = 0x08;
    private const short SpawnSetSession = 0x80;

    /// <summary>
    /// Starts a program (posix_spawn; a managed process never forks). The child's signal mask is empty.
    /// </summary>
    /// <returns>Its process number; the caller reaps it with <see cref="TryWait"/>.</returns>
    /// <exception cref="LinuxException">It could not be started; exec errors (ENOENT, EACCES) are seen here too.</exception>
    public static int Spawn(SpawnRequest request)
    {
        int errno = TrySpawn(request, out int process);
        return errno == 0 ? process : throw new LinuxException(errno, "posix_spawn", request.Path);
    }

    /// <returns>0, or the error number.</returns>
    public static unsafe int TrySpawn(SpawnRequest request, out int process)
    {
        // glibc's structures have 80 and 336 bytes; there is room for growth.
        byte* actions = stackalloc byte[512];
        byte* attributes = stackalloc byte[1024];
        byte* signals = stackalloc byte[128];
        var copies = new List<FileHandle>(request.Descriptors.Count);
        byte** arguments = null;
        byte** environment = null;
        int child = 0;
        ActionsInit(actions);
        AttributesInit(attributes);
        try
        {
            arguments = NativeText.ToVector(request.Arguments);
            environment = NativeText.ToVector(request.Environment);

            // Sources may carry numbers that are targets of others, so all of them are first copied out of the way.
            int above = 3;
            foreach ((int number, _) in request.Descriptors)
            {
                above = Math.Max(above, number + 1);
            }

            foreach ((int number, SafeHandle source) in request.Descriptors)
            {
                FileHandle copy = Duplicate(source, above);
                copies.Add(copy);
                Check(ActionsAddDup2(actions, copy.Descriptor, number));
            }

            if (request.Directory is { } directory)
            {
                Check(ActionsAddChdir(actions, directory));
            }

            short flags = SpawnSetSignalMask;
            SigEmptySet(signals);
            Check(AttributesSetSignalMask(attributes, signals));
            if (request.ProcessGroup is { } group)
            {
                flags |= SpawnSetProcessGroup;
                Check(AttributesSetProcessGroup(attributes, group));
            }

            if (request.NewSession)
            {
                flags |= SpawnSetSession;
            }

            if (request.DefaultSignals.Count > 0)
            {
                foreach (int signal in request.DefaultSignals)
                {
                    SigAddSet(signals, signal);
                }

                flags |= SpawnSetSignalDefault;
                Check(AttributesSetSignalDefault(attributes, signals));
            }

            Check(AttributesSetFlags(attributes, flags));
            ThreadWaking.Leave(); // the child is as this thread is
            int errno = SpawnNative(&child, request.Path, actions, attributes, arguments, environment);
            process = errno == 0 ? child : 0;
            return errno;
        }
        finally
        {
            ActionsDestroy(actions);
            AttributesDestroy(attributes);
            NativeMemory.Free(arguments);
            NativeMemory.Free(environment);
            foreach (FileHandle copy in copies)
            {
                copy.Dispose();
            }
        }
    }

    private static void Check(int errno)
    {
        if (errno != 0)
        {
            throw new LinuxException(errno, "posix_spawn");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    private static unsafe partial int SpawnNative(int* process, [MarshalUsing(typeof(ByteStringMarshaller))] string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static unsafe partial int ActionsAddDup2(byte* actions, int source, int target);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    private static unsafe partial int ActionsAddChdir(byte* actions, [MarshalUsing(typeof(ByteStringMarshaller))] string directory);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    private static unsafe partial int AttributesSetProcessGroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static unsafe partial int AttributesSetSignalMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static unsafe partial int AttributesSetSignalDefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static unsafe partial int SigEmptySet(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static unsafe partial int SigAddSet(byte* signals, int signal);
}
