using Mta.Config;
using Mta.Tables.Source;

namespace Mta.Service.TableCommands;

/// <summary>In what postmap and postalias differ.</summary>
public sealed record TableCommandFormat
{
    /// <summary>Option letters, as for getopt.</summary>
    public required string Letters { get; init; }

    /// <summary>The usage line, as it stands behind <c>fatal: </c>.</summary>
    public required string Usage { get; init; }

    /// <summary>What stands between key and value in listings.</summary>
    public required string Separator { get; init; }

    /// <summary>Reads a source: bytes, name for warnings, UTF-8 wanted, where warnings go.</summary>
    public required Func<byte[], string, bool, Action<string>, IEnumerable<SourceEntry>> Read { get; init; }

    /// <summary>Entries that end every index.</summary>
    public Func<Configuration, IEnumerable<SourceEntry>> Marks { get; init; } = static _ => [];

    /// <summary>Keys found in a message: bytes, header keys wanted, body keys wanted, MIME structure followed. Null: no such mode.</summary>
    public Func<byte[], bool, bool, bool, IEnumerable<string>>? MessageKeys { get; init; }
}
