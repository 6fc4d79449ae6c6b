using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>One line of the group database; strings are byte strings.</summary>
public sealed record Group(string Name, string Password, uint GroupId, IReadOnlyList<string> Members);

public static partial class Posix
{
    /// <summary>Looks a group up by name through the system's name services.</summary>
    /// <returns>0 with a null group when there is none, 0 with the group, or the error number.</returns>
    public static unsafe int TryGetGroup(string name, out Group? group)
    {
        group = null;
        for (int size = 1024; ; size *= 4)
        {
            byte[] buffer = new byte[size];
            GroupEntry entry;
            GroupEntry* found;
            fixed (byte* pointer = buffer)
            {
                int errno = GetGroupByNameNative(name, &entry, pointer, (nuint)size, &found);
                if (errno == 0)
                {
                    group = found == null ? null : ToGroup(entry);
                    return 0;
                }

                const int tooSmall = 34;
                if (errno != tooSmall || size > 1 << 22)
                {
                    return errno is Errno.ENOENT or Errno.ESRCH or Errno.EBADF or Errno.EPERM ? 0 : errno;
                }
            }
        }
    }

    private static unsafe Group ToGroup(GroupEntry entry)
    {
        List<string> members = [];
        for (byte** member = entry.Members; *member != null; member++)
        {
            members.Add(Latin1(*member));
        }

        return new Group(Latin1(entry.Name), Latin1(entry.Password), entry.GroupId, members);
    }

    private static unsafe string Latin1(byte* text) =>
        text == null ? "" : System.Text.Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct GroupEntry
    {
        public byte* Name;
        public byte* Password;
        public uint GroupId;
        public byte** Members;
    }

    [LibraryImport("libc", EntryPoint = "getgrnam_r")]
    private static unsafe partial int GetGroupByNameNative([MarshalUsing(typeof(ByteStringMarshaller))] string name, GroupEntry* entry, byte* buffer, nuint size, GroupEntry** found);
}
