using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Text;

namespace Mta.Config;

/// <summary>Which lists match subdomains of the domains they name.</summary>
public static class ParentDomains
{
    /// <param name="listName">A parameter's name, or <c>smtpd_access_maps</c>.</param>
    /// <returns>True when <c>domain.tld</c> stands for its subdomains too; false when that takes <c>.domain.tld</c>.</returns>
    public static bool Match(Configuration configuration, string listName)
    {
        foreach (string word in TableListSyntax.Split(configuration.Get(GlobalParameters.ParentDomainMatchesSubdomains)))
        {
            if (Ascii.EqualsIgnoreCase(word, listName))
            {
                return true;
            }
        }

        return false;
    }
}
