using Mta.Config;
using Mta.Config.Parameters;
using Mta.Text;

namespace Mta.Mail.Dsn;

/// <summary>
/// Expands the text of templates: any main.cf parameter, and two times in a unit of choice
/// (<c>$delay_warning_time_hours</c>).
/// </summary>
/// <param name="warn">Is given texts as after <c>warning: </c>.</param>
public sealed class NoticeTemplateText(Configuration configuration, Action<string> warn)
{
    private static readonly (string Name, long Seconds)[] Units =
    [
        ("seconds", 1),
        ("minutes", 60),
        ("hours", 3600),
        ("days", 86_400),
        ("weeks", 604_800),
    ];

    private static readonly TimeParameter[] Times = [BounceParameters.DelayWarningTime, QmgrParameters.MaximalQueueLifetime];

    /// <exception cref="FatalException">A name has no value, or the text is malformed.</exception>
    public IEnumerable<string> Expand(NoticeTemplate template)
    {
        string origin = template.Origin.Length > 0 ? template.Origin : "[built-in]";
        foreach (string line in template.Text)
        {
            yield return line.Contains('$') ? ExpandLine(template, origin, line) : line;
        }
    }

    private string ExpandLine(NoticeTemplate template, string origin, string line)
    {
        Expander expander = new(
            name => Lookup(template, origin, name),
            _ => throw new FatalException($"{origin}: undefined $name in {template.Name} template: {line}"));
        try
        {
            return expander.Expand(line);
        }
        catch (ExpansionException error)
        {
            warn(error.Message);
            throw new FatalException($"{origin}: bad $name syntax in {template.Name} template: {line}", error);
        }
    }

    private string? Lookup(NoticeTemplate template, string origin, string name)
    {
        foreach (TimeParameter parameter in Times)
        {
            if (name.StartsWith(parameter.Name + "_", StringComparison.Ordinal))
            {
                return Time(template, origin, parameter, name);
            }
        }

        return configuration.Value(name) is { } value ? Printable.Neutralize(value, allowUtf8: true) : null;
    }

    private string Time(NoticeTemplate template, string origin, TimeParameter parameter, string name)
    {
        string suffix = name[(parameter.Name.Length + 1)..];
        int unit = Array.FindIndex(Units, candidate => candidate.Name == suffix);
        if (unit < 0)
        {
            throw new FatalException($"{origin}: unrecognized suffix \"{suffix}\" in parameter \"{name}\"");
        }

        long seconds = (long)configuration.Get(parameter).TotalSeconds;
        long result = seconds / Units[unit].Seconds;
        if (result > 999 && Units[unit].Seconds < 86_400)
        {
            Warn($"excessive result \"{result}\"", "increase");
        }
        else if (result == 0 && seconds > 0)
        {
            Warn("zero result", "reduce");
        }

        return result.ToString(System.Globalization.CultureInfo.InvariantCulture);

        void Warn(string what, string advice)
        {
            warn($"{origin}: {what} in {template.Name} template conversion of parameter \"{name}\"");
            warn($"please {advice} time unit \"{suffix}\" of \"{name}\" in {template.Name} template");
            warn("for instructions see the bounce(5) manual");
        }
    }
}
