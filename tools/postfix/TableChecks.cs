using Mta.Config;
using Mta.Service;
using Mta.Tables;

namespace Mta.Postfix;

/// <summary>
/// Tables in files, opened as the daemons would open them: what cannot be opened, and entries that would be passed over,
/// are found before mail depends on them. Tables that a server answers are left to the daemons.
/// </summary>
internal static class TableChecks
{
    private static readonly string[] FileTypes = ["btree", "cdb", "cidr", "hash", "lmdb", "pcre", "regexp", "texthash"];

    /// <summary>A table that daemons make themselves, when they first need it.</summary>
    internal static bool IsCache(string name) => name is "address_verify_map" or "postscreen_cache_map" || name.EndsWith("_session_cache_database", StringComparison.Ordinal);

    /// <returns>False, after messages, when a table is broken.</returns>
    public static bool AreSound(Instance instance, IEnumerable<MasterEntry> entries)
    {
        var complaints = new List<string>();
        TableRegistry registry = new(instance.Configuration.TableSettings(isDaemon: false, complaints.Add, complaints.Add));
        bool isSound = true;
        var seen = new HashSet<string>();
        foreach ((string place, string value) in Values(instance, entries))
        {
            foreach (string reference in References(value).Where(seen.Add))
            {
                isSound &= IsSound(registry, place, reference, complaints);
            }
        }

        return isSound;
    }

    /// <summary>The tables in files that a value names, without <c>proxy:</c>.</summary>
    internal static IEnumerable<string> References(string value)
    {
        foreach (string word in value.Split([' ', '\t', '\r', '\n', ',', '{', '}'], StringSplitOptions.RemoveEmptyEntries))
        {
            string reference = word.StartsWith("proxy:", StringComparison.Ordinal) ? word["proxy:".Length..] : word;
            int colon = reference.IndexOf(":/", StringComparison.Ordinal);
            if (colon > 0 && FileTypes.Contains(reference[..colon]))
            {
                yield return reference;
            }
        }
    }

    private static bool IsSound(TableRegistry registry, string place, string reference, List<string> complaints)
    {
        complaints.Clear();
        if (!registry.TryOpen(reference, TableFlags.Usual, TableAccess.ReadOnly, out _, out string error))
        {
            ControlLog.Fatal($"{place}: {reference}: {error}");
            return false;
        }

        bool isSound = true;
        foreach (string complaint in complaints)
        {
            // What stands in a table twice is odd, and not broken.
            if (complaint.Contains("duplicate", StringComparison.Ordinal))
            {
                ControlLog.Warning(complaint);
                continue;
            }

            ControlLog.Fatal($"{place}: {complaint}");
            isSound = false;
        }

        return isSound;
    }

    private static IEnumerable<(string Place, string Value)> Values(Instance instance, IEnumerable<MasterEntry> entries)
    {
        foreach (string name in instance.Configuration.SetNames.Where(static name => !IsCache(name)))
        {
            yield return ($"{instance.Configuration.Directory}/main.cf: parameter {name}", instance.Configuration.Value(name) ?? "");
        }

        foreach (MasterEntry entry in entries)
        {
            foreach ((string name, string value) in DaemonOptions.Parse(entry.Command, entry.Arguments).Overrides.Where(static setting => !IsCache(setting.Name)))
            {
                yield return ($"{instance.Configuration.Directory}/master.cf: line {entry.Line}: parameter {name}", value);
            }
        }
    }
}
