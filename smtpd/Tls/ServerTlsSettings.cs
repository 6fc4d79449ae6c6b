using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Tls;

namespace Mta.Smtpd.Tls;

/// <summary>Makes the TLS library's settings out of main.cf's.</summary>
internal static class ServerTlsSettings
{
    /// <exception cref="TlsException">A list makes no sense.</exception>
    public static TlsServerSettings Read(Configuration configuration, string serviceName, TlsCredentialFiles files, ServerTlsLevel level, bool asksForCertificate)
    {
        bool isMandatory = level == ServerTlsLevel.Encrypt;
        StringParameter protocolList = isMandatory ? SmtpdParameters.SmtpdTlsMandatoryProtocols : SmtpdParameters.SmtpdTlsProtocols;
        if (!TlsProtocols.TryParse(configuration.Get(protocolList), out TlsProtocols protocols))
        {
            throw new TlsException($"Invalid TLS protocol list \"{configuration.Get(protocolList)}\": disabling TLS support", []);
        }

        string optionList = configuration.Get(TlsParameters.TlsSslOptions);
        if (!TlsOptionNames.TryParse(optionList, out ulong options))
        {
            throw new TlsException($"unknown tls_ssl_options value in \"{optionList}\": disabling TLS support", []);
        }

        if (!TlsLibrary.HasDigest(configuration.Get(SmtpdParameters.SmtpdTlsFingerprintDigest)))
        {
            throw new TlsException($"Digest algorithm \"{configuration.Get(SmtpdParameters.SmtpdTlsFingerprintDigest)}\" not found: disabling TLS support", []);
        }

        string dh = configuration.Get(SmtpdParameters.SmtpdTlsDh1024ParamFile);
        return new TlsServerSettings
        {
            Credentials = files,
            CaFile = configuration.Get(SmtpdParameters.SmtpdTlsCAfile),
            CaPath = configuration.Get(SmtpdParameters.SmtpdTlsCApath),
            TrustsSystem = configuration.Get(TlsParameters.TlsAppendDefaultCA),
            VerifyDepth = configuration.Get(SmtpdParameters.SmtpdTlsCcertVerifydepth),
            Groups = Groups(configuration),
            Options = options | TlsWorkarounds.Except(configuration.Get(TlsParameters.TlsDisableWorkarounds), LogLines.Warning),
            Protocols = protocols,
            Ciphers = Ciphers(configuration, isMandatory, asksForCertificate),
            PrefersOwnOrder = configuration.Get(TlsParameters.TlsPreemptCipherlist),
            AsksForCertificate = asksForCertificate,
            TrustsServerCertificates = configuration.Get(TlsParameters.TlsTrustServerCcerts),
            DhParameters = dh == "auto" ? "" : dh,
            SessionContext = $"smtpd/{serviceName}/{level}/{asksForCertificate}",
            TicketCipher = configuration.Get(TlsParameters.TlsSessionTicketCipher),
            SessionTimeout = configuration.Get(SmtpdParameters.SmtpdTlsSessionCacheTimeout),
        };
    }

    private static string[] Groups(Configuration configuration) =>
        configuration.Get(SmtpdParameters.SmtpdTlsEecdhGrade) switch
        {
            "strong" => [configuration.Get(TlsParameters.TlsEecdhStrongCurve)],
            "ultra" => [configuration.Get(TlsParameters.TlsEecdhStrongCurve), configuration.Get(TlsParameters.TlsEecdhUltraCurve)],
            "none" => [],
            _ => [.. TableListSyntax.Split(configuration.Get(TlsParameters.TlsEecdhAutoCurves)), .. TableListSyntax.Split(configuration.Get(TlsParameters.TlsFfdheAutoGroups))],
        };

    private static string Ciphers(Configuration configuration, bool isMandatory, bool asksForCertificate)
    {
        string grade = configuration.Get(isMandatory ? SmtpdParameters.SmtpdTlsMandatoryCiphers : SmtpdParameters.SmtpdTlsCiphers);
        StringParameter list = grade switch
        {
            "export" => TlsParameters.TlsExportCipherlist,
            "low" => TlsParameters.TlsLowCipherlist,
            "high" => TlsParameters.TlsHighCipherlist,
            "null" => TlsParameters.TlsNullCipherlist,
            _ => TlsParameters.TlsMediumCipherlist,
        };
        return TlsCiphers.Compose(
            configuration.Get(list),
            configuration.Get(SmtpdParameters.SmtpdTlsExcludeCiphers),
            isMandatory ? configuration.Get(SmtpdParameters.SmtpdTlsMandatoryExcludeCiphers) : "",
            isMandatory && grade != "null" ? "eNULL" : "",
            asksForCertificate ? "aNULL" : "");
    }
}
