using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;

namespace Mta.Postdrop;

/// <summary>authorized_submit_users: who may submit mail at all.</summary>
internal sealed class SubmitPermission(Configuration configuration, TableRegistry tables)
{
    /// <exception cref="FatalException">This user may not.</exception>
    public void Demand(uint user)
    {
        string name = LoginName(user);
        StringMatchList allowed = StringMatchList.Create(configuration, SendmailParameters.AuthorizedSubmitUsers, tables);
        MatchResult result = allowed.MatchesAsync(name).AsTask().GetAwaiter().GetResult();
        if (result != MatchResult.Yes)
        {
            throw new FatalException($"User {name}({user}) is not allowed to submit mail");
        }
    }

    /// <summary>The login name of a user; <c>unknown</c> when there is none.</summary>
    public static string LoginName(uint user) => Posix.FindUser(user)?.Name ?? "unknown";
}
