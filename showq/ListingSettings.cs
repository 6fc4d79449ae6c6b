using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.Showq;

/// <summary>What main.cf says about listings.</summary>
internal sealed record ListingSettings(string EmptyAddress, string DeferService, int DuplicateLimit, bool AllowUtf8)
{
    public static ListingSettings From(Configuration configuration) => new(
        configuration.Get(GlobalParameters.EmptyAddressRecipient),
        configuration.Get(GlobalParameters.DeferServiceName),
        configuration.Get(GlobalParameters.DuplicateFilterLimit),
        configuration.Get(GlobalParameters.Smtputf8Enable));
}
