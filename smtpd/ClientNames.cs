using System.Net;
using System.Net.Sockets;
using Mta.Linux;
using Mta.Mail.Addresses;

namespace Mta.Smtpd;

/// <summary>
/// Finds the names of client addresses with the system's resolver. Its calls block, so they run on a bounded number of
/// threads; clients wait for their turn. Answers are remembered for a short while: many sessions of one client
/// share one lookup.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class ClientNames
{
    private const int MaxThreads = 16;
    private const int CacheSize = 1024;
    private static readonly TimeSpan CacheLife = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _threads = new(MaxThreads);
    private readonly Dictionary<string, (Answer Answer, long Expires)> _cache = [];

    /// <summary>Looks the client's name up; never throws, an unknown name is an answer.</summary>
    public async ValueTask<ClientIdentity> IdentifyAsync(SocketName peer, bool lookUp, CancellationToken stop)
    {
        Answer answer = lookUp
            ? await FindAsync(peer.Address, stop)
            : new Answer(ClientIdentity.Unknown, NameStatus.Permanent, ClientIdentity.Unknown, NameStatus.Permanent, null);
        if (answer.Warning is not null)
        {
            LogLines.Warning(answer.Warning);
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

        await _threads.WaitAsync(stop);
        Answer answer;
        try
        {
            answer = await Task.Run(() => Find(address), stop);
        }
        finally
        {
            _threads.Release();
        }

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

    private static Answer Find(string address)
    {
        IPAddress numeric = IPAddress.Parse(address);
        int code = Posix.TryGetHostName(numeric, out string name);
        if (code != 0)
        {
            NameStatus status = NameLookup.IsTemporary(code) ? NameStatus.Temporary : NameStatus.Permanent;
            return new Answer(ClientIdentity.Unknown, status, ClientIdentity.Unknown, status, null);
        }

        if (DomainSyntax.IsValidHostAddress(name) || !DomainSyntax.IsValidHostName(name))
        {
            return new Answer(ClientIdentity.Unknown, NameStatus.Permanent, ClientIdentity.Unknown, NameStatus.Permanent, null);
        }

        AddressFamily family = numeric.AddressFamily;
        code = Posix.TryGetAddresses(name, null, family, numericOnly: false, out List<IPEndPoint> addresses);
        if (code != 0)
        {
            return new Answer(
                ClientIdentity.Unknown,
                NameLookup.IsTemporary(code) ? NameStatus.Temporary : NameStatus.Permanent,
                name,
                NameStatus.Ok,
                $"hostname {name} does not resolve to address {address}: {NameLookup.Text(code)}");
        }

        foreach (IPEndPoint candidate in addresses)
        {
            if (candidate.Address.Equals(numeric))
            {
                return new Answer(name, NameStatus.Ok, name, NameStatus.Ok, null);
            }
        }

        return new Answer(ClientIdentity.Unknown, NameStatus.Forged, name, NameStatus.Ok, $"hostname {name} does not resolve to address {address}");
    }

    private sealed record Answer(string Name, NameStatus Status, string ReverseName, NameStatus ReverseStatus, string? Warning);
}
