using Mta.Config;
using Mta.Config.Parameters;
using Mta.Dns;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail;
using Mta.Smtpd.Access;
using Mta.Smtpd.Policy;
using Mta.Smtpd.Restrictions;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>
/// Every restriction by name. Turns the text of a list into objects at start: tables are opened then, since nothing can
/// be opened after the change of root. A word that is unknown, or known and not built, refuses with 451 when it is
/// reached.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class RestrictionCatalog
{
    private readonly Configuration _configuration;
    private readonly TableRegistry _tables;
    private readonly AddressMatchList _mynetworks;
    private readonly OwnAddresses _own;
    private readonly AddressExtension _extension;
    private readonly AccessActions _actions;
    private readonly bool _matchesSubdomains;
    private DomainLookups? _lookups;
    private BlockListReplies? _listReplies;
    private VerifyClient? _verify;
    private AddressLookup? _owners;
    private readonly LocalDomainTest _isLocal;
    private readonly Func<string, NamedEndpoint> _policyEndpoint;
    private readonly Dictionary<string, PolicyServer> _policyServers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RestrictionClass> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<string, Words, Restriction>> _makers = new(StringComparer.Ordinal);

    /// <param name="policyEndpoint">Tells where a policy server of this name is; a test may stand for one.</param>
    public RestrictionCatalog(
        Configuration configuration, TableRegistry tables, AddressMatchList mynetworks, OwnAddresses own, AddressExtension extension, LocalDomainTest isLocal, Func<string, NamedEndpoint>? policyEndpoint = null)
    {
        _policyEndpoint = policyEndpoint ?? (static name => NamedEndpoint.Parse(name));
        _isLocal = isLocal;
        _configuration = configuration;
        _tables = tables;
        _mynetworks = mynetworks;
        _own = own;
        _extension = extension;
        _matchesSubdomains = ParentDomains.Match(configuration, "smtpd_access_maps");
        _actions = new AccessActions(configuration, ParseFromTable);
        AddGeneric();
        AddTests();
        AddAccess();
        AddDns();
        AddServers();
        AddVerification();
        AddIdentity();
        AddOld();
        AddClasses();
    }

    /// <summary>Every restriction, old names too.</summary>
    public IEnumerable<string> Names => _makers.Keys;

    /// <summary>Reads a list.</summary>
    public RestrictionList Parse(ListKind kind, string text)
    {
        var words = new Words(TableListSyntax.Split(text));
        List<Restriction> items = [];
        while (words.TryTake(out string word))
        {
            items.Add(Make(kind, word, words));
        }

        return items.Count == 0 ? RestrictionList.Empty : new RestrictionList(items);
    }

    // From an access table: no tables may be named, for nothing can be opened while sessions run.
    private RestrictionList ParseFromTable(string text)
    {
        var words = new Words(TableListSyntax.Split(text));
        List<Restriction> items = [];
        while (words.TryTake(out string word))
        {
            items.Add(word.Contains(':') || NeedsTable(word)
                ? new UnknownRestriction(word, $"restriction `{word}' in an access table names a table: use a restriction class instead")
                : Make(null, word, words));
        }

        return new RestrictionList(items);
    }

    private static bool NeedsTable(string word) => word.StartsWith("check_", StringComparison.OrdinalIgnoreCase) && word.EndsWith("_access", StringComparison.OrdinalIgnoreCase);

    private Restriction Make(ListKind? kind, string word, Words words)
    {
        if (_classes.TryGetValue(word, out RestrictionClass? restrictionClass))
        {
            return restrictionClass;
        }

        if (_makers.TryGetValue(Ascii.ToLower(word), out Func<string, Words, Restriction>? make))
        {
            return make(word, words);
        }

        return kind is not null && TableRegistry.TrySplit(word, out _, out _)
            ? MakeNatural(kind.Value, word)
            : new UnknownRestriction(word);
    }

    // A bare table stands for the look-up that suits the list.
    private Restriction MakeNatural(ListKind kind, string table) => kind switch
    {
        ListKind.Client => Access("check_client_access", Subject.Client, table),
        ListKind.Helo => Access("check_helo_access", Subject.Helo, table),
        ListKind.Sender => Access("check_sender_access", Subject.Sender, table),
        ListKind.Relay or ListKind.Recipient => Access("check_recipient_access", Subject.Recipient, table),
        ListKind.Etrn => Access("check_etrn_access", Subject.Etrn, table),
        ListKind.Data or ListKind.EndOfData => new UnknownRestriction(
            table,
            $"specify one of (check_client_access, check_reverse_client_hostname_access, check_helo_access, check_sender_access, check_recipient_access, check_etrn_access) before {(kind == ListKind.Data ? ReplyClass.Data : ReplyClass.EndOfData)} restriction \"{table}\""),
    };

    private CheckAccess Access(string name, Subject subject, string table) =>
        new(name, subject, new AccessTable(_tables.Open(table), _matchesSubdomains, _extension), _actions);

    private bool AsksCertificates => _configuration.Get(SmtpdParameters.SmtpdTlsAskCcert) || _configuration.Get(SmtpdParameters.SmtpdTlsReqCcert);

    private int Code(IntParameter parameter) => _configuration.Get(parameter);

    private void Add(string name, Func<string, Words, Restriction> make) => _makers[name] = make;

    private void AddGeneric()
    {
        Add("permit", static (name, _) => new Permit(name));
        Add("reject", (name, _) => new Reject(name, Code(SmtpdParameters.RejectCode)));
        Add("defer", (name, _) => new Defer(name, Code(SmtpdParameters.DeferCode)));
        Add("defer_if_permit", static (name, _) => new DeferIfPermit(name));
        Add("defer_if_reject", static (name, _) => new DeferIfReject(name));
        Add("warn_if_reject", static (name, _) => new WarnIfReject(name));
        Add("sleep", static (name, words) => words.TryTake(out string text) && int.TryParse(text, out int seconds) && seconds >= 0
            ? new Sleep(name, TimeSpan.FromSeconds(seconds))
            : new UnknownRestriction(name, $"restriction {name} must be followed by number"));
        Add("reject_unauth_pipelining", static (name, _) => new RejectUnauthPipelining(name));
        Add("reject_plaintext_session", (name, _) => new RejectPlaintextSession(name, Code(SmtpdParameters.PlaintextRejectCode)));
        Add("reject_multi_recipient_bounce", (name, _) => new RejectMultiRecipientBounce(name, Code(SmtpdParameters.MultiRecipientBounceRejectCode)));
        Add("permit_mynetworks", (name, _) => new PermitMynetworks(name, _mynetworks));
        Add("permit_inet_interfaces", (name, _) => new PermitInetInterfaces(name, _own));
        Add("permit_sasl_authenticated", static (name, _) => new PermitAuthenticated(name));
        Add("permit_tls_clientcerts", (name, _) => new PermitCertificate(name, TableList.Open(_tables, SmtpdParameters.RelayClientcerts.Name, _configuration.Get(SmtpdParameters.RelayClientcerts)), AsksCertificates));
        Add("permit_tls_all_clientcerts", (name, _) => new PermitCertificate(name, null, AsksCertificates));
        Add("permit_naked_ip_address", static (name, _) => new PermitNakedAddress(name));
    }

    private void AddTests()
    {
        bool untrusted = _configuration.Get(GlobalParameters.AllowUntrustedRouting);
        int relayCode = Code(SmtpdParameters.RelayDomainsRejectCode);
        Add("permit_auth_destination", (name, _) => new AuthDestination(name, DestinationPolicy.PermitAuthorized, relayCode, untrusted));
        Add("reject_unauth_destination", (name, _) => new AuthDestination(name, DestinationPolicy.RejectOthers, relayCode, untrusted));
        Add("defer_unauth_destination", (name, _) => new AuthDestination(name, DestinationPolicy.DeferOthers, relayCode, untrusted));

        int fqdnCode = Code(SmtpdParameters.NonFqdnRejectCode);
        Add("reject_non_fqdn_helo_hostname", (name, _) => new RejectNonFqdn(name, Subject.Helo, fqdnCode));
        Add("reject_non_fqdn_hostname", (name, _) => new RejectNonFqdn(name, Subject.Helo, fqdnCode));
        Add("reject_non_fqdn_sender", (name, _) => new RejectNonFqdn(name, Subject.Sender, fqdnCode));
        Add("reject_non_fqdn_recipient", (name, _) => new RejectNonFqdn(name, Subject.Recipient, fqdnCode));

        int heloCode = Code(SmtpdParameters.InvalidHostnameRejectCode);
        Add("reject_invalid_helo_hostname", (name, _) => new RejectInvalidHelo(name, heloCode));
        Add("reject_invalid_hostname", (name, _) => new RejectInvalidHelo(name, heloCode));

        int clientCode = Code(SmtpdParameters.UnknownClientRejectCode);
        Add("reject_unknown_client_hostname", (name, _) => new RejectUnknownClient(name, false, clientCode));
        Add("reject_unknown_client", (name, _) => new RejectUnknownClient(name, false, clientCode));
        Add("reject_unknown_reverse_client_hostname", (name, _) => new RejectUnknownClient(name, true, clientCode));

        Add("reject_unlisted_sender", static (name, _) => new RejectUnlisted(name, isSender: true));
        Add("reject_unlisted_recipient", static (name, _) => new RejectUnlisted(name, isSender: false));
        Add("check_recipient_maps", static (name, _) => new RejectUnlisted(name, isSender: false));
    }

    private void AddAccess()
    {
        AddOne("check_client_access", Subject.Client);
        AddOne("check_reverse_client_hostname_access", Subject.ReverseClient);
        AddOne("check_helo_access", Subject.Helo);
        AddOne("check_sender_access", Subject.Sender);
        AddOne("check_recipient_access", Subject.Recipient);
        AddOne("check_etrn_access", Subject.Etrn);

        void AddOne(string name, Subject subject) => Add(name, (word, words) => words.TryTake(out string table)
            ? Access(word, subject, table)
            : new UnknownRestriction(word, $"restriction {word} requires a table"));
    }

    // The resolver is made for the first restriction that needs it: it costs memory and threads.
    private DomainLookups Lookups()
    {
        try
        {
            return _lookups ??= new DomainLookups(_configuration);
        }
        catch (DnsException error)
        {
            throw new FatalException(error.Message, error);
        }
    }

    private void AddDns()
    {
        bool Defers(EnumParameter action) => _configuration.Get(action) == "defer_if_permit";
        int domainCode = Code(SmtpdParameters.UnknownAddressRejectCode);
        bool domainDefers = Defers(SmtpdParameters.UnknownAddressTempfailAction);
        Add("reject_unknown_sender_domain", (name, _) => new RejectUnknownDomain(name, true, Lookups(), domainCode, domainDefers));
        Add("reject_unknown_address", (name, _) => new RejectUnknownDomain(name, true, Lookups(), domainCode, domainDefers));
        Add("reject_unknown_recipient_domain", (name, _) => new RejectUnknownDomain(name, false, Lookups(), domainCode, domainDefers));

        int hostCode = Code(SmtpdParameters.UnknownHostnameRejectCode);
        int invalidCode = Code(SmtpdParameters.InvalidHostnameRejectCode);
        bool hostDefers = Defers(SmtpdParameters.UnknownHeloHostnameTempfailAction);
        Add("reject_unknown_helo_hostname", (name, _) => new RejectUnknownHelo(name, Lookups(), hostCode, invalidCode, hostDefers));
        Add("reject_unknown_hostname", (name, _) => new RejectUnknownHelo(name, Lookups(), hostCode, invalidCode, hostDefers));

        AddList("reject_rbl_client", BlockListKey.Address, Subject.Client, permits: false);
        AddList("reject_rbl", BlockListKey.Address, Subject.Client, permits: false);
        AddList("permit_dnswl_client", BlockListKey.Address, Subject.Client, permits: true);
        AddList("reject_rhsbl_client", BlockListKey.Name, Subject.Client, permits: false);
        AddList("permit_rhswl_client", BlockListKey.Name, Subject.Client, permits: true);
        AddList("reject_rhsbl_reverse_client", BlockListKey.Name, Subject.ReverseClient, permits: false);
        AddList("reject_rhsbl_helo", BlockListKey.Name, Subject.Helo, permits: false);
        AddList("reject_rhsbl_sender", BlockListKey.Name, Subject.Sender, permits: false);
        AddList("reject_rhsbl_recipient", BlockListKey.Name, Subject.Recipient, permits: false);

        void AddList(string name, BlockListKey key, Subject subject, bool permits) => Add(name, (word, words) => words.TryTake(out string list)
            ? new BlockList(word, list, key, subject, permits, Lookups(), _listReplies ??= new BlockListReplies(_configuration, _tables))
            : new UnknownRestriction(word, $"restriction {word} requires domain name argument"));
    }

    private void AddServers()
    {
        foreach ((string name, Subject subject) in (ReadOnlySpan<(string, Subject)>)[
            ("client", Subject.Client), ("reverse_client_hostname", Subject.ReverseClient), ("helo", Subject.Helo), ("sender", Subject.Sender), ("recipient", Subject.Recipient)])
        {
            foreach ((string suffix, ServerKind kind) in (ReadOnlySpan<(string, ServerKind)>)[("a", ServerKind.Address), ("mx", ServerKind.MailExchanger), ("ns", ServerKind.NameServer)])
            {
                Subject about = subject;
                ServerKind servers = kind;
                Add($"check_{name}_{suffix}_access", (word, words) => words.TryTake(out string table)
                    ? new CheckServersAccess(word, about, servers, Lookups(), new AccessTable(_tables.Open(table), _matchesSubdomains, _extension), _actions)
                    : new UnknownRestriction(word, $"restriction {word} requires a table"));
            }
        }
    }

    private void AddVerification()
    {
        Add("reject_unverified_sender", (name, _) => new RejectUnverified(name, true, Verify(), Policy(
            SmtpdParameters.UnverifiedSenderRejectCode, SmtpdParameters.UnverifiedSenderDeferCode, SmtpdParameters.UnverifiedSenderRejectReason, SmtpdParameters.UnverifiedSenderTempfailAction)));
        Add("reject_unverified_recipient", (name, _) => new RejectUnverified(name, false, Verify(), Policy(
            SmtpdParameters.UnverifiedRecipientRejectCode, SmtpdParameters.UnverifiedRecipientDeferCode, SmtpdParameters.UnverifiedRecipientRejectReason, SmtpdParameters.UnverifiedRecipientTempfailAction)));
        AddLogin("reject_sender_login_mismatch", LoginMismatch.Authenticated | LoginMismatch.Unauthenticated);
        AddLogin("reject_authenticated_sender_login_mismatch", LoginMismatch.Authenticated);
        AddLogin("reject_unauthenticated_sender_login_mismatch", LoginMismatch.Unauthenticated);
        AddLogin("reject_known_sender_login_mismatch", LoginMismatch.Authenticated | LoginMismatch.Unauthenticated | LoginMismatch.KnownOnly);

        void AddLogin(string name, LoginMismatch about) => Add(name, (word, _) => new RejectSenderLogin(word, about, _owners ??= new AddressLookup(
            TableList.Open(_tables, SmtpdParameters.SmtpdSenderLoginMaps.Name, _configuration.Get(SmtpdParameters.SmtpdSenderLoginMaps)),
            _extension,
            _configuration.Get(GlobalParameters.Myorigin),
            _isLocal)));

        VerifyClient Verify() => _verify ??= VerifyClient.From(_configuration);

        VerificationPolicy Policy(IntParameter reject, IntParameter defer, StringParameter reason, EnumParameter tempfail) => new(
            Code(reject),
            Code(defer),
            _configuration.Get(reason),
            _configuration.Get(tempfail) == "defer_if_permit",
            _configuration.Get(VerifyParameters.AddressVerifyPollCount),
            _configuration.Get(VerifyParameters.AddressVerifyPollDelay));
    }

    private void AddIdentity()
    {
        Add("check_sasl_access", (word, words) => words.TryTake(out string table)
            ? new CheckSaslAccess(word, new AccessTable(_tables.Open(table), _matchesSubdomains, _extension), _actions)
            : new UnknownRestriction(word, $"restriction {word} requires a table"));
        Add("check_ccert_access", (word, words) => words.TryTake(out string table)
            ? CertificateAccess(word, table)
            : new UnknownRestriction(word, $"restriction {word} requires a table"));
        Add("check_policy_service", (word, words) => words.TryTake(out string server)
            ? new CheckPolicyService(word, PolicyServerFor(server), _actions)
            : new UnknownRestriction(word, $"restriction {word} must be followed by transport:server"));
    }

    // One server, one set of connections, however often it is named.
    private PolicyServer PolicyServerFor(string specification)
    {
        if (!_policyServers.TryGetValue(specification, out PolicyServer? server))
        {
            (string name, PolicySettings settings) = PolicySettings.Parse(_configuration, specification);
            server = new PolicyServer(_policyEndpoint(name), settings);
            _policyServers.Add(specification, server);
        }

        return server;
    }

    // type:table, or { type:table, { search_order = name, name } }.
    private CheckCertificateAccess CertificateAccess(string word, string specification)
    {
        List<CertificateKey> order = [CertificateKey.CertificateFingerprint, CertificateKey.KeyFingerprint];
        string table = specification;
        if (specification.StartsWith('{'))
        {
            List<string> parts = TableListSyntax.TryUnbrace(specification, out string inner, out _) ? TableListSyntax.Split(inner) : [];
            table = parts.Count > 0 ? parts[0] : throw new FatalException($"bad {word} argument: {specification}");
            foreach (string part in parts.Skip(1))
            {
                string option = TableListSyntax.TryUnbrace(part, out string plain, out _) ? plain : part;
                int equals = option.IndexOf('=');
                if (equals < 0 || option[..equals].Trim() != "search_order")
                {
                    throw new FatalException($"bad {word} argument: {specification}");
                }

                order = TableListSyntax.Split(option[(equals + 1)..]).ConvertAll(name => name switch
                {
                    "cert_fingerprint" => CertificateKey.CertificateFingerprint,
                    "pubkey_fingerprint" => CertificateKey.KeyFingerprint,
                    _ => throw new FatalException($"bad {word} search order: {name}"),
                });
            }
        }

        return new CheckCertificateAccess(word, new AccessTable(_tables.Open(table), _matchesSubdomains, _extension), _actions, order, AsksCertificates);
    }

    private void AddOld()
    {
        bool hasNetworks = _configuration.Get(SmtpdParameters.PermitMxBackupNetworks).Length > 0;
        Add("permit_mx_backup", (name, _) => new PermitMxBackup(
            name, Lookups(), _own, AddressMatchList.Create(_configuration, SmtpdParameters.PermitMxBackupNetworks, _tables), hasNetworks));
        Add("check_relay_domains", (name, _) => new CheckRelayDomains(
            name, DomainMatchList.Create(_configuration, GlobalParameters.RelayDomains, _tables), Code(SmtpdParameters.RelayDomainsRejectCode)));
        Add("reject_maps_rbl", (name, _) => new RejectMapsRbl(
            name,
            new RestrictionList(TableListSyntax.Split(_configuration.Get(SmtpdParameters.MapsRblDomains)).ConvertAll<Restriction>(list => new BlockList(
                name, list, BlockListKey.Address, Subject.Client, permits: false, Lookups(), _listReplies ??= new BlockListReplies(_configuration, _tables))))));
    }

    private void AddClasses()
    {
        List<string> names = TableListSyntax.Split(_configuration.Get(SmtpdParameters.SmtpdRestrictionClasses));
        foreach (string name in names)
        {
            _classes[name] = new RestrictionClass(name);
        }

        foreach (string name in names)
        {
            string text = _configuration.Value(name) ?? "";
            if (text.Length == 0)
            {
                throw new FatalException($"restriction class `{name}' needs a definition");
            }

            _classes[name].List = Parse(ListKind.Recipient, text);
        }
    }

    /// <summary>The words of a list, taken one by one.</summary>
    private sealed class Words(List<string> words)
    {
        private int _next;

        public bool TryTake(out string word)
        {
            word = _next < words.Count ? words[_next++] : "";
            return word.Length > 0;
        }
    }
}
