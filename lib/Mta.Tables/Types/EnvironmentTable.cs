using Mta.Linux;

namespace Mta.Tables.Types;

/// <summary><c>environ:NAME</c>: the environment of this process; the name means nothing.</summary>
internal sealed class EnvironmentTable(TableRegistry registry, string type, string name, TableFlags flags)
    : LookupTable(registry, type, name, flags | TableFlags.Fixed)
{
    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access) =>
        new EnvironmentTable(registry, type, name, flags);

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        // The environment of a set-id process is its caller's word.
        bool setId = Posix.RealUser != Posix.EffectiveUser || Posix.RealGroup != Posix.EffectiveGroup;
        string? value = setId || key.Contains('\0') || key.Contains('=') ? null : Environment.GetEnvironmentVariable(key);
        return new(value is null ? LookupResult.NotFound : LookupResult.Found(Text.ByteString.FromUnicode(value)));
    }
}
