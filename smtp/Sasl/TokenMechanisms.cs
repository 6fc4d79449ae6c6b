namespace Mta.Smtp.Sasl;

/// <summary>XOAUTH2, as Google and Microsoft want it: an OAuth 2.0 access token in place of a password.</summary>
internal sealed class Xoauth2Mechanism(string user, string token) : SaslMechanism("XOAUTH2")
{
    public override string Token => token;

    public override string Initial => $"user={user}\u0001auth=Bearer {token}\u0001\u0001";

    // A refusal comes as a challenge that explains it; an empty answer brings the reply proper.
    public override SaslReply Answer(string challenge) => SaslReply.Send("");
}

/// <summary>OAUTHBEARER (RFC 7628).</summary>
internal sealed class OauthBearerMechanism(string user, string token, string host, int port) : SaslMechanism("OAUTHBEARER")
{
    public override string Token => token;

    public override string Initial =>
        $"n,a={user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},\u0001host={host}\u0001port={port}\u0001auth=Bearer {token}\u0001\u0001";

    // RFC 7628 §3.2.3: the client answers the explanation with one such byte.
    public override SaslReply Answer(string challenge) => SaslReply.Send("\u0001");
}
