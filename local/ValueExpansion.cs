using Mta.Config;

namespace Mta.Local;

/// <summary>
/// Expands <c>$user</c>, <c>$home</c>, <c>$extension</c> and their kind in <c>forward_path</c>, <c>luser_relay</c> and
/// <c>command_execution_directory</c>. Values come from addresses, so they are never expanded again.
/// </summary>
internal sealed class ValueExpansion
{
    private readonly Addressee _addressee;
    private readonly UserRights? _rights;
    private readonly string _delimiters;
    private readonly string? _filter;

    /// <param name="filter">Characters that values may hold, others become <c>_</c>; null allows all.</param>
    public ValueExpansion(Addressee addressee, UserRights? rights, string delimiters, string? filter)
    {
        _addressee = addressee;
        _rights = rights;
        _delimiters = delimiters;
        _filter = filter;
    }

    /// <summary>The text made use of the address's extension.</summary>
    public bool UsedExtension { get; private set; }

    /// <summary>The text named something that has no value.</summary>
    public bool MetUndefined { get; private set; }

    /// <returns>Null when the text is malformed.</returns>
    public string? Expand(string text)
    {
        try
        {
            return new Expander(Find, _ => MetUndefined = true).Expand(text);
        }
        catch (ExpansionException)
        {
            return null;
        }
    }

    private string? Find(string name)
    {
        string? value = name switch
        {
            "user" => _addressee.User,
            "home" => _rights?.Account?.Home,
            "shell" => _rights?.Account?.Shell,
            "domain" => _addressee.Domain,
            "local" or "mailbox" => _addressee.Local,
            "recipient" => _addressee.Recipient.Address,
            "extension" => _addressee.Extension,
            "recipient_delimiter" => _addressee.Delimiter != '\0' ? _addressee.Delimiter.ToString() : _delimiters.Length > 0 ? _delimiters[..1] : null,
            _ => null,
        };
        if (value is not { Length: > 0 })
        {
            return null;
        }

        UsedExtension |= name == "extension";
        return Filtered(value, _filter).Replace("$", "$$", StringComparison.Ordinal);
    }

    /// <summary>Replaces what a filter does not allow.</summary>
    public static string Filtered(string value, string? filter)
    {
        if (filter is null || value.AsSpan().IndexOfAnyExcept(filter) < 0)
        {
            return value;
        }

        return string.Create(value.Length, (value, filter), static (span, state) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = state.filter.Contains(state.value[i]) ? state.value[i] : '_';
            }
        });
    }
}
