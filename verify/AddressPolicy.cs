using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;

namespace Mta.Verify;

/// <summary>How long results count, and when an address is probed anew.</summary>
internal sealed class AddressPolicy(Configuration configuration)
{
    // A probe without an answer is not repeated sooner.
    private const long ProbeLife = 1000;
    private readonly long _positiveExpire = Seconds(configuration, VerifyParameters.AddressVerifyPositiveExpireTime);
    private readonly long _positiveRefresh = Seconds(configuration, VerifyParameters.AddressVerifyPositiveRefreshTime);
    private readonly long _negativeExpire = Seconds(configuration, VerifyParameters.AddressVerifyNegativeExpireTime);
    private readonly long _negativeRefresh = Seconds(configuration, VerifyParameters.AddressVerifyNegativeRefreshTime);
    private readonly bool _keepsNegative = configuration.Get(VerifyParameters.AddressVerifyNegativeCache);

    /// <summary>The record counts no longer: nothing is known.</summary>
    public bool IsExpired(in AddressRecord record, long now)
    {
        long life = record.Status == VerifyStatus.Ok ? _positiveExpire : _negativeExpire;
        return record.Updated + life < now && record.Probed + ProbeLife < now;
    }

    /// <summary>A known address is asked about again, before the record expires.</summary>
    public bool NeedsProbe(in AddressRecord record, bool isKnown, long now)
    {
        if (isKnown && record.Probed + ProbeLife > now)
        {
            return false;
        }

        return !isKnown || record.Updated + (record.Status == VerifyStatus.Ok ? _positiveRefresh : _negativeRefresh) < now;
    }

    /// <summary>Whether a new result takes the place of an old one: bad news do not outdo good ones that still count.</summary>
    public bool Stores(VerifyStatus status, in AddressRecord known, bool isKnown, long now) => status == VerifyStatus.Ok
        || (_keepsNegative && !(isKnown && known.Status == VerifyStatus.Ok && known.Updated + _positiveExpire >= now));

    private static long Seconds(Configuration configuration, TimeParameter parameter) => (long)configuration.Get(parameter).TotalSeconds;
}
