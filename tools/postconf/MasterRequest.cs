using Mta.Config;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>One edit of master.cf: which entries, and what to change in them.</summary>
internal sealed class MasterRequest
{
    private readonly char _mode;
    private readonly string _value;

    private MasterRequest(char mode, string text, Pattern pattern, string value)
    {
        _mode = mode;
        Text = text;
        Pattern = pattern;
        _value = value;
    }

    public string Text { get; }

    public Pattern Pattern { get; }

    /// <summary>The new entry of -Me; else null.</summary>
    public MasterLine? Entry { get; private init; }

    /// <summary>An entry was found for it.</summary>
    public bool IsDone { get; set; }

    /// <exception cref="FatalException">The request is malformed.</exception>
    public static MasterRequest Parse(char mode, char edit, string text)
    {
        if (text.Contains('\n'))
        {
            throw new FatalException("-Me, -Fe, -Pe, -X, or -# accept no multi-line input");
        }

        string trimmed = text.TrimStart(' ', '\t', '\r', '\v', '\f');
        if (trimmed.StartsWith('#'))
        {
            throw new FatalException("-Me, -Fe, -Pe, -X, or -# accept no comment input");
        }

        string name = trimmed;
        string value = "";
        if (edit == 'e')
        {
            try
            {
                (name, value) = MainCf.SplitAssignment(trimmed);
            }
            catch (FormatException error)
            {
                throw new FatalException(error.Message, error);
            }
        }
        else if (trimmed.Contains('='))
        {
            throw new FatalException("-X or -# requires names without value");
        }

        return mode switch
        {
            'M' => ForEntry(text, name, value, edit),
            'F' => ForField(text, name, value),
            _ => ForSetting(text, name, value),
        };
    }

    /// <summary>Changes a field or setting of an entry.</summary>
    public void Change(MasterLine line, char edit)
    {
        IsDone = true;
        if (_mode == 'P')
        {
            if (edit == 'e')
            {
                line.SetOverride(Pattern.Detail, _value);
            }
            else
            {
                line.Arguments.RemoveAll(argument => argument.Name == Pattern.Detail);
            }

            return;
        }

        if (Pattern.Detail == "command")
        {
            line.SetCommand(_value, Text);
            return;
        }

        int field = Array.IndexOf(MasterLine.FieldNames, Pattern.Detail);
        MasterLine.DemandValid(field, _value, _value);
        line.Fields[field] = _value;
    }

    private static MasterRequest ForEntry(string text, string name, string value, char edit)
    {
        Pattern pattern = Pattern.Parse(name, 2) is { Count: 2 } parsed ? parsed : throw new FatalException("-Me, -MX or -M# requires service_name/type");
        return new MasterRequest('M', text, pattern, value) { Entry = edit == 'e' ? MasterLine.FromText(value, text, isRequest: true) : null };
    }

    private static MasterRequest ForField(string text, string name, string value)
    {
        Pattern pattern = Pattern.Parse(name, 3) is { Count: 3 } parsed ? parsed : throw new FatalException("-Fe or -FX requires service_name/type/field_name");
        if (pattern.Detail == "*")
        {
            throw new FatalException("-Fe does not accept wild-card field name");
        }

        if (!MasterLine.FieldNames.Contains(pattern.Detail))
        {
            throw new FatalException($"invalid service attribute name: \"{pattern.Detail}\"");
        }

        return pattern.Detail != "command" && value.Any(Ascii.IsSpace)
            ? throw new FatalException("-Fe does not accept whitespace in non-command field")
            : new MasterRequest('F', text, pattern, value);
    }

    private static MasterRequest ForSetting(string text, string name, string value)
    {
        Pattern pattern = Pattern.Parse(name, 3) is { Count: 3 } parsed ? parsed : throw new FatalException("-Pe or -PX requires service_name/type/parameter");
        if (pattern.Detail == "*")
        {
            throw new FatalException("-Pe does not accept wild-card parameter name");
        }

        return value.Any(Ascii.IsSpace)
            ? throw new FatalException("-Pe does not accept whitespace in parameter value")
            : new MasterRequest('P', text, pattern, value);
    }
}
