using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Addresses;
using Mta.Text;

namespace Mta.Mail;

/// <summary>
/// The sender of address probes (<c>address_verify_sender</c>). With <c>address_verify_sender_ttl</c> its local part
/// changes with time, so that nobody collects it; the current and the last one are known.
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

    /// <summary>Whether an envelope sender is ours, by its local part; a TTL's neighbours count too, as mail takes its time.</summary>
    public bool IsOwn(string sender, DateTimeOffset now)
    {
        if (IsNull || sender.Length == 0)
        {
            return false;
        }

        if (_life == 0)
        {
            return Matches(sender, _base);
        }

        long epoch = now.ToUnixTimeSeconds() / _life;
        return Matches(sender, WithEpoch(epoch)) || Matches(sender, WithEpoch(epoch - 1));
    }

    private static bool Matches(string sender, string own) => Ascii.EqualsIgnoreCase(AddressSyntax.LocalPart(sender), AddressSyntax.LocalPart(own))
        && (!own.Contains('@') || Ascii.EqualsIgnoreCase(AddressSyntax.Domain(sender), AddressSyntax.Domain(own)));

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
