namespace Mta.Config.Parameters;

/// <summary>Every group of declarations.</summary>
public static class ParameterGroups
{
    public static readonly IReadOnlyList<IReadOnlyList<Parameter>> All =
    [
        AnvilParameters.All,
        BounceParameters.All,
        CleanupParameters.All,
        DnsblogParameters.All,
        FlushParameters.All,
        GlobalParameters.All,
        LmtpParameters.All,
        LocalParameters.All,
        MasterParameters.All,
        MilterParameters.All,
        PipeParameters.All,
        PostlogParameters.All,
        PostmultiParameters.All,
        PostscreenParameters.All,
        ProxymapParameters.All,
        QmgrParameters.All,
        QmqpdParameters.All,
        SandboxParameters.All,
        SendmailParameters.All,
        SmtpParameters.All,
        SmtpdParameters.All,
        TableParameters.All,
        TlsParameters.All,
        TlsproxyParameters.All,
        TrivialRewriteParameters.All,
        VerifyParameters.All,
        VirtualParameters.All,
    ];
}
