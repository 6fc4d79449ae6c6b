using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Postsuper;

/// <summary>
/// Which messages an action on ALL is for: every condition given must hold. A message that cannot be read is not
/// selected.
/// </summary>
internal sealed class Selection
{
    private string? _sender;
    private string? _recipient;
    private string? _reason;
    private TimeSpan? _olderThan;
    private TimeSpan? _youngerThan;
    private long? _largerThan;
    private long? _smallerThan;

    private static readonly string[] Names =
    [
        "--sender", "--recipient", "--reason", "--older-than", "--younger-than", "--larger-than", "--smaller-than",
    ];

    /// <summary>Nothing is done; what would be done is said.</summary>
    public bool IsDryRun { get; private set; }

    /// <summary>There is at least one condition.</summary>
    public bool IsNarrow { get; private set; }

    /// <summary>Takes the long options out of a command line.</summary>
    /// <returns>The other words.</returns>
    /// <exception cref="FatalException">A value is missing or malformed, or the option is not known.</exception>
    public IReadOnlyList<string> Take(IReadOnlyList<string> arguments)
    {
        List<string> rest = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string word = arguments[i];
            if (word == "--")
            {
                rest.AddRange(arguments.Skip(i));
                break;
            }

            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                rest.Add(word);
                continue;
            }

            if (word == "--dry-run")
            {
                IsDryRun = true;
                continue;
            }

            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            if (!Names.Contains(name))
            {
                // As for any other letter that is none, the C library's words and the usage line.
                rest.Add(word);
                continue;
            }

            string value = equals >= 0 ? word[(equals + 1)..]
                : ++i < arguments.Count ? arguments[i]
                : throw new FatalException($"option requires an argument: {Printable.Neutralize(name)}");
            Set(name, value);
            IsNarrow = true;
        }

        return rest;
    }

    public bool Matches(QueueDirectory queue, string name, QueueId id)
    {
        if (!IsNarrow)
        {
            return true;
        }

        try
        {
            if (QueueFileReader.TryOpen(queue.PathOf(name, id), out QueueFileReader? file, writable: false) != 0)
            {
                return false;
            }

            using (file)
            {
                return MatchesFile(file!) && (_reason is null || HasReason(queue, id)); // set when there is no error
            }
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--sender":
                _sender = value;
                break;
            case "--recipient":
                _recipient = value;
                break;
            case "--reason":
                _reason = value;
                break;
            case "--older-than":
                _olderThan = Time(name, value);
                break;
            case "--younger-than":
                _youngerThan = Time(name, value);
                break;
            case "--larger-than":
                _largerThan = Size(name, value);
                break;
            case "--smaller-than":
                _smallerThan = Size(name, value);
                break;
            default:
                throw new FatalException($"unknown option: {Printable.Neutralize(name)}");
        }
    }

    private bool MatchesFile(QueueFileReader file)
    {
        using RecordFileReader records = file.Records();
        EnvelopeScan scan = new(records, file.Status);
        bool hasSender = _sender is null;
        bool hasRecipient = _recipient is null;
        while (scan.Next(out RecordType type, out ReadOnlySpan<byte> data))
        {
            switch (type)
            {
                case RecordType.Sender when !hasSender:
                    hasSender = MatchesAddress(_sender!, ByteString.FromBytes(data)); // only without a pattern is it true from the start
                    break;
                case RecordType.Recipient when !hasRecipient:
                    hasRecipient = MatchesAddress(_recipient!, ByteString.FromBytes(data)); // the same
                    break;
            }
        }

        TimeSpan age = DateTime.UtcNow - scan.Arrival;
        return hasSender && hasRecipient
            && !(age <= _olderThan) && !(age >= _youngerThan) && !(scan.Size <= _largerThan) && !(scan.Size >= _smallerThan);
    }

    private bool HasReason(QueueDirectory queue, QueueId id)
    {
        if (BounceLogReader.TryOpen(queue, QueueName.Defer, id, out BounceLogReader? log) != 0)
        {
            return false;
        }

        using (log)
        {
            while (log!.Next() is { } entry) // set when there is no error
            {
                if (entry.Status.Reason.Contains(_reason!, StringComparison.OrdinalIgnoreCase) || entry.Status.Status == _reason)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool MatchesAddress(string pattern, string address) =>
        address.Length == 0 ? pattern is "<>" or "" : MatchesWildcards(pattern, address) || MatchesWildcards(pattern, AddressSyntax.ToExternal(address));

    /// <summary>* is any text, ? any character; letters match in either case. Takes time in proportion to both lengths.</summary>
    internal static bool MatchesWildcards(string pattern, string text)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || char.ToLowerInvariant(pattern[p]) == char.ToLowerInvariant(text[t])))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).IndexOfAnyExcept('*') < 0;
    }

    private static TimeSpan Time(string name, string value) => TimeSpan.FromSeconds(Scaled(name, value, "smhdw", [1, 60, 3600, 86400, 604800]));

    private static long Size(string name, string value) => Scaled(name, value, "bkmg", [1, 1 << 10, 1 << 20, 1 << 30]);

    private static long Scaled(string name, string value, string units, long[] factors)
    {
        int unit = value.Length == 0 ? -1 : units.IndexOf(char.ToLowerInvariant(value[^1]), StringComparison.Ordinal);
        string digits = unit < 0 ? value : value[..^1];
        return long.TryParse(digits, System.Globalization.NumberStyles.None, null, out long number) && number <= 1_000_000_000_000 / factors[Math.Max(unit, 0)]
            ? number * factors[Math.Max(unit, 0)]
            : throw new FatalException($"bad value of {name}: {Printable.Neutralize(value)}");
    }
}
