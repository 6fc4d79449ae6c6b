namespace Mta.Service;

/// <summary>
/// Classic getopt(3): clustered letters, <c>-ofoo</c> or <c>-o foo</c>, ends at the first operand or <c>--</c>.
/// </summary>
/// <param name="letters">Option letters; a colon behind a letter means that it takes an argument.</param>
public sealed class GetOpt(IReadOnlyList<string> arguments, string letters)
{
    private int _index;
    private int _position;

    /// <summary>The option letter found last; with <see cref="IsUnknown"/> or <see cref="LacksArgument"/>, the one at fault.</summary>
    public char Option { get; private set; }

    /// <summary>The argument of <see cref="Option"/>; empty when it takes none.</summary>
    public string Argument { get; private set; } = "";

    /// <summary>The letter is not among those allowed.</summary>
    public bool IsUnknown { get; private set; }

    /// <summary>The command line ended before the letter's argument.</summary>
    public bool LacksArgument { get; private set; }

    /// <summary>The C library's words for what is wrong, without the program name in front.</summary>
    public string Error => IsUnknown
        ? $"invalid option -- '{Option}'"
        : $"option requires an argument -- '{Option}'";

    /// <summary>What follows the options. Complete once <see cref="Next"/> returned false.</summary>
    public IReadOnlyList<string> Operands => [.. arguments.Skip(_index)];

    /// <summary>Finds the next option.</summary>
    /// <returns>False when there are no more.</returns>
    public bool Next()
    {
        Argument = "";
        IsUnknown = LacksArgument = false;
        if (_position == 0)
        {
            if (_index >= arguments.Count || arguments[_index].Length < 2 || arguments[_index][0] != '-')
            {
                return false;
            }

            if (arguments[_index] == "--")
            {
                _index++;
                return false;
            }

            _position = 1;
        }

        string word = arguments[_index];
        Option = word[_position++];
        int letter = Option == ':' ? -1 : letters.IndexOf(Option, StringComparison.Ordinal);
        bool isLast = _position == word.Length;
        if (letter < 0)
        {
            IsUnknown = true;
            Leave(isLast);
            return true;
        }

        if (letter + 1 >= letters.Length || letters[letter + 1] != ':')
        {
            Leave(isLast);
            return true;
        }

        if (!isLast)
        {
            Argument = word[_position..];
            Leave(true);
            return true;
        }

        Leave(true);
        if (_index >= arguments.Count)
        {
            LacksArgument = true;
            return true;
        }

        Argument = arguments[_index++];
        return true;
    }

    private void Leave(bool word)
    {
        if (word)
        {
            _index++;
            _position = 0;
        }
    }
}
