using System.Reflection;
using Xunit.Sdk;

namespace Mta.EndToEnd;

/// <summary>
/// Says of a test which program of others it runs beside ours and what the two exchange; a row of docs/NEIGHBOURS.md
/// for each exchange. The test says <see cref="Matrix.Passed"/> as its last statement.
/// </summary>
/// <param name="package">The Debian package, or what it is when it is none.</param>
/// <param name="source">Where the configuration on both sides comes from.</param>
/// <param name="exchanges">One phrase for each exchange; no vertical bars.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class NeighbourAttribute(string package, string source, params string[] exchanges) : BeforeAfterTestAttribute
{
    public string Package { get; } = package;

    public string Source { get; } = source;

    public IReadOnlyList<string> Exchanges { get; } = exchanges;

    public override void Before(MethodInfo methodUnderTest) => Matrix.Begin(methodUnderTest, this);
}
