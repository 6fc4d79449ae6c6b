using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Tables;

namespace Mta.TrivialRewrite;

/// <summary>Which class a domain belongs to; <c>Fail</c> when a table could not tell.</summary>
internal sealed class DomainClasses
{
    private readonly StringMatchList _aliasDomains;
    private readonly StringMatchList _mailboxDomains;
    private readonly DomainMatchList _relayDomains;
    private readonly bool _warns;

    public DomainClasses(Configuration configuration, TableRegistry tables, LocalDomains local)
    {
        Local = local;
        Configuration = configuration;
        _aliasDomains = StringMatchList.Create(configuration, GlobalParameters.VirtualAliasDomains, tables);
        _mailboxDomains = StringMatchList.Create(configuration, GlobalParameters.VirtualMailboxDomains, tables);
        _relayDomains = DomainMatchList.Create(configuration, GlobalParameters.RelayDomains, tables);
        _warns = configuration.Get(GlobalParameters.HelpfulWarnings);
        Extension = AddressExtension.From(configuration);
    }

    public Configuration Configuration { get; }

    public LocalDomains Local { get; }

    public AddressExtension Extension { get; }

    /// <summary>The class of a domain whose mail is not for this host.</summary>
    public async ValueTask<ResolveFlags> ClassifyAsync(string domain, CancellationToken stop)
    {
        MatchResult alias = await _aliasDomains.MatchesAsync(domain, stop);
        if (alias == MatchResult.Failed)
        {
            LogLines.LookupProblem(_aliasDomains.Title);
            return ResolveFlags.Fail;
        }

        if (alias == MatchResult.Yes)
        {
            if (_warns)
            {
                await WarnAsync(domain, GlobalParameters.VirtualAliasDomains.Name, mailbox: true, relay: true, stop);
            }

            return ResolveFlags.ClassAlias;
        }

        MatchResult mailbox = await _mailboxDomains.MatchesAsync(domain, stop);
        if (mailbox == MatchResult.Failed)
        {
            LogLines.LookupProblem(_mailboxDomains.Title);
            return ResolveFlags.Fail;
        }

        if (mailbox == MatchResult.Yes)
        {
            if (_warns)
            {
                await WarnAsync(domain, GlobalParameters.VirtualMailboxDomains.Name, mailbox: false, relay: true, stop);
            }

            return ResolveFlags.ClassVirtual;
        }

        MatchResult relay = await _relayDomains.MatchesAsync(domain, stop);
        if (relay == MatchResult.Failed)
        {
            LogLines.LookupProblem(_relayDomains.Title);
            return ResolveFlags.Fail;
        }

        return relay == MatchResult.Yes ? ResolveFlags.ClassRelay : ResolveFlags.ClassDefault;
    }

    /// <summary>Complains when a local domain is listed in a virtual class too.</summary>
    public async ValueTask WarnIfListedTwiceAsync(string domain, CancellationToken stop)
    {
        if (!_warns)
        {
            return;
        }

        if (await _aliasDomains.MatchesAsync(domain, stop) == MatchResult.Yes)
        {
            LogLines.ListedTwice(domain, GlobalParameters.Mydestination.Name, GlobalParameters.VirtualAliasDomains.Name);
        }

        if (await _mailboxDomains.MatchesAsync(domain, stop) == MatchResult.Yes)
        {
            LogLines.ListedTwice(domain, GlobalParameters.Mydestination.Name, GlobalParameters.VirtualMailboxDomains.Name);
        }
    }

    private async ValueTask WarnAsync(string domain, string first, bool mailbox, bool relay, CancellationToken stop)
    {
        if (mailbox && await _mailboxDomains.MatchesAsync(domain, stop) == MatchResult.Yes)
        {
            LogLines.ListedTwice(domain, first, GlobalParameters.VirtualMailboxDomains.Name);
        }

        if (relay && await _relayDomains.MatchesAsync(domain, stop) == MatchResult.Yes)
        {
            LogLines.ListedTwice(domain, first, GlobalParameters.RelayDomains.Name);
        }
    }
}
