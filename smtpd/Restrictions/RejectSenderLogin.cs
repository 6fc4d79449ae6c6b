using Mta.Mail;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd.Restrictions;

/// <summary>Whom a login restriction is about.</summary>
[Flags]
internal enum LoginMismatch
{
    /// <summary>Who has logged in and uses an address that is not theirs.</summary>
    Authenticated = 1,

    /// <summary>Who has not logged in and uses an address that has an owner.</summary>
    Unauthenticated = 2,

    /// <summary>An address without owner is everybody's.</summary>
    KnownOnly = 4,
}

/// <summary>
/// <c>reject_sender_login_mismatch</c> and its kin: who may use a sender address depends on who has logged in
/// (<c>smtpd_sender_login_maps</c>). Without SASL it says so and does nothing, as Postfix.
/// </summary>
internal sealed class RejectSenderLogin(string name, LoginMismatch about, AddressLookup owners) : Restriction(name)
{
    public override (string Class, string Name) About(Evaluation at) => (ReplyClass.Sender, at.Sender);

    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (!at.Session.IsSaslActive)
        {
            if (about == (LoginMismatch.Authenticated | LoginMismatch.Unauthenticated))
            {
                LogLines.Warning("restriction `reject_authenticated_sender_login_mismatch' ignored: no SASL support");
                LogLines.Warning("restriction `reject_unauthenticated_sender_login_mismatch' ignored: no SASL support");
            }
            else
            {
                LogLines.Warning($"restriction `{Name}' ignored: no SASL support");
            }

            return new(Verdict.Dunno);
        }

        return at.Sender.Length == 0 ? new(Verdict.Dunno) : CheckAsync(at, stop);
    }

    private async ValueTask<Verdict> CheckAsync(Evaluation at, CancellationToken stop)
    {
        bool isLoggedIn = at.Session.IsAuthenticated;
        if (!about.HasFlag(isLoggedIn ? LoginMismatch.Authenticated : LoginMismatch.Unauthenticated))
        {
            return Verdict.Dunno;
        }

        string address = (await at.Server.Resolver.ResolveAsync(at.Sender, stop)).Recipient;
        AddressLookupResult found = owners.Tables.IsEmpty ? default : await owners.FindAsync(address, AddressForm.ExternalThenInternal, AddressKeys.Usual, stop);
        if (found.IsFailed)
        {
            return at.LookupFailure(at.Sender);
        }

        if (!isLoggedIn)
        {
            return found.IsFound ? at.Reject(553, "5.7.1", at.Sender, ReplyClass.Sender, "not logged in") : Verdict.Dunno;
        }

        if (!found.IsFound && about.HasFlag(LoginMismatch.KnownOnly))
        {
            return Verdict.Dunno;
        }

        string user = at.Session.Login!.UserName; // logged in
        if (found.IsFound)
        {
            foreach (string owner in TableListSyntax.Split(found.Value))
            {
                if (Ascii.EqualsIgnoreCase(owner, user))
                {
                    return Verdict.Dunno;
                }
            }
        }

        return at.Reject(553, "5.7.1", at.Sender, ReplyClass.Sender, $"not owned by user {user}");
    }
}
