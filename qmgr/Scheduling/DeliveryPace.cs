namespace Mta.Qmgr.Scheduling;

/// <summary>How closely the deliveries to a destination follow each other.</summary>
/// <param name="LastDone">When the last one ended, in seconds; 0 before the first.</param>
/// <param name="Streak">How many ended soon after the one before, up to <see cref="Volume"/>.</param>
internal readonly record struct DeliveryPace(long LastDone, int Streak)
{
    /// <summary>So many in a row are a volume of mail.</summary>
    public const int Volume = 10;

    /// <summary>The last one ended a moment ago.</summary>
    public bool IsHot(long now) => LastDone != 0 && now - LastDone <= 1;

    /// <summary>One more has ended.</summary>
    public DeliveryPace After(long now) => new(now, IsHot(now) ? Math.Min(Streak + 1, Volume) : 1);
}
