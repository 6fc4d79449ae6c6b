using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Addresses;
using Mta.Smtpd.Access;
using Mta.Smtpd.Restrictions;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>
/// Every restriction by name. Turns the text of a list into objects at start: tables are opened then, since nothing can
/// be opened after the change of root. A word that is unknown, or known and not built, refuses with 451 when it is
/// reached.
/// </summary>
internal sealed class RestrictionCatalog
{
    private readonly Configuration _configuration;
    private readonly TableRegistry _tables;
    private readonly AddressMatchList _mynetworks;
    private readonly OwnAddresses _own;
    private readonly AddressExtension _extension;
    private readonly AccessActions _actions;
    private readonly bool _matchesSubdomains;
    private readonly Dictionary<string, RestrictionClass> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<string, Words, Restriction>> _makers = new(StringComparer.Ordinal);

    public RestrictionCatalog(Configuration configuration, TableRegistry tables, AddressMatchList mynetworks, OwnAddresses own, AddressExtension extension)
    {
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
        AddUnbuilt();
        AddClasses();
    }

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

    private static bool NeedsTable(string word) => word.StartsWith("check_", StringComparison.OrdinalIgnoreCase);

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
            : new UnknownRestriction(name, $"restriction {name} requires a number of seconds"));
        Add("reject_unauth_pipelining", static (name, _) => new RejectUnauthPipelining(name));
        Add("reject_plaintext_session", (name, _) => new RejectPlaintextSession(name, Code(SmtpdParameters.PlaintextRejectCode)));
        Add("reject_multi_recipient_bounce", (name, _) => new RejectMultiRecipientBounce(name, Code(SmtpdParameters.MultiRecipientBounceRejectCode)));
        Add("permit_mynetworks", (name, _) => new PermitMynetworks(name, _mynetworks));
        Add("permit_inet_interfaces", (name, _) => new PermitInetInterfaces(name, _own));
        Add("permit_sasl_authenticated", static (name, _) => new PermitAuthenticated(name));
        Add("permit_tls_clientcerts", static (name, _) => new PermitAuthenticated(name));
        Add("permit_tls_all_clientcerts", static (name, _) => new PermitAuthenticated(name));
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

    // Known names that are not served yet: with their argument they are one word of the list.
    private void AddUnbuilt()
    {
        foreach (string name in (string[])[
            "check_ccert_access", "check_sasl_access", "check_policy_service",
            "check_client_a_access", "check_client_mx_access", "check_client_ns_access",
            "check_reverse_client_hostname_a_access", "check_reverse_client_hostname_mx_access", "check_reverse_client_hostname_ns_access",
            "check_helo_a_access", "check_helo_mx_access", "check_helo_ns_access",
            "check_sender_a_access", "check_sender_mx_access", "check_sender_ns_access",
            "check_recipient_a_access", "check_recipient_mx_access", "check_recipient_ns_access",
            "reject_rbl_client", "reject_rbl", "permit_dnswl_client", "reject_rhsbl_client", "permit_rhswl_client", "reject_rhsbl_reverse_client",
            "reject_rhsbl_helo", "reject_rhsbl_sender", "reject_rhsbl_recipient"])
        {
            Add(name, static (word, words) =>
            {
                words.TryTake(out _);
                return new UnknownRestriction(word, $"restriction {word} is not implemented");
            });
        }

        foreach (string name in (string[])[
            "reject_unknown_helo_hostname", "reject_unknown_hostname", "reject_unknown_sender_domain", "reject_unknown_address",
            "reject_unknown_recipient_domain", "reject_unverified_sender", "reject_unverified_recipient", "reject_sender_login_mismatch",
            "reject_authenticated_sender_login_mismatch", "reject_unauthenticated_sender_login_mismatch", "reject_known_sender_login_mismatch",
            "permit_mx_backup", "check_relay_domains", "reject_maps_rbl", "permit_naked_ip_address"])
        {
            Add(name, static (word, _) => new UnknownRestriction(word, $"restriction {word} is not implemented"));
        }
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
