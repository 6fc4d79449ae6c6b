using Mta.Config;
using Mta.Tables;
using Mta.Tables.Index;

namespace Mta.Postfix;

/// <summary>
/// <c>hash:NAME</c> and <c>btree:NAME</c> are served from NAME.lmdb, which an existing installation does not have, and
/// which may be older than NAME: it is made anew by postmap or, for aliases, postalias.
/// </summary>
internal static class IndexedTables
{
    private static readonly string[] AliasParameters = ["alias_maps", "alias_database"];

    /// <returns>False, after messages, when an index could not be made.</returns>
    public static bool Rebuild(Instance instance)
    {
        bool isDone = true;
        TableSettings settings = instance.Configuration.TableSettings(isDaemon: false, static _ => { }, static _ => { });
        foreach ((string type, string name, bool isAliases) in Find(instance.Configuration))
        {
            string engine = settings.EngineOf(type);
            if (!IndexBuilder.IsStale(engine, name))
            {
                continue;
            }

            string command = isAliases ? "postalias" : "postmap";
            ControlLog.Info($"rebuilding {IndexBuilder.PathOf(engine, name)} from {name}");
            if (instance.Run($"{instance.CommandDirectory}/{command}", "-c", instance.Configuration.Directory, $"{type}:{name}") != 0)
            {
                ControlLog.Fatal($"cannot rebuild {IndexBuilder.PathOf(engine, name)}; run \"{command} {type}:{name}\"");
                isDone = false;
            }
        }

        return isDone;
    }

    /// <summary>Every indexed table that main.cf names and that is made from a source file.</summary>
    internal static List<(string Type, string Name, bool IsAliases)> Find(Configuration configuration)
    {
        var found = new List<(string, string, bool)>();
        foreach (string parameter in AliasParameters.Concat(configuration.SetNames).Where(static name => !TableChecks.IsCache(name)))
        {
            bool isAliases = AliasParameters.Contains(parameter);
            string? value;
            try
            {
                value = configuration.Value(parameter);
            }
            catch (ConfigurationException)
            {
                // Said where settings are checked.
                continue;
            }

            foreach (string reference in TableChecks.References(value ?? ""))
            {
                string type = reference[..reference.IndexOf(':')];
                string name = reference[(type.Length + 1)..];
                if (type is "hash" or "btree" && !found.Exists(f => f.Item1 == type && f.Item2 == name))
                {
                    found.Add((type, name, isAliases));
                }
            }
        }

        return found;
    }
}
