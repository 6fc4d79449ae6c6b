namespace Mta.Smtp.Sasl;

/// <summary>PLAIN (RFC 4616): name and password in one message.</summary>
internal sealed class PlainMechanism(SaslCredentials credentials, string authorization) : SaslMechanism("PLAIN")
{
    public override string Initial => $"{authorization}\0{credentials.User}\0{credentials.Password}";

    public override SaslReply Answer(string challenge) => SaslReply.Fail(GenericFailure);
}

/// <summary>LOGIN: the server asks twice, in words that nobody agreed on.</summary>
internal sealed class LoginMechanism(SaslCredentials credentials) : SaslMechanism("LOGIN")
{
    private int _step;

    public override SaslReply Answer(string challenge) => _step++ switch
    {
        0 => SaslReply.Send(credentials.User),
        1 => SaslReply.Send(credentials.Password),
        _ => SaslReply.Fail(GenericFailure),
    };
}
