using Mta.Tables;
using Mta.Text;

namespace Mta.Config;

/// <summary>Whole strings, in any case: user names, keywords, commands.</summary>
public sealed class StringMatchList : MatchList
{
    /// <param name="title">The parameter's name, for log lines.</param>
    /// <param name="patterns">The list, expanded.</param>
    /// <exception cref="FatalException">A table cannot be opened, and surrogates are off.</exception>
    public StringMatchList(string title, string patterns, TableRegistry tables)
        : base(title, patterns, tables, readNetworks: false)
    {
    }

    /// <summary>The list that a parameter holds.</summary>
    /// <exception cref="FatalException">A table cannot be opened, and surrogates are off.</exception>
    public static StringMatchList Create(Configuration configuration, Parameter<string> parameter, TableRegistry tables) =>
        new(parameter.Name, configuration.Get(parameter), tables);

    public ValueTask<MatchResult> MatchesAsync(string text, CancellationToken stop = default) => MatchAsync(new MatchSubject(text), stop);

    private protected override bool MatchesText(in MatchPattern pattern, in MatchSubject subject) => Ascii.EqualsIgnoreCase(pattern.Text, subject.Name);

    private protected override ValueTask<LookupResult> LookupAsync(LookupTable table, MatchSubject subject, CancellationToken stop) =>
        table.LookupAsync(subject.Name, stop);
}
