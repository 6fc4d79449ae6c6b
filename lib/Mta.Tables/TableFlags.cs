using System.Text;

namespace Mta.Tables;

/// <summary>
/// What a caller asks of a table, and what the table tells about itself. The bits are those of the
/// <c>proxymap</c> protocol.
/// </summary>
[Flags]
public enum TableFlags
{
    None = 0,

    /// <summary>A duplicate key in a source is a warning (the first one stays).</summary>
    WarnDuplicate = 1 << 0,

    /// <summary>A duplicate key in a source is passed over in silence (the first one stays).</summary>
    IgnoreDuplicate = 1 << 1,

    /// <summary>Keys and values without a trailing NUL.</summary>
    TryWithoutNul = 1 << 2,

    /// <summary>Keys and values with a trailing NUL.</summary>
    TryWithNul = 1 << 3,

    /// <summary>Set by the table: exact keys; partial keys (user, @domain, parent domains) make sense.</summary>
    Fixed = 1 << 4,

    /// <summary>Set by the table: the whole key only.</summary>
    Pattern = 1 << 5,

    /// <summary>Lock the file around lookups and updates.</summary>
    Lock = 1 << 6,

    /// <summary>A duplicate key in a source replaces the first one.</summary>
    ReplaceDuplicate = 1 << 7,

    /// <summary>Flush every update.</summary>
    SyncUpdate = 1 << 8,

    Debug = 1 << 9,

    /// <summary>No <c>$1</c>: the result of a regular expression must not hold attacker-chosen text (alias, uid and path maps).</summary>
    NoRegexpSubstitution = 1 << 11,

    /// <summary><c>proxy:</c> is taken off and the table opened directly.</summary>
    NoProxy = 1 << 12,

    /// <summary>Tables whose source cannot be authenticated (tcp, socketmap) are refused.</summary>
    NoUnauthenticated = 1 << 13,

    /// <summary>Fixed tables: fold the key to lower case.</summary>
    FoldFixed = 1 << 14,

    /// <summary>Pattern tables: fold the key to lower case.</summary>
    FoldPattern = 1 << 15,

    OpenLock = 1 << 16,
    BulkUpdate = 1 << 17,

    /// <summary>Set by the table: several processes may update it at the same time.</summary>
    MultiWriter = 1 << 18,

    /// <summary>Keys and values must be valid UTF-8 (when <see cref="TableSettings.Utf8"/> is on).</summary>
    Utf8Request = 1 << 19,

    /// <summary>Set by the table: UTF-8 checks are in force.</summary>
    Utf8Active = 1 << 20,

    /// <summary>Values in a source name files whose content is stored (postmap -F).</summary>
    SourceNamesFiles = 1 << 21,

    /// <summary>What nearly every daemon asks for.</summary>
    Usual = Lock | FoldFixed | Utf8Request,
}

/// <summary>The flags as they stand in log lines.</summary>
public static class TableFlagsText
{
    private static readonly (TableFlags Flag, string Name)[] Names =
    [
        (TableFlags.WarnDuplicate, "warn_dup"),
        (TableFlags.IgnoreDuplicate, "ignore_dup"),
        (TableFlags.TryWithoutNul, "try0null"),
        (TableFlags.TryWithNul, "try1null"),
        (TableFlags.Fixed, "fixed"),
        (TableFlags.Pattern, "pattern"),
        (TableFlags.Lock, "lock"),
        (TableFlags.ReplaceDuplicate, "dup_replace"),
        (TableFlags.SyncUpdate, "sync_update"),
        (TableFlags.Debug, "debug"),
        (TableFlags.NoRegexpSubstitution, "no_regsub"),
        (TableFlags.NoProxy, "no_proxy"),
        (TableFlags.NoUnauthenticated, "no_unauth"),
        (TableFlags.FoldFixed, "fold_fix"),
        (TableFlags.FoldPattern, "fold_mul"),
        (TableFlags.OpenLock, "open_lock"),
        (TableFlags.BulkUpdate, "bulk_update"),
        (TableFlags.MultiWriter, "multi_writer"),
        (TableFlags.Utf8Request, "utf8_request"),
        (TableFlags.Utf8Active, "utf8_active"),
        (TableFlags.SourceNamesFiles, "src_rhs_is_file"),
    ];

    /// <summary>Names joined by <c>|</c>, for example <c>lock|fold_fix|utf8_request</c>.</summary>
    public static string Format(TableFlags flags)
    {
        StringBuilder text = new();
        foreach ((TableFlags flag, string name) in Names)
        {
            if (flags.HasFlag(flag))
            {
                text.Append(text.Length > 0 ? "|" : "").Append(name);
            }
        }

        return text.ToString();
    }
}
