using Mta.Tables;

namespace Mta.Config;

/// <summary>One element of a match list, files already replaced by what they hold.</summary>
/// <param name="Result">What a match means: Yes, or No behind an odd number of <c>!</c>.</param>
/// <param name="Text">A name, address or network; the reference of a table.</param>
/// <param name="Table">The table to ask; null for text.</param>
/// <param name="Network">The network that the text names; holds nothing when it names none.</param>
/// <param name="Error">Why the element cannot be used; asking it fails.</param>
internal readonly record struct MatchPattern(MatchResult Result, string Text, LookupTable? Table, Network Network, string? Error);
