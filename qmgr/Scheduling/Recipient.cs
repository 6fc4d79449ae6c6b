using Mta.Mail.Protocols;

namespace Mta.Qmgr.Scheduling;

/// <summary>One recipient in memory: what the agent is told about it, and where it was routed.</summary>
internal sealed class Recipient(DeliveryRecipient wire)
{
    /// <summary>The fields of the delivery request.</summary>
    public DeliveryRecipient Wire { get; set; } = wire;

    public string Address => Wire.Address;

    /// <summary>The service that is to deliver it.</summary>
    public string TransportName { get; private set; } = "";

    /// <summary>The next hop as resolved; its letter case is kept.</summary>
    public string NextHop { get; private set; } = "";

    public DestinationQueue? Queue { get; set; }

    public void SetDestination(string transport, string nextHop)
    {
        TransportName = transport;
        NextHop = nextHop;
    }

    /// <summary>Domain of <see cref="Address"/>; empty without one.</summary>
    public ReadOnlySpan<char> Domain
    {
        get
        {
            int at = Address.LastIndexOf('@');
            return at < 0 ? default : Address.AsSpan(at + 1);
        }
    }
}
