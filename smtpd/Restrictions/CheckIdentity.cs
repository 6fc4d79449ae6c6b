using Mta.Config;
using Mta.Smtpd.Access;
using Mta.Smtpd.Identity;
using Mta.Text;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>check_sasl_access</c>: a table says what becomes of the user who has logged in.</summary>
internal sealed class CheckSaslAccess(string name, AccessTable table, AccessActions actions) : Restriction(name)
{
    public override bool IsIndirect => true;

    public override (string Class, string Name) About(Evaluation at) => (ReplyClass.Login, at.Session.Login?.UserName ?? "");

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (!at.Session.IsSaslActive)
        {
            LogLines.Warning($"restriction `{Name}' ignored: no SASL support");
            return Verdict.Dunno;
        }

        if (at.Session.Login is not { IsAnonymous: false, UserName.Length: > 0 } login)
        {
            return Verdict.Dunno;
        }

        string key = Printable.Neutralize(login.UserName, allowUtf8: true, replacement: '_');
        return await actions.ApplyAsync(at, await table.FindKeyAsync(key, stop), table, key, ReplyClass.Login, stop);
    }
}

/// <summary>By what a client certificate is looked up.</summary>
internal enum CertificateKey
{
    CertificateFingerprint,
    KeyFingerprint,
}

/// <summary><c>check_ccert_access</c>: a table says what becomes of the bearer of a certificate.</summary>
/// <param name="asks">Clients are asked for a certificate at all (<c>smtpd_tls_ask_ccert</c>).</param>
internal sealed class CheckCertificateAccess(string name, AccessTable table, AccessActions actions, IReadOnlyList<CertificateKey> order, bool asks) : Restriction(name)
{
    /// <summary>A list that waits for certificates nobody is asked for is a mistake.</summary>
    public static void NoteUnasked(string name, bool asks)
    {
        if (!asks)
        {
            LogLines.Warning($"{name} is requested, but \"smtpd_tls_ask_ccert = no\"");
        }
    }

    public override bool IsIndirect => true;

    public override (string Class, string Name) About(Evaluation at) => (ReplyClass.Certificate, at.Session.Encryption?.Certificate?.Subject ?? "");

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        NoteUnasked(Name, asks);
        if (at.Session.Encryption?.Certificate is not { } certificate)
        {
            return Verdict.Dunno;
        }

        foreach (CertificateKey part in order)
        {
            string key = part == CertificateKey.KeyFingerprint ? certificate.KeyFingerprint : certificate.CertificateFingerprint;
            AccessEntry entry = key.Length == 0 ? default : await table.FindKeyAsync(key, stop);
            if (!entry.Result.IsNotFound)
            {
                return await actions.ApplyAsync(at, entry, table, certificate.Subject, ReplyClass.Certificate, stop);
            }
        }

        return Verdict.Dunno;
    }
}

/// <summary><c>permit_tls_clientcerts</c> and <c>permit_tls_all_clientcerts</c>.</summary>
/// <param name="known">Fingerprints that are let in (<c>relay_clientcerts</c>); null: every certificate that is trusted.</param>
internal sealed class PermitCertificate(string name, Tables.TableList? known, bool asks) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        CheckCertificateAccess.NoteUnasked(Name, asks);
        return at.Session.Encryption?.Certificate is { } certificate ? DecideAsync(at, certificate, stop) : new(Verdict.Dunno);
    }

    /// <summary>The same question for other lists than restrictions.</summary>
    public static async ValueTask<MatchResult> IsKnownAsync(ClientCertificate certificate, Tables.TableList? known, CancellationToken stop)
    {
        if (known is null)
        {
            return certificate.IsTrusted ? MatchResult.Yes : MatchResult.No;
        }

        foreach (string fingerprint in (string[])[certificate.CertificateFingerprint, certificate.KeyFingerprint])
        {
            Tables.LookupResult found = fingerprint.Length == 0 ? default : await known.LookupAsync(fingerprint, stop: stop);
            if (found.IsFound)
            {
                return MatchResult.Yes;
            }

            if (found.IsFailed)
            {
                LogLines.Warning($"relay_clientcerts: lookup error for fingerprint '{certificate.CertificateFingerprint}', pkey fingerprint {certificate.KeyFingerprint}");
                return MatchResult.Failed;
            }
        }

        return MatchResult.No;
    }

    private async ValueTask<Verdict> DecideAsync(Evaluation at, ClientCertificate certificate, CancellationToken stop) =>
        await IsKnownAsync(certificate, known, stop) switch
        {
            MatchResult.Yes => Verdict.Permit,
            MatchResult.No => Verdict.Dunno,
            MatchResult.Failed => at.LookupFailure(at.Recipient ?? at.Session.NameAndAddress),
        };
}
