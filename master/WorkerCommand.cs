using Mta.Config;
using Mta.Mail.Protocols;
using Mta.Service;

namespace Mta.Master;

/// <summary>The argument vector and the environment of a process that the master starts.</summary>
internal static class WorkerCommand
{
    /// <summary>argv, in Postfix's order: daemons of either origin must understand it.</summary>
    public static List<string> Arguments(Service service, MasterOptions options, bool chroot)
    {
        MasterEntry entry = service.Entry;
        var arguments = new List<string> { entry.Command };
        if (service.Limit == 1)
        {
            arguments.Add("-l");
        }

        if (service.Limit == 0)
        {
            arguments.Add("-z");
        }

        if (entry.Command[(entry.Command.LastIndexOf('/') + 1)..] != entry.Name)
        {
            arguments.AddRange(["-n", entry.Name]);
        }

        arguments.AddRange(["-t", entry.TypeName]);
        if (options.StaysAttached)
        {
            arguments.Add("-d");
        }

        if (options.IsVerbose)
        {
            arguments.Add("-v");
        }

        if (entry.IsUnprivileged)
        {
            arguments.Add("-u");
        }

        if (chroot)
        {
            arguments.Add("-c");
        }

        if (service.AdaptsToStress)
        {
            arguments.AddRange(["-o", service.InStress ? "stress=yes" : "stress="]);
        }

        if (service.Listeners.Count > 1)
        {
            arguments.AddRange(["-s", service.Listeners.Count.ToString()]);
        }

        arguments.AddRange(entry.Arguments);
        return arguments;
    }

    /// <summary>
    /// The variables that import_environment lets through: <c>NAME</c> as the caller has it, <c>NAME=value</c> as it
    /// says. Nothing else of the caller's reaches a daemon.
    /// </summary>
    /// <param name="lookup">The caller's variable, or null.</param>
    /// <param name="own">What the master itself sets; wins over the rest.</param>
    public static List<string> Environment(string importEnvironment, Func<string, string?> lookup, params ReadOnlySpan<(string Name, string Value)> own)
    {
        var values = new Dictionary<string, string>();
        foreach (string item in ProgramEnvironment.Split(importEnvironment))
        {
            int equals = item.IndexOf('=');
            string name = (equals < 0 ? item : item[..equals]).Trim();
            if (name.Length == 0)
            {
                continue;
            }

            if (equals >= 0)
            {
                values[name] = item[(equals + 1)..].Trim();
            }
            else if (lookup(name) is { } value)
            {
                values[name] = value;
            }
        }

        foreach ((string name, string value) in own)
        {
            values[name] = value;
        }

        return values.Select(v => $"{v.Key}={v.Value}").ToList();
    }

    /// <summary>What one process gets on top: its number, its share and what that is a part of.</summary>
    public static IEnumerable<string> OwnVariables(uint generation, int share, int limit, int? stressDescriptor)
    {
        yield return $"{MasterProtocol.GenerationVariable}={Convert.ToString(generation, 8)}";
        yield return $"{MasterProtocol.ClientsVariable}={share}";
        yield return $"{MasterProtocol.LimitVariable}={limit}";
        if (stressDescriptor is { } descriptor)
        {
            yield return $"{MasterProtocol.StressVariable}={descriptor}";
        }
    }
}
