using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Sasl;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>What AUTH is checked with and which mechanisms a client is offered. Made before privileges are dropped; thread-safe.</summary>
internal sealed class SmtpdSasl
{
    private readonly SaslSecurity _plain;
    private readonly SaslSecurity _encrypted;
    private readonly StringMatchList _filter;
    private readonly AddressMatchList _exceptions;

    private SmtpdSasl(ISaslBackend backend, Configuration configuration, TableRegistry tables)
    {
        Backend = backend;
        _plain = SaslSecurity.Parse("smtpd_sasl_security_options", configuration.Get(SmtpdParameters.SmtpdSaslSecurityOptions));
        _encrypted = SaslSecurity.Parse("smtpd_sasl_tls_security_options", configuration.Get(SmtpdParameters.SmtpdSaslTlsSecurityOptions));
        _filter = StringMatchList.Create(configuration, SmtpdParameters.SmtpdSaslMechanismFilter, tables);
        _exceptions = AddressMatchList.Create(configuration, SmtpdParameters.SmtpdSaslExceptionsNetworks, tables);
        Service = configuration.Get(SmtpdParameters.SmtpdSaslService);
        ResponseLimit = configuration.Get(SmtpdParameters.SmtpdSaslResponseLimit);
        OffersBroken = configuration.Get(SmtpdParameters.BrokenSaslAuthClients);
    }

    public ISaslBackend Backend { get; }

    public string Service { get; }

    public int ResponseLimit { get; }

    /// <summary>The EHLO reply also has the form that some old clients look for.</summary>
    public bool OffersBroken { get; }

    /// <summary>Failed attempts, which make the next ones slow.</summary>
    public LoginFailures Failures { get; } = new();

    /// <returns>Null when AUTH is not enabled.</returns>
    /// <exception cref="ConfigurationException">A setting is malformed or names what is not built.</exception>
    public static SmtpdSasl? Open(Configuration configuration, TableRegistry tables)
    {
        if (!configuration.Get(SmtpdParameters.SmtpdSaslAuthEnable))
        {
            return null;
        }

        string type = configuration.Get(SmtpdParameters.SmtpdSaslType);
        string path = configuration.Get(SmtpdParameters.SmtpdSaslPath);
        ISaslBackend backend = type switch
        {
            "dovecot" => new DovecotBackend(DovecotEndpoint(path), path),
            "cyrus" => new CyrusBackend(
                path,
                CyrusConfigurationPath(configuration),
                configuration.Get(SmtpdParameters.SmtpdSaslService),
                configuration.Get(GlobalParameters.Myhostname),
                configuration.Get(SmtpdParameters.SmtpdSaslLocalDomain)),
            "passwd" => new PasswordBackend(
                TableList.Open(tables, SmtpdParameters.SmtpdSaslPath.Name, path),
                configuration.Get(SmtpdParameters.SmtpdSaslLocalDomain)),
            _ => throw new ConfigurationException($"parameter smtpd_sasl_type = {type}: there is no such SASL server type (there are cyrus, dovecot and passwd)"),
        };
        return new SmtpdSasl(backend, configuration, tables);
    }

    /// <summary>AUTH may be used now: never in the clear where only encrypted sessions may.</summary>
    public static bool IsActive(Session session) =>
        session.Server.Sasl is not null && !session.IsStandalone && !(session.Server.AuthNeedsTls && session.Tls is null);

    /// <summary>The EHLO line does not show AUTH to this client.</summary>
    public async ValueTask<bool> IsHiddenAsync(Session session, CancellationToken stop) =>
        !_exceptions.IsEmpty && await _exceptions.MatchesAsync(session.Client.Name, session.Client.Address, stop) != MatchResult.No;

    /// <summary>Mechanisms for a session, in the back end's order; null when the back end cannot be reached.</summary>
    public async ValueTask<List<string>?> MechanismsAsync(Session session, CancellationToken stop)
    {
        if (await Backend.MechanismsAsync(stop) is not { } all)
        {
            return null;
        }

        SaslSecurity security = session.Tls is null ? _plain : _encrypted;
        List<string> offered = [];
        foreach (SaslMechanism mechanism in all)
        {
            if (security.Allows(mechanism) && await _filter.MatchesAsync(Ascii.ToLower(mechanism.Name), stop) == MatchResult.Yes)
            {
                offered.Add(mechanism.Name);
            }
        }

        return offered;
    }

    // Debian's Postfix looks below its own directory first, and so do its users.
    private static string CyrusConfigurationPath(Configuration configuration) => configuration.Get(GlobalParameters.CyrusSaslConfigPath) is { Length: > 0 } path
        ? path
        : $"{configuration.Get(GlobalParameters.ConfigDirectory)}/sasl:/usr/lib/sasl";

    private static StreamEndpoint DovecotEndpoint(string path) =>
        StreamEndpoint.TryParse(path, out StreamEndpoint endpoint) ? endpoint : new StreamEndpoint(path, "", "");
}
