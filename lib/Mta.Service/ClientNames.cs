using System.Net;
using Mta.Dns;
using Mta.Linux;
using Mta.Mail.Addresses;
using NLog;

namespace Mta.Service;

/// <summary>
/// Finds the names of client addresses with the system's resolver. Its calls block, and run on a bounded number of
/// threads. Answers are remembered for a short while: many sessions of one client share one lookup. Thread-safe.
/// </summary>
public sealed class ClientNames
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private const int CacheSize = 1024;
    private static readonly TimeSpan CacheLife = TimeSpan.FromSeconds(30);
    private readonly NativeNames _names = new();
    private readonly Dictionary<string, (Answer Answer, long Expires)> _cache = [];

    /// <summary>Looks the client's name up; never throws, an unknown name is an answer.</summary>
    /// <param name="peer">An Internet address.</param>
    /// <param name="lookUp">False: the name is not asked for, and unknown.</param>
    public async ValueTask<ClientIdentity> IdentifyAsync(SocketName peer, bool lookUp, CancellationToken stop)
    {
        Answer answer = lookUp
            ? await FindAsync(peer.Address, stop)
            : new Answer(ClientIdentity.Unknown, NameStatus.Permanent, ClientIdentity.Unknown, NameStatus.Permanent, null);
        if (answer.Warning is not null)
        {
            Log.Warn(answer.Warning);
        }

        return new ClientIdentity(peer.Address, peer.Port, peer.Family, answer.Name, answer.Status, answer.ReverseName, answer.ReverseStatus);
    }

    private async ValueTask<Answer> FindAsync(string address, CancellationToken stop)
    {
        lock (_cache)
        {
            if (_cache.TryGetValue(address, out (Answer Answer, long Expires) known) && known.Expires > Environment.TickCount64)
            {
                return known.Answer;
            }
        }

        Answer answer = await AskAsync(address, stop);
        lock (_cache)
        {
            if (_cache.Count >= CacheSize)
            {
                _cache.Clear();
            }

            _cache[address] = (answer, Environment.TickCount64 + (long)CacheLife.TotalMilliseconds);
        }

        return answer;
    }

    private async ValueTask<Answer> AskAsync(string address, CancellationToken stop)
    {
        IPAddress numeric = IPAddress.Parse(address);
        NativeName reverse = await _names.NameAsync(numeric, stop);
        string name = reverse.Name;
        if (reverse.Code != 0)
        {
            NameStatus status = reverse.IsTemporary ? NameStatus.Temporary : NameStatus.Permanent;
            return new Answer(ClientIdentity.Unknown, status, ClientIdentity.Unknown, status, null);
        }

        if (DomainSyntax.IsValidHostAddress(name) || !DomainSyntax.IsValidHostName(name))
        {
            return new Answer(ClientIdentity.Unknown, NameStatus.Permanent, ClientIdentity.Unknown, NameStatus.Permanent, null);
        }

        NativeAddresses forward = await _names.AddressesAsync(name, numeric.AddressFamily, stop);
        if (forward.Code != 0)
        {
            return new Answer(
                ClientIdentity.Unknown,
                forward.IsTemporary ? NameStatus.Temporary : NameStatus.Permanent,
                name,
                NameStatus.Ok,
                $"hostname {name} does not resolve to address {address}: {forward.Text}");
        }

        foreach (IPAddress candidate in forward.Addresses)
        {
            if (candidate.Equals(numeric))
            {
                return new Answer(name, NameStatus.Ok, name, NameStatus.Ok, null);
            }
        }

        return new Answer(ClientIdentity.Unknown, NameStatus.Forged, name, NameStatus.Ok, $"hostname {name} does not resolve to address {address}");
    }

    private sealed record Answer(string Name, NameStatus Status, string ReverseName, NameStatus ReverseStatus, string? Warning);
}
