using System.Globalization;
using Mta.Linux;

namespace Mta.Tables.Types;

/// <summary><c>unix:passwd.byname</c> and <c>unix:group.byname</c>: the system's users and groups.</summary>
internal sealed class UnixTable : LookupTable
{
    private bool _works;

    private UnixTable(TableRegistry registry, string type, string name, TableFlags flags)
        : base(registry, type, name, flags | TableFlags.Fixed)
    {
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        return name is "passwd.byname" or "group.byname"
            ? new UnixTable(registry, type, name, flags)
            : throw new TableException($"unknown table: {type}:{name}");
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        if (key.Contains('\0'))
        {
            return new(LookupResult.NotFound);
        }

        int errno = Find(key, out string? found);

        // A broken name service also says "no such user": before the first such answer counts, root has to be there, and
        // the answer has to be the same once more.
        if (errno == 0 && found is null && !_works)
        {
            errno = Posix.TryGetAccount(0, out Account? root);
            if (errno != 0 || root is null)
            {
                return new(LookupResult.Failed($"{Reference}: cannot find the account of uid 0"));
            }

            errno = Find(key, out found);
            _works = true;
        }

        if (errno != 0)
        {
            return new(LookupResult.Failed($"{Reference}: {Errno.Text(errno)}"));
        }

        return new(found is null ? LookupResult.NotFound : LookupResult.Found(found));
    }

    private int Find(string key, out string? entry) => Name == "passwd.byname" ? FindUser(key, out entry) : FindGroup(key, out entry);

    private static int FindUser(string key, out string? entry)
    {
        int errno = Posix.TryGetAccount(key, out Account? user);
        entry = user is null ? null : string.Create(CultureInfo.InvariantCulture, $"{user.Name}:x:{user.UserId}:{user.GroupId}:{user.Gecos}:{user.Home}:{user.Shell}");
        return errno;
    }

    private static int FindGroup(string key, out string? entry)
    {
        int errno = Posix.TryGetGroup(key, out Group? group);
        entry = group is null ? null : string.Create(CultureInfo.InvariantCulture, $"{group.Name}:{group.Password}:{group.GroupId}:{string.Join(',', group.Members)}");
        return errno;
    }
}
