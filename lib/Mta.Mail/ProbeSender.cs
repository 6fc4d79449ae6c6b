using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.Mail;

/// <summary>
/// The sender of address probes (<c>address_verify_sender</c>). With <c>address_verify_sender_ttl</c> its local part
/// changes with time, so that nobody collects it.
/// </summary>
public sealed class ProbeSender(Configuration configuration)
{
    private const string Digits = "0123456789BCDFGHJKLMNPQRSTVWXYZ";
    private readonly string _base = configuration.Get(VerifyParameters.AddressVerifySender);
    private readonly long _life = (long)configuration.Get(VerifyParameters.AddressVerifySenderTtl).TotalSeconds;

    /// <summary>Probes have the null sender.</summary>
    public bool IsNull => _base.Length == 0 || _base == "<>";

    /// <summary>The sender now; not yet rewritten. Empty for the null sender.</summary>
    public string At(DateTimeOffset now) => IsNull ? "" : _life == 0 ? _base : WithEpoch(now.ToUnixTimeSeconds() / _life);

    private string WithEpoch(long epoch)
    {
        string number = "";
        for (long rest = epoch; rest > 0; rest /= Digits.Length)
        {
            number = Digits[(int)(rest % Digits.Length)] + number;
        }

        int at = _base.IndexOf('@');
        return at < 0 ? _base + number : _base[..at] + number + _base[at..];
    }
}
