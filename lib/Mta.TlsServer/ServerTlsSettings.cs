using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;
using Mta.Tls;

namespace Mta.TlsServer;

/// <summary>Makes the TLS library's settings out of main.cf's.</summary>
internal static class ServerTlsSettings
{
    /// <exception cref="TlsException">A list makes no sense.</exception>
    public static TlsServerSettings Read(Configuration configuration, ServerTlsParameters names, string serviceName, TlsCredentialFiles files, ServerTlsLevel level, bool asksForCertificate)
    {
        bool isMandatory = level == ServerTlsLevel.Encrypt;
        StringParameter protocolList = isMandatory ? names.MandatoryProtocols : names.Protocols;
        if (!TlsProtocols.TryParse(configuration.Get(protocolList), out TlsProtocols protocols))
        {
            throw new TlsException($"Invalid TLS protocol list \"{configuration.Get(protocolList)}\": disabling TLS support", []);
        }

        string optionList = configuration.Get(TlsParameters.TlsSslOptions);
        if (!TlsOptionNames.TryParse(optionList, out ulong options))
        {
            throw new TlsException($"unknown tls_ssl_options value in \"{optionList}\": disabling TLS support", []);
        }

        if (!TlsLibrary.HasDigest(configuration.Get(names.FingerprintDigest)))
        {
            TlsLog.Warning($"Digest algorithm \"{configuration.Get(names.FingerprintDigest)}\" not found");
            throw new TlsException("disabling TLS support", []);
        }

        string dh = configuration.Get(names.DhParameters);
        if (dh.Length > 0 && dh != "auto")
        {
            int error = Posix.TryOpen(dh, OpenFlags.ReadOnly, 0, out FileHandle file);
            file?.Dispose();
            if (error != 0)
            {
                TlsLog.Warning($"error opening DH parameter file \"{dh}\": {Errno.Text(error)} -- using compiled-in defaults");
                dh = "";
            }
        }

        return new TlsServerSettings
        {
            Credentials = files,
            CaFile = configuration.Get(names.CaFile),
            CaPath = configuration.Get(names.CaPath),
            TrustsSystem = configuration.Get(TlsParameters.TlsAppendDefaultCA),
            VerifyDepth = configuration.Get(names.VerifyDepth),
            Groups = Groups(configuration, names),
            Options = options | TlsWorkarounds.Except(configuration.Get(TlsParameters.TlsDisableWorkarounds), TlsLog.Warning),
            Protocols = protocols,
            Ciphers = Ciphers(configuration, names, isMandatory, asksForCertificate),
            PrefersOwnOrder = configuration.Get(TlsParameters.TlsPreemptCipherlist),
            AsksForCertificate = asksForCertificate,
            TrustsServerCertificates = configuration.Get(TlsParameters.TlsTrustServerCcerts),
            DhParameters = dh == "auto" ? "" : dh,
            SessionContext = $"{names.Program}/{serviceName}/{level}/{asksForCertificate}",
            TicketCipher = configuration.Get(TlsParameters.TlsSessionTicketCipher),
            AlwaysIssuesSessionIds = configuration.Get(names.AlwaysIssueSessionIds),
            SessionTimeout = configuration.Get(SmtpdParameters.SmtpdTlsSessionCacheTimeout),
        };
    }

    private static string[] Groups(Configuration configuration, ServerTlsParameters names) =>
        configuration.Get(names.EecdhGrade) switch
        {
            "strong" => [configuration.Get(TlsParameters.TlsEecdhStrongCurve)],
            "ultra" => [configuration.Get(TlsParameters.TlsEecdhStrongCurve), configuration.Get(TlsParameters.TlsEecdhUltraCurve)],
            "none" => [],
            _ => [.. TableListSyntax.Split(configuration.Get(TlsParameters.TlsEecdhAutoCurves)), .. TableListSyntax.Split(configuration.Get(TlsParameters.TlsFfdheAutoGroups))],
        };

    private static string Ciphers(Configuration configuration, ServerTlsParameters names, bool isMandatory, bool asksForCertificate)
    {
        string grade = configuration.Get(isMandatory ? names.MandatoryCiphers : names.Ciphers);
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
            configuration.Get(names.ExcludeCiphers),
            isMandatory ? configuration.Get(names.MandatoryExcludeCiphers) : "",
            isMandatory && grade != "null" ? "eNULL" : "",
            asksForCertificate ? "aNULL" : "");
    }
}
