namespace Mta.Delivery;

/// <summary>
/// Lets the deliveries of this process to one mailbox file take turns, so that they do not meet at its lock, where whoever
/// comes second sleeps for a second. Safe for concurrent calls.
/// </summary>
public sealed class PathTurns
{
    private readonly Dictionary<string, Turn> _paths = new(StringComparer.Ordinal);

    /// <summary>Waits for one's turn; disposing gives it to the next.</summary>
    public async ValueTask<IDisposable> EnterAsync(string path)
    {
        Turn turn;
        lock (_paths)
        {
            if (!_paths.TryGetValue(path, out Turn? known))
            {
                _paths[path] = known = new Turn(this, path);
            }

            turn = known;
            turn.Users++;
        }

        await turn.Gate.WaitAsync();
        return turn;
    }

    private sealed class Turn(PathTurns owner, string path) : IDisposable
    {
        public int Users;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public void Dispose()
        {
            lock (owner._paths)
            {
                if (--Users == 0)
                {
                    owner._paths.Remove(path);
                    return;
                }
            }

            Gate.Release();
        }
    }
}
