using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;

namespace Mta.TrivialRewrite;

/// <summary>
/// Tells where mail for an address goes: takes off local domains, judges the syntax, finds the class, and asks the
/// tables. Thread-safe.
/// </summary>
internal sealed class AddressResolver
{
    private const string Placeholder = "unknown";
    private readonly ResolverSettings _settings;
    private readonly DomainClasses _classes;
    private readonly LocalPartResolver _localParts;
    private readonly bool _allowMinUser;
    private readonly bool _numericDomains;
    private readonly bool _utf8;
    private readonly bool _relocatedPrefix;
    private readonly string _emptySenderRelayhostKey;
    private readonly string _emptySenderTransportKey;
    private readonly string _aliasText;

    public AddressResolver(ResolverSettings settings, DomainClasses classes, AddressRewriter rewriter)
    {
        _settings = settings;
        _classes = classes;
        Configuration configuration = classes.Configuration;
        _localParts = new LocalPartResolver(configuration, classes.Local, rewriter);
        _allowMinUser = configuration.Get(GlobalParameters.AllowMinUser);
        _numericDomains = configuration.Get(TrivialRewriteParameters.ResolveNumericDomain);
        _utf8 = configuration.Get(GlobalParameters.Smtputf8Enable);
        _relocatedPrefix = configuration.Get(TrivialRewriteParameters.RelocatedPrefixEnable);
        _emptySenderRelayhostKey = configuration.Get(TrivialRewriteParameters.EmptyAddressRelayhostMapsLookupKey);
        _emptySenderTransportKey = configuration.Get(TrivialRewriteParameters.EmptyAddressDefaultTransportMapsLookupKey);
        _aliasText = configuration.Get(SmtpdParameters.ShowUserUnknownTableName)
            ? "5.1.1 User unknown in virtual alias table"
            : "5.1.1 User unknown";
    }

    /// <param name="sender">Internal form, empty for the null sender.</param>
    /// <param name="address">Internal form.</param>
    /// <param name="stop">Ends the wait.</param>
    public async ValueTask<ResolveReply> ResolveAsync(string sender, string address, CancellationToken stop)
    {
        LocalPartResolver.Outcome parts = await _localParts.ResolveAsync(address, stop);
        if (parts.IsFailed)
        {
            return Failure(address, ResolveFlags.None, Route.Failed);
        }

        string domain = parts.Domain;
        string recipient = $"{parts.LocalPart}@{domain}";
        if (!IsValid(ref domain, ref recipient, parts.LocalPart))
        {
            return new ResolveReply(Placeholder, Placeholder, recipient, ResolveFlags.Error | ResolveFlags.ClassDefault);
        }

        ResolveFlags flags = parts.LocalPart.AsSpan().IndexOfAny('@', '!', '%') >= 0 ? ResolveFlags.Routed : ResolveFlags.None;
        Route route;
        if (parts.IsLocal)
        {
            flags |= ResolveFlags.ClassLocal;
            await _classes.WarnIfListedTwiceAsync(domain, stop);
            route = Split(_settings.LocalTransport, domain);
        }
        else
        {
            ResolveFlags domainClass = await _classes.ClassifyAsync(domain, stop);
            flags |= domainClass;
            route = domainClass switch
            {
                ResolveFlags.ClassAlias => new Route("error", _aliasText),
                ResolveFlags.ClassVirtual => Split(_settings.VirtualTransport, domain),
                ResolveFlags.ClassRelay or ResolveFlags.ClassDefault => await FindRemoteAsync(sender, domain, domainClass, stop),
                _ => Route.Failed,
            };
        }

        if (route.IsFailed)
        {
            return Failure(recipient, flags, route);
        }

        if ((flags & ResolveFlags.ClassAlias) == 0 && !_settings.Transports.IsEmpty)
        {
            LookupResult entry = await _settings.Transports.FindAsync(recipient, domain, stop);
            if (entry.IsFailed)
            {
                LogLines.LookupProblem(_settings.Transports.Title);
                return Failure(recipient, flags, route);
            }

            route = entry.IsFound ? Override(route, entry.Value, domain) : route;
        }

        AddressLookupResult moved = await _settings.Relocated.FindAsync(recipient, AddressForm.ExternalThenInternal, AddressKeys.Usual, stop);
        if (moved.IsFailed)
        {
            LogLines.LookupProblem(_settings.Relocated.Tables.Title);
            return Failure(recipient, flags, route);
        }

        if (moved.IsFound)
        {
            route = new Route("error", _relocatedPrefix ? $"5.1.6 User has moved to {moved.Value}" : moved.Value);
        }

        if (recipient[0] == '-' && !_allowMinUser)
        {
            flags |= ResolveFlags.Error;
        }

        return new ResolveReply(route.Transport, route.NextHop, recipient, flags);
    }

    // What was found so far is told too: the class holds even when the way is not known.
    private static ResolveReply Failure(string recipient, ResolveFlags flags, Route route) => new(
        route.IsFailed ? Placeholder : route.Transport,
        route.IsFailed ? Placeholder : route.NextHop,
        recipient.Length > 0 ? recipient : Placeholder,
        flags | ResolveFlags.Fail);

    // A value of a *_transport parameter: an explicit next hop overrides the one found otherwise.
    private Route Split((string Name, string Value) setting, string nextHop)
    {
        int colon = setting.Value.IndexOf(':', StringComparison.Ordinal);
        string transport = colon < 0 ? setting.Value : setting.Value[..colon];
        if (transport.Length == 0)
        {
            LogLines.NullTransport(_classes.Configuration.Directory, setting.Name);
            return Route.Failed;
        }

        return new Route(transport, colon >= 0 && colon + 1 < setting.Value.Length ? setting.Value[(colon + 1)..] : nextHop);
    }

    // An entry of transport_maps: "transport:nexthop", "transport", ":nexthop" or ":".
    private static Route Override(Route route, string entry, string domain)
    {
        int colon = entry.IndexOf(':', StringComparison.Ordinal);
        string transport = colon < 0 ? entry : entry[..colon];
        string nextHop = colon < 0 ? "" : entry[(colon + 1)..];
        if (transport.Length == 0)
        {
            return nextHop.Length > 0 ? route with { NextHop = nextHop } : route;
        }

        return new Route(transport, nextHop.Length > 0 ? nextHop : transport is "error" or "retry" ? "Address is undeliverable" : domain);
    }

    private async ValueTask<Route> FindRemoteAsync(string sender, string domain, ResolveFlags domainClass, CancellationToken stop)
    {
        string nextHop = _settings.Relayhost.Length > 0 ? _settings.Relayhost : domain;
        if (!_settings.SenderRelayhosts.Tables.IsEmpty)
        {
            AddressLookupResult relayhost = await FindForSenderAsync(_settings.SenderRelayhosts, sender, _emptySenderRelayhostKey, stop);
            if (relayhost.IsFailed)
            {
                LogLines.LookupProblem(_settings.SenderRelayhosts.Tables.Title);
                return Route.Failed;
            }

            nextHop = relayhost.IsFound && !Ascii.EqualsIgnoreCase(relayhost.Value, "DUNNO") ? relayhost.Value : nextHop;
        }

        if (domainClass == ResolveFlags.ClassRelay)
        {
            return Split(_settings.RelayTransport, nextHop);
        }

        if (!_settings.SenderTransports.Tables.IsEmpty)
        {
            AddressLookupResult transport = await FindForSenderAsync(_settings.SenderTransports, sender, _emptySenderTransportKey, stop);
            if (transport.IsFailed)
            {
                LogLines.LookupProblem(_settings.SenderTransports.Tables.Title);
                return Route.Failed;
            }

            if (transport.IsFound && !Ascii.EqualsIgnoreCase(transport.Value, "DUNNO"))
            {
                return Split((_settings.SenderTransports.Tables.Title, transport.Value), nextHop);
            }
        }

        return Split(_settings.DefaultTransport, nextHop);
    }

    private static ValueTask<AddressLookupResult> FindForSenderAsync(AddressLookup lookup, string sender, string emptyKey, CancellationToken stop) =>
        lookup.FindAsync(sender.Length > 0 ? sender : emptyKey, AddressForm.ExternalThenInternal, AddressKeys.Usual, stop);

    private bool IsValid(ref string domain, ref string recipient, string localPart)
    {
        if (_utf8 && !Ascii.IsAscii(recipient) && !ByteString.TryToUnicode(recipient, out _))
        {
            return false;
        }

        if (domain.Length > 0 && domain[0] == '[')
        {
            return DomainSyntax.IsValidLiteral(domain);
        }

        if (DomainSyntax.IsValidHostName(domain, _utf8))
        {
            return true;
        }

        if (!_numericDomains || !DomainSyntax.IsValidHostAddress(domain))
        {
            return false;
        }

        domain = $"[{domain}]";
        recipient = $"{localPart}@{domain}";
        return true;
    }

    private readonly record struct Route(string Transport, string NextHop)
    {
        public static readonly Route Failed = new("", "");

        public bool IsFailed => Transport.Length == 0;
    }
}
