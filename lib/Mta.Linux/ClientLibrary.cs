using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// Shared libraries that only some table types need: a process that does not use the type does not load them, and
/// one that does loads them at its start, before its root directory changes.
/// </summary>
public static class ClientLibrary
{
    public const string Pgsql = "libpq.so.5";
    public const string Mysql = "libmariadb.so.3";
    public const string Sqlite = "libsqlite3.so.0";
    public const string Ldap = "libldap-2.5.so.0";
    public const string Lber = "liblber-2.5.so.0";

    /// <summary>False when the library is not installed.</summary>
    public static bool TryLoad(string library) => NativeLibrary.TryLoad(library, out _);
}
