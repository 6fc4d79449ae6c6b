using Mta.Config;
using Mta.Tables;
using Mta.Text;

namespace Mta.Sasl;

/// <summary>What a mechanism does and does not protect against.</summary>
[Flags]
public enum SaslProperties
{
    None = 0,

    /// <summary>Whoever listens has the password.</summary>
    PlainText = 1,

    /// <summary>Whoever takes part in the exchange can use it at once.</summary>
    Active = 2,

    /// <summary>Whoever listens can guess the password by trying.</summary>
    Dictionary = 4,
    Anonymous = 8,
    ForwardSecrecy = 16,
    MutualAuth = 32,
}

/// <param name="Name">As registered, in capitals.</param>
public readonly record struct SaslMechanism(string Name, SaslProperties Properties)
{
    /// <summary>The properties of the mechanisms that this library knows by itself.</summary>
    public static SaslProperties PropertiesOf(string name) => Ascii.ToLower(name) switch
    {
        "plain" or "login" or "xoauth2" or "oauthbearer" => SaslProperties.PlainText,
        "anonymous" => SaslProperties.Anonymous,
        "cram-md5" or "digest-md5" => SaslProperties.Dictionary | SaslProperties.Active,
        "scram-sha-1" or "scram-sha-256" => SaslProperties.MutualAuth,
        _ => SaslProperties.None,
    };
}

/// <summary><c>*_sasl_security_options</c>: which properties a mechanism must not or must have. For servers and clients.</summary>
/// <param name="Forbidden">None of these.</param>
/// <param name="Required">All of these.</param>
public readonly record struct SaslSecurity(SaslProperties Forbidden, SaslProperties Required)
{
    /// <param name="isClient">A client's options have no <c>forward_secrecy</c>.</param>
    /// <exception cref="ConfigurationException">Not one of the options.</exception>
    public static SaslSecurity Parse(string parameter, string text, bool isClient = false)
    {
        SaslProperties forbidden = SaslProperties.None;
        SaslProperties required = SaslProperties.None;
        foreach (string word in TableListSyntax.Split(text))
        {
            switch (Ascii.ToLower(word))
            {
                case "noplaintext":
                    forbidden |= SaslProperties.PlainText;
                    break;
                case "noactive":
                    forbidden |= SaslProperties.Active;
                    break;
                case "nodictionary":
                    forbidden |= SaslProperties.Dictionary;
                    break;
                case "noanonymous":
                    forbidden |= SaslProperties.Anonymous;
                    break;
                case "forward_secrecy" when !isClient:
                    required |= SaslProperties.ForwardSecrecy;
                    break;
                case "mutual_auth":
                    required |= SaslProperties.MutualAuth;
                    break;
                default:
                    throw new ConfigurationException($"bad per-session SASL security properties: {parameter} = {text}");
            }
        }

        return new SaslSecurity(forbidden, required);
    }

    public bool Allows(SaslMechanism mechanism) => Allows(mechanism.Properties);

    public bool Allows(SaslProperties properties) => (properties & Forbidden) == 0 && (properties & Required) == Required;
}
