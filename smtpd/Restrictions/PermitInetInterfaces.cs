using System.Net;
using Mta.Config;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>permit_inet_interfaces</c>: the client has an address of this host.</summary>
internal sealed class PermitInetInterfaces(string name, OwnAddresses own) : Restriction(name)
{
    public override (string Class, string Name) About(Evaluation at) => (ReplyClass.Client, at.Session.NameAndAddress);

    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) =>
        new(IPAddress.TryParse(at.Session.Client.Address, out IPAddress? address) && own.IsOwn(address) ? Verdict.Permit : Verdict.Dunno);
}
