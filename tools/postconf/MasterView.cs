using Mta.Config;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>Shows master.cf: whole entries (-M), single fields (-F), settings of services (-P).</summary>
internal sealed class MasterView(Settings settings, MasterFile master, PostconfOptions options)
{
    private readonly Output _output = new(options.Has('f'));

    /// <exception cref="FatalException">A request is malformed.</exception>
    public void Print()
    {
        IReadOnlyList<string> requests = options.Operands.Count > 0 ? options.Operands : ["*"];
        foreach (string request in requests)
        {
            Pattern pattern = Pattern.Parse(request, options.Mode == 'M' ? 2 : 3) ?? throw new FatalException(options.Mode switch
            {
                'M' => "-M option requires service_name[/type]",
                'F' => "-F option requires service_name[/type[/field]]",
                _ => "-P option requires service_name[/type[/parameter]]",
            });
            bool found = false;
            IEnumerable<MasterLine> lines = master.Lines.Where(pattern.Matches);
            foreach (MasterLine line in lines)
            {
                found |= options.Mode switch
                {
                    'M' => ShowEntry(line),
                    'F' => ShowFields(line, pattern.Detail),
                    _ => ShowSettings(line, pattern.Detail),
                };
            }

            if (!found && options.Operands.Count > 0)
            {
                Warnings.Write($"unmatched request: \"{request}\"");
            }
        }

        _output.Flush();
    }

    private bool ShowEntry(MasterLine line)
    {
        _output.Raw(options.Has('j')
            ? Json.Line($"{line.Service}/{line.Type}", $"{string.Join(' ', line.Fields[..7])} {line.CommandText(Expansion(line))}")
            : line.Text(options.Has('f'), Expansion(line)));
        return true;
    }

    private bool ShowFields(MasterLine line, string field)
    {
        if (field != "*" && !MasterLine.FieldNames.Contains(field))
        {
            throw new FatalException($"invalid service attribute name: \"{field}\"");
        }

        bool found = false;
        for (int i = 0; i < MasterLine.FieldNames.Length; i++)
        {
            string name = MasterLine.FieldNames[i];
            if (Pattern.IsMatch(field, name))
            {
                found = true;
                if (name == "command" && options.Has('f') && !options.Has('j') && !options.Has('H'))
                {
                    _output.Raw(line.FoldedCommand(options.Has('h') ? "" : $"{line.Service}/{line.Type}/{name} = ", Expansion(line)));
                    continue;
                }

                Show($"{line.Service}/{line.Type}/{name}", name == "command" ? line.CommandText(Expansion(line)) : line.Fields[i]);
            }
        }

        return found;
    }

    private bool ShowSettings(MasterLine line, string parameter)
    {
        bool found = false;
        Func<string, string>? expand = Expansion(line);
        Dictionary<string, string> last = new(StringComparer.Ordinal);
        foreach ((string name, string value) in line.Overrides)
        {
            last[name] = value;
        }

        foreach ((string name, string value) in last.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (Pattern.IsMatch(parameter, name))
            {
                found = true;
                Show($"{line.Service}/{line.Type}/{name}", expand is null ? value : expand(value));
            }
        }

        return found;
    }

    private void Show(string name, string value)
    {
        if (options.Has('j'))
        {
            _output.Raw(Json.Line(name, value));
            return;
        }

        _output.Line(options.Has('H') ? name : options.Has('h') ? value : $"{name} = {value}");
    }

    // A service's own settings come before those of main.cf.
    private Func<string, string>? Expansion(MasterLine line)
    {
        if (!options.Has('x'))
        {
            return null;
        }

        Dictionary<string, string> own = new(StringComparer.Ordinal);
        foreach ((string name, string value) in line.Overrides)
        {
            own[name] = value;
        }

        // What a service is called is no setting.
        Expander expander = new(name => name switch
        {
            "service_name" => line.Service,
            "process_name" => line.Command,
            _ => own.TryGetValue(name, out string? value) ? value : settings.Raw(name),
        });
        return text =>
        {
            try
            {
                return expander.Expand(text);
            }
            catch (ExpansionException error)
            {
                Warnings.Write(error.Message);
                throw new FatalException("macro processing error", error);
            }
        };
    }
}
