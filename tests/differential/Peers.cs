namespace Mta.Differential;

/// <summary>What these tests need: root, and Debian's Postfix.</summary>
internal static class Peers
{
    public static bool IsRoot { get; } = Environment.UserName == "root";

    public static bool HasPostfix { get; } =
        Environment.GetEnvironmentVariable("MTA_INTEROP") is not null && File.Exists("/usr/sbin/postqueue") && File.Exists("/usr/lib/postfix/sbin/master");

    /// <summary>Why a comparison cannot be made; null when it can.</summary>
    public static string? WhyNotCompare =>
        !IsRoot ? "needs root"
        : Environment.GetEnvironmentVariable("MTA_INTEROP") is null ? "SKIPPED: compares with Debian's Postfix: run ./test.sh --interop"
        : HasPostfix ? null : "SKIPPED: Debian's package postfix is not installed";
}

/// <summary>Skipped, and said so, without Debian's Postfix.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ComparisonTheoryAttribute : TheoryAttribute
{
    public ComparisonTheoryAttribute() => Skip = Peers.WhyNotCompare;
}

/// <summary>Skipped, and said so, unless run by root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = Peers.IsRoot ? null : "needs root";
}
