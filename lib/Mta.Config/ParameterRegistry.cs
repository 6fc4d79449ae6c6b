using Mta.Config.Parameters;

namespace Mta.Config;

/// <summary>Every declared parameter, by name.</summary>
public static class ParameterRegistry
{
    private static readonly Lazy<Dictionary<string, Parameter>> ByName = new(Build);

    /// <summary>All declarations, in no particular order.</summary>
    public static IReadOnlyCollection<Parameter> All => ByName.Value.Values;

    /// <returns>Null when no parameter of that name is declared.</returns>
    public static Parameter? Find(string name) => ByName.Value.GetValueOrDefault(name);

    private static Dictionary<string, Parameter> Build()
    {
        var byName = new Dictionary<string, Parameter>(1024);
        foreach (IReadOnlyList<Parameter> group in ParameterGroups.All)
        {
            foreach (Parameter parameter in group)
            {
                byName.Add(parameter.Name, parameter);
            }
        }

        return byName;
    }
}
