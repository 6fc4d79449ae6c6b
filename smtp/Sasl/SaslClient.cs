using System.Security.Cryptography;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery.Routing;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Sasl;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Smtp.Sasl;

/// <summary>What logging in to servers needs: settings, credentials, failed logins. Thread-safe.</summary>
internal sealed class SaslClient
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    // Best first: both sides proven, then the password not sent, then sent.
    private static readonly string[] Known =
        ["SCRAM-SHA-512", "SCRAM-SHA-384", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"];

    private static readonly string[] KnownForTokens = ["OAUTHBEARER", "XOAUTH2"];

    private readonly TableList _passwords;
    private readonly AddressLookup? _bySender;
    private readonly StringMatchList _filter;
    private readonly SaslSecurity _plain;
    private readonly SaslSecurity _encrypted;
    private readonly SaslSecurity _verified;
    private readonly char _delimiter;
    private readonly bool _sendsAuthorization;

    private SaslClient(Configuration configuration, TableRegistry registry, bool isLmtp)
    {
        StringParameter maps = isLmtp ? LmtpParameters.LmtpSaslPasswordMaps : SmtpParameters.SmtpSaslPasswordMaps;
        string type = Get(SmtpParameters.SmtpSaslType, LmtpParameters.LmtpSaslType);
        if (type != "cyrus")
        {
            Log.Warn($"unsupported SASL client implementation: {Printable.Neutralize(type)}");
            throw new FatalException("SASL library initialization");
        }

        if (configuration.Get(maps).Length == 0)
        {
            throw new FatalException($"specify a password table via the `{maps.Name}' configuration parameter");
        }

        _passwords = TableList.Open(registry, maps.Name, configuration.Get(maps));
        if (!isLmtp && configuration.Get(SmtpParameters.SmtpSenderDependentAuthentication))
        {
            _bySender = new AddressLookup(_passwords, AddressExtension.From(configuration), configuration.Get(GlobalParameters.Myorigin), new LocalDomains(configuration, registry).IsLocalAsync);
        }

        _filter = StringMatchList.Create(configuration, isLmtp ? LmtpParameters.LmtpSaslMechanismFilter : SmtpParameters.SmtpSaslMechanismFilter, registry);
        _plain = Security(isLmtp ? LmtpParameters.LmtpSaslSecurityOptions : SmtpParameters.SmtpSaslSecurityOptions);
        _encrypted = Security(isLmtp ? LmtpParameters.LmtpSaslTlsSecurityOptions : SmtpParameters.SmtpSaslTlsSecurityOptions);
        _verified = Security(isLmtp ? LmtpParameters.LmtpSaslTlsVerifiedSecurityOptions : SmtpParameters.SmtpSaslTlsVerifiedSecurityOptions);
        _delimiter = Get(SmtpParameters.SmtpSaslPasswordResultDelimiter, LmtpParameters.LmtpSaslPasswordResultDelimiter)[0];
        _sendsAuthorization = configuration.Get(SmtpParameters.SendCyrusSaslAuthzid);
        SoftensRefusals = Get(SmtpParameters.SmtpSaslAuthSoftBounce, LmtpParameters.LmtpSaslAuthSoftBounce);
        SendsDummyAuth = Get(SmtpParameters.SmtpSendDummyMailAuth, LmtpParameters.LmtpSendDummyMailAuth);
        string cache = Get(SmtpParameters.SmtpSaslAuthCacheName, LmtpParameters.LmtpSaslAuthCacheName);
        Failures = cache.Length == 0 ? null : new FailedLogins(registry, cache, Get(SmtpParameters.SmtpSaslAuthCacheTime, LmtpParameters.LmtpSaslAuthCacheTime));

        // The library behind these is loaded at its first use: now, while it is in reach.
        CryptographicOperations.HmacData(HashAlgorithmName.SHA256, [1], []);

        T Get<T>(Parameter<T> smtp, Parameter<T> lmtp)
            where T : notnull => configuration.Get(isLmtp ? lmtp : smtp);

        SaslSecurity Security(StringParameter parameter) => SaslSecurity.Parse(parameter.Name, configuration.Get(parameter), isClient: true);
    }

    /// <summary>Null when logging in is not configured.</summary>
    /// <exception cref="FatalException">Something is missing, or makes no sense.</exception>
    public static SaslClient? Create(Configuration configuration, TableRegistry registry, bool isLmtp) =>
        configuration.Get(isLmtp ? LmtpParameters.LmtpSaslAuthEnable : SmtpParameters.SmtpSaslAuthEnable) ? new SaslClient(configuration, registry, isLmtp) : null;

    /// <summary>A refusal for good counts as one for now.</summary>
    public bool SoftensRefusals { get; }

    /// <summary>MAIL says <c>AUTH=&lt;&gt;</c>.</summary>
    public bool SendsDummyAuth { get; }

    /// <summary>Logins that are not tried again; null when none are remembered.</summary>
    public FailedLogins? Failures { get; }

    /// <summary>Access tokens of OAuth 2.0.</summary>
    public TokenSource Tokens { get; } = new(TimeProvider.System);

    /// <summary>What to log in with: by sender, by server name, by next hop as configured.</summary>
    /// <returns>Null when there is no entry.</returns>
    /// <exception cref="LocalDataException">A table cannot tell.</exception>
    public async ValueTask<SaslCredentials?> FindAsync(string queueId, string sender, string host, string destination, CancellationToken stop)
    {
        LookupResult found = LookupResult.NotFound;
        if (_bySender is not null && sender.Length > 0)
        {
            found = (await _bySender.FindAsync(sender, stop: stop)).Result;
        }

        if (found.IsNotFound)
        {
            found = await _passwords.LookupAsync(host, stop: stop);
        }

        if (found.IsNotFound && destination != host)
        {
            found = await _passwords.LookupAsync(destination, stop: stop);
        }

        if (found.IsFailed)
        {
            Log.Warn($"{queueId}: {_passwords.Title} lookup error");
            throw new LocalDataException(found.Reason);
        }

        if (found.IsNotFound)
        {
            return null;
        }

        int end = found.Value.IndexOf(_delimiter, StringComparison.Ordinal);
        return end < 0 ? new SaslCredentials(found.Value, "") : new SaslCredentials(found.Value[..end], found.Value[(end + 1)..]);
    }

    /// <summary>The offered mechanisms that the filter lets through, in upper case.</summary>
    public async ValueTask<List<string>> FilterAsync(IReadOnlyList<string> offered, CancellationToken stop)
    {
        List<string> left = [];
        foreach (string mechanism in offered)
        {
            MatchResult matches = _filter.IsEmpty ? MatchResult.Yes : await _filter.MatchesAsync(mechanism, stop);
            if (matches == MatchResult.Failed)
            {
                throw new LocalDataException($"{_filter.Title} lookup error");
            }

            if (matches == MatchResult.Yes)
            {
                left.Add(mechanism.ToUpperInvariant());
            }
        }

        return left;
    }

    /// <summary>The best of the mechanisms that the connection's security allows.</summary>
    /// <returns>Null when none is left.</returns>
    /// <exception cref="LocalDataException">The credentials name a token that cannot be had.</exception>
    public async ValueTask<SaslMechanism?> ChooseAsync(IReadOnlyCollection<string> mechanisms, SaslCredentials credentials, SmtpSession session, CancellationToken stop)
    {
        SaslSecurity security = session.Tls is null ? _plain : session.IsTlsMatched ? _verified : _encrypted;
        foreach (string name in credentials.HasToken ? KnownForTokens : Known)
        {
            if (mechanisms.Contains(name) && security.Allows(SaslMechanism.PropertiesOf(name)))
            {
                return Create(name, credentials, credentials.HasToken ? await TokenAsync(session, credentials, stop) : "", session.Server);
            }
        }

        return null;
    }

    private async ValueTask<string> TokenAsync(SmtpSession session, SaslCredentials credentials, CancellationToken stop)
    {
        try
        {
            return await Tokens.FindAsync(credentials.Source, stop);
        }
        catch (LocalDataException failure)
        {
            Log.Warn($"{session.QueueId}: {failure.Message}");
            throw;
        }
    }

    private SaslMechanism Create(string name, SaslCredentials credentials, string token, ServerAddress server)
    {
        string authorization = _sendsAuthorization ? credentials.User : "";
        return name switch
        {
            "OAUTHBEARER" => new OauthBearerMechanism(credentials.User, token, server.Host, server.EndPoint?.Port ?? 0),
            "XOAUTH2" => new Xoauth2Mechanism(credentials.User, token),
            "SCRAM-SHA-512" => Scram(HashAlgorithmName.SHA512),
            "SCRAM-SHA-384" => Scram(HashAlgorithmName.SHA384),
            "SCRAM-SHA-256" => Scram(HashAlgorithmName.SHA256),
            "SCRAM-SHA-1" => Scram(HashAlgorithmName.SHA1),
            "CRAM-MD5" => new CramMd5Mechanism(credentials),
            "PLAIN" => new PlainMechanism(credentials, authorization),
            _ => new LoginMechanism(credentials),
        };

        ScramMechanism Scram(HashAlgorithmName hash) => new(name, hash, credentials, authorization, ScramMechanism.NewNonce());
    }
}
