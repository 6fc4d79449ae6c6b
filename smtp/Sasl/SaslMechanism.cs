using Mta.Sasl;

namespace Mta.Smtp.Sasl;

/// <summary>What a step of an exchange came to.</summary>
/// <param name="Response">What is sent, before base64; null sends nothing.</param>
/// <param name="Error">Why there is nothing to send; null when there is.</param>
internal readonly record struct SaslReply(string? Response, string? Error)
{
    public static SaslReply Send(string response) => new(response, null);

    public static SaslReply Fail(string error) => new(null, error);
}

/// <summary>The client's half of one login (RFC 4422 §3). Used once; secrets live no longer than it.</summary>
internal abstract class SaslMechanism(string name)
{
    public const string ProtocolError = "bad protocol / cancel";
    public const string GenericFailure = "generic failure";
    public const string StepNeeded = "another step is needed in authentication";

    /// <summary>As it stands in AUTH.</summary>
    public string Name { get; } = name;

    /// <summary>What goes with the command (RFC 4954 §4); null when the server speaks first.</summary>
    public virtual string? Initial => null;

    /// <summary>The access token that the login rests on; empty where there is a password.</summary>
    public virtual string Token => "";

    /// <summary>Answers a challenge. Challenge and response are byte strings, not in base64.</summary>
    public abstract SaslReply Answer(string challenge);

    /// <summary>The server has said that it is satisfied: whether this side is.</summary>
    public virtual bool IsSatisfied => true;

    /// <summary>What a mechanism does and does not protect against, as the Cyrus library's clients see it.</summary>
    public static SaslProperties PropertiesOf(string name) => name switch
    {
        "PLAIN" or "LOGIN" or "XOAUTH2" or "OAUTHBEARER" => SaslProperties.PlainText | SaslProperties.Active | SaslProperties.Dictionary,
        "CRAM-MD5" => SaslProperties.Active | SaslProperties.Dictionary,
        _ => SaslProperties.Dictionary | SaslProperties.MutualAuth,
    };
}
