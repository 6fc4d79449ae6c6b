using System.Reflection;
using System.Text.RegularExpressions;
using Mta.Config.Parameters;

namespace Mta.Config.Tests;

public sealed partial class ParameterDeclarationTests
{
    private static readonly Type[] Groups = [.. typeof(ParameterGroups).Assembly.GetTypes().Where(t => t.Namespace == typeof(ParameterGroups).Namespace && t.Name.EndsWith("Parameters", StringComparison.Ordinal))];

    [Fact]
    public void Every_declaration_is_in_the_list_of_its_group()
    {
        foreach (Type group in Groups)
        {
            var all = (IReadOnlyList<Parameter>)group.GetField("All")!.GetValue(null)!;
            IEnumerable<Parameter> declared = group.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<Parameter>();
            Assert.Equal(declared.Select(p => p.Name).Order(StringComparer.Ordinal), all.Select(p => p.Name).Order(StringComparer.Ordinal));
        }

        Assert.Equal(Groups.Length, ParameterGroups.All.Count);
    }

    [Fact]
    public void Names_are_declared_once()
    {
        string[] names = [.. ParameterGroups.All.SelectMany(g => g).Select(p => p.Name)];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_property_is_named_as_its_parameter()
    {
        foreach (FieldInfo field in Groups.SelectMany(g => g.GetFields(BindingFlags.Public | BindingFlags.Static)))
        {
            if (field.GetValue(null) is Parameter parameter && parameter.Name != "2bounce_notice_recipient")
            {
                Assert.Equal(parameter.Name.Replace("_", "", StringComparison.Ordinal), field.Name, ignoreCase: true);
            }
        }
    }

    [Fact]
    public void Every_declaration_says_what_it_means()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Mta.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        foreach (string file in Directory.GetFiles(Path.Combine(folder!, "lib/Mta.Config/Parameters"), "*Parameters.cs"))
        {
            string text = File.ReadAllText(file);
            Assert.Equal(DeclarationPattern().Count(text), DocumentedPattern().Count(text));
            Assert.DoesNotContain("<summary>Setting <c>", text, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"^    public static readonly \w+Parameter ", RegexOptions.Multiline)]
    private static partial Regex DeclarationPattern();

    [GeneratedRegex(@"</summary>\n    public static readonly \w+Parameter ", RegexOptions.Multiline)]
    private static partial Regex DocumentedPattern();
}
