using Mta.Mail.Addresses;
using Mta.Mail.Protocols;

namespace Mta.Smtpd;

/// <summary>Where mail for an address goes, by the rewrite service: addresses are put into standard form first.</summary>
internal sealed class AddressResolver(RewriteClient client)
{
    public async ValueTask<ResolveReply> ResolveAsync(string address, CancellationToken stop)
    {
        string standard = IsStandard(address) ? address : await client.RewriteInternalAsync(RewriteContext.Local, address, stop);
        return await client.ResolveAsync("", standard, stop);
    }

    // user@host.domain needs no completion: the service would give it back unchanged.
    private static bool IsStandard(string address)
    {
        int at = AddressSyntax.DomainSeparator(address);
        return at > 0
            && address.IndexOf('@') == at
            && address[^1] is not ('.' or ']')
            && address.IndexOf('.', at) > at + 1
            && !AddressSyntax.NeedsQuotes(address.AsSpan(0, at));
    }
}
