using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.TlsServer;

/// <summary>The parameters of one server program's TLS: the same things under the program's own names.</summary>
public sealed record ServerTlsParameters
{
    /// <summary>Those of the SMTP server.</summary>
    public static ServerTlsParameters Smtpd { get; } = new()
    {
        Program = "smtpd",
        MayWrap = true,
        SecurityLevel = SmtpdParameters.SmtpdTlsSecurityLevel,
        Use = SmtpdParameters.SmtpdUseTls,
        Enforce = SmtpdParameters.SmtpdEnforceTls,
        AskCertificate = SmtpdParameters.SmtpdTlsAskCcert,
        RequireCertificate = SmtpdParameters.SmtpdTlsReqCcert,
        LogLevel = SmtpdParameters.SmtpdTlsLoglevel,
        FingerprintDigest = SmtpdParameters.SmtpdTlsFingerprintDigest,
        ChainFiles = SmtpdParameters.SmtpdTlsChainFiles,
        CertFile = SmtpdParameters.SmtpdTlsCertFile,
        KeyFile = SmtpdParameters.SmtpdTlsKeyFile,
        DcertFile = SmtpdParameters.SmtpdTlsDcertFile,
        DkeyFile = SmtpdParameters.SmtpdTlsDkeyFile,
        EccertFile = SmtpdParameters.SmtpdTlsEccertFile,
        EckeyFile = SmtpdParameters.SmtpdTlsEckeyFile,
        CaFile = SmtpdParameters.SmtpdTlsCAfile,
        CaPath = SmtpdParameters.SmtpdTlsCApath,
        VerifyDepth = SmtpdParameters.SmtpdTlsCcertVerifydepth,
        DhParameters = SmtpdParameters.SmtpdTlsDh1024ParamFile,
        EecdhGrade = SmtpdParameters.SmtpdTlsEecdhGrade,
        Protocols = SmtpdParameters.SmtpdTlsProtocols,
        MandatoryProtocols = SmtpdParameters.SmtpdTlsMandatoryProtocols,
        Ciphers = SmtpdParameters.SmtpdTlsCiphers,
        MandatoryCiphers = SmtpdParameters.SmtpdTlsMandatoryCiphers,
        ExcludeCiphers = SmtpdParameters.SmtpdTlsExcludeCiphers,
        MandatoryExcludeCiphers = SmtpdParameters.SmtpdTlsMandatoryExcludeCiphers,
        AlwaysIssueSessionIds = SmtpdParameters.SmtpdTlsAlwaysIssueSessionIds,
        EnableRpk = SmtpdParameters.SmtpdTlsEnableRpk,
    };

    /// <summary>The program, as session contexts name it.</summary>
    public required string Program { get; init; }

    /// <summary>TLS may come before the first byte (<c>smtpd_tls_wrappermode</c>).</summary>
    public bool MayWrap { get; init; }

    public required EnumParameter SecurityLevel { get; init; }

    public required BoolParameter Use { get; init; }

    public required BoolParameter Enforce { get; init; }

    public required BoolParameter AskCertificate { get; init; }

    public required BoolParameter RequireCertificate { get; init; }

    public required StringParameter LogLevel { get; init; }

    public required StringParameter FingerprintDigest { get; init; }

    public required StringParameter ChainFiles { get; init; }

    public required StringParameter CertFile { get; init; }

    public required StringParameter KeyFile { get; init; }

    public required StringParameter DcertFile { get; init; }

    public required StringParameter DkeyFile { get; init; }

    public required StringParameter EccertFile { get; init; }

    public required StringParameter EckeyFile { get; init; }

    public required StringParameter CaFile { get; init; }

    public required StringParameter CaPath { get; init; }

    public required IntParameter VerifyDepth { get; init; }

    public required StringParameter DhParameters { get; init; }

    public required EnumParameter EecdhGrade { get; init; }

    public required StringParameter Protocols { get; init; }

    public required StringParameter MandatoryProtocols { get; init; }

    public required EnumParameter Ciphers { get; init; }

    public required EnumParameter MandatoryCiphers { get; init; }

    public required StringParameter ExcludeCiphers { get; init; }

    public required StringParameter MandatoryExcludeCiphers { get; init; }

    public required BoolParameter AlwaysIssueSessionIds { get; init; }

    public required BoolParameter EnableRpk { get; init; }

    /// <summary>
    /// Those of the TLS proxy, whose server role serves postscreen: <c>tlsproxy_tls_NAME</c> where it is set, else
    /// <c>postscreen_tls_NAME</c> where that is set, else the default, which is the SMTP server's.
    /// </summary>
    public static ServerTlsParameters Tlsproxy(Configuration configuration)
    {
        return new ServerTlsParameters
        {
            Program = "tlsproxy",
            SecurityLevel = TlsproxyParameters.TlsproxyTlsSecurityLevel,
            Use = TlsproxyParameters.TlsproxyUseTls,
            Enforce = TlsproxyParameters.TlsproxyEnforceTls,
            AskCertificate = Of(TlsproxyParameters.TlsproxyTlsAskCcert, PostscreenParameters.PostscreenTlsAskCcert),
            RequireCertificate = Of(TlsproxyParameters.TlsproxyTlsReqCcert, PostscreenParameters.PostscreenTlsReqCcert),
            LogLevel = Of(TlsproxyParameters.TlsproxyTlsLoglevel, PostscreenParameters.PostscreenTlsLoglevel),
            FingerprintDigest = Of(TlsproxyParameters.TlsproxyTlsFingerprintDigest, PostscreenParameters.PostscreenTlsFingerprintDigest),
            ChainFiles = Of(TlsproxyParameters.TlsproxyTlsChainFiles, PostscreenParameters.PostscreenTlsChainFiles),
            CertFile = Of(TlsproxyParameters.TlsproxyTlsCertFile, PostscreenParameters.PostscreenTlsCertFile),
            KeyFile = Of(TlsproxyParameters.TlsproxyTlsKeyFile, PostscreenParameters.PostscreenTlsKeyFile),
            DcertFile = Of(TlsproxyParameters.TlsproxyTlsDcertFile, PostscreenParameters.PostscreenTlsDcertFile),
            DkeyFile = Of(TlsproxyParameters.TlsproxyTlsDkeyFile, PostscreenParameters.PostscreenTlsDkeyFile),
            EccertFile = Of(TlsproxyParameters.TlsproxyTlsEccertFile, PostscreenParameters.PostscreenTlsEccertFile),
            EckeyFile = Of(TlsproxyParameters.TlsproxyTlsEckeyFile, PostscreenParameters.PostscreenTlsEckeyFile),
            CaFile = Of(TlsproxyParameters.TlsproxyTlsCAfile, PostscreenParameters.PostscreenTlsCAfile),
            CaPath = Of(TlsproxyParameters.TlsproxyTlsCApath, PostscreenParameters.PostscreenTlsCApath),
            VerifyDepth = Of(TlsproxyParameters.TlsproxyTlsCcertVerifydepth, PostscreenParameters.PostscreenTlsCcertVerifydepth),
            DhParameters = Of(TlsproxyParameters.TlsproxyTlsDh1024ParamFile, PostscreenParameters.PostscreenTlsDh1024ParamFile),
            EecdhGrade = Of(TlsproxyParameters.TlsproxyTlsEecdhGrade, PostscreenParameters.PostscreenTlsEecdhGrade),
            Protocols = Of(TlsproxyParameters.TlsproxyTlsProtocols, PostscreenParameters.PostscreenTlsProtocols),
            MandatoryProtocols = Of(TlsproxyParameters.TlsproxyTlsMandatoryProtocols, PostscreenParameters.PostscreenTlsMandatoryProtocols),
            Ciphers = Of(TlsproxyParameters.TlsproxyTlsCiphers, PostscreenParameters.PostscreenTlsCiphers),
            MandatoryCiphers = Of(TlsproxyParameters.TlsproxyTlsMandatoryCiphers, PostscreenParameters.PostscreenTlsMandatoryCiphers),
            ExcludeCiphers = Of(TlsproxyParameters.TlsproxyTlsExcludeCiphers, PostscreenParameters.PostscreenTlsExcludeCiphers),
            MandatoryExcludeCiphers = Of(TlsproxyParameters.TlsproxyTlsMandatoryExcludeCiphers, PostscreenParameters.PostscreenTlsMandatoryExcludeCiphers),
            AlwaysIssueSessionIds = Of(TlsproxyParameters.TlsproxyTlsAlwaysIssueSessionIds, PostscreenParameters.PostscreenTlsAlwaysIssueSessionIds),
            EnableRpk = Of(TlsproxyParameters.TlsproxyTlsEnableRpk, PostscreenParameters.PostscreenTlsEnableRpk),
        };

        T Of<T>(T own, T postscreens)
            where T : Parameter => !configuration.IsSet(own) && configuration.IsSet(postscreens) ? postscreens : own;
    }
}
