using Mta.Config;

namespace Mta.Postconf;

/// <summary>Shows parameters of main.cf: <c>name = value</c>.</summary>
internal sealed class MainView(Settings settings, Vocabulary vocabulary, PostconfOptions options)
{
    private readonly Output _output = new(options.Has('f'));

    public void Print()
    {
        if (options.Operands.Count > 0)
        {
            foreach (string name in options.Operands)
            {
                if (!vocabulary.IsKnown(name))
                {
                    Warnings.Write($"{name}: unknown parameter");
                    Suggestion.Write(name, vocabulary.Names(ParameterClasses.All));
                }
                else
                {
                    Show(name);
                }
            }
        }
        else
        {
            foreach (string name in vocabulary.Names(options.Classes))
            {
                Show(name);
            }
        }

        _output.Flush();
    }

    private void Show(string name)
    {
        if (options.Has('n') && !settings.IsSet(name))
        {
            return;
        }

        if (options.Has('H'))
        {
            _output.Line(name);
            return;
        }

        string value = settings.Raw(name) ?? "";
        if (options.Has('x') && ParameterRegistry.Find(name) is not { IsRaw: true })
        {
            value = settings.Expand(value);
        }

        if (options.Has('j'))
        {
            _output.Raw(Json.Line(name, value));
        }
        else if (options.Has('h'))
        {
            _output.Line(value);
        }
        else
        {
            _output.Line($"{name} = {value}");
        }
    }
}
