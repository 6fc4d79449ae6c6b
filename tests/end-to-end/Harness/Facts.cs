namespace Mta.EndToEnd;

/// <summary>Skipped, and said so, unless run by root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        Skip = Peers.WhyNot(root: true);
    }
}

/// <summary>Skipped, and said so, unless the peers are here (<c>./test.sh --interop</c>, as root).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(params string[] programs)
    {
        Skip = Peers.WhyNot(root: true, programs);
    }
}

/// <inheritdoc cref="PeerFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(params string[] programs)
    {
        Skip = Peers.WhyNot(root: true, programs);
    }
}

internal static class Peers
{
    public static string? WhyNot(bool root, params string[] programs)
    {
        if (root && !Shell.IsRoot)
        {
            return "needs root";
        }

        if (programs.Length > 0 && Environment.GetEnvironmentVariable("MTA_INTEROP") is null)
        {
            return "a peer test: run ./test.sh --interop";
        }

        string? missing = programs.FirstOrDefault(program => !File.Exists(program));
        return missing is null ? null : $"SKIPPED: the peer {missing} is not installed";
    }
}
