namespace Mta.Qmgr.Scheduling;

/// <summary>
/// The pace of destinations that have just run out of mail: one message at a time can be a volume of mail too. Bounded; what
/// is not hot any more goes when room is needed.
/// </summary>
internal sealed class RecentDestinations
{
    private const int Most = 100;
    private readonly Dictionary<string, DeliveryPace> _paces = [];
    private long _tidied;

    public void Add(string name, DeliveryPace pace, long now)
    {
        if (!pace.IsHot(now))
        {
            return;
        }

        // What is hot stays so for the whole second: another look would find nothing.
        if (_paces.Count >= Most && _tidied != now)
        {
            _tidied = now;
            foreach ((string other, DeliveryPace old) in _paces)
            {
                if (!old.IsHot(now))
                {
                    _paces.Remove(other);
                }
            }
        }

        if (_paces.Count < Most)
        {
            _paces[name] = pace;
        }
    }

    /// <returns>All zero when nothing is known.</returns>
    public DeliveryPace Take(string name) => _paces.Remove(name, out DeliveryPace pace) ? pace : default;
}
