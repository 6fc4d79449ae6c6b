using Mta.Tables;

namespace Mta.Config;

/// <summary>Parameters that are a set of known words, in their exact spelling.</summary>
public static class WordSet
{
    /// <summary>The words of a parameter's value.</summary>
    /// <param name="known">All that it may have.</param>
    /// <exception cref="ConfigurationException">There is another word: a misspelt one would silently leave something out.</exception>
    public static List<string> Of(Configuration configuration, StringParameter parameter, params ReadOnlySpan<string> known)
    {
        string text = configuration.Get(parameter);
        List<string> words = TableListSyntax.Split(text);
        foreach (string word in words)
        {
            if (!known.Contains(word))
            {
                throw new ConfigurationException($"unknown {parameter.Name} value \"{word}\" in \"{text}\"");
            }
        }

        return words;
    }

    /// <summary>What the postmaster is told of.</summary>
    /// <exception cref="ConfigurationException">See <see cref="Of"/>.</exception>
    public static List<string> NotifyClasses(Configuration configuration) =>
        Of(configuration, Parameters.GlobalParameters.NotifyClasses, "bounce", "2bounce", "data", "delay", "policy", "protocol", "resource", "software");

    /// <summary>Which mail is looked at for the need of SMTPUTF8.</summary>
    /// <exception cref="ConfigurationException">See <see cref="Of"/>.</exception>
    public static List<string> Smtputf8AutodetectClasses(Configuration configuration) =>
        Of(configuration, Parameters.GlobalParameters.Smtputf8AutodetectClasses, "sendmail", "smtpd", "qmqpd", "forward", "bounce", "notify", "verify", "all");

    /// <summary>What is left out for mail that comes in.</summary>
    /// <exception cref="ConfigurationException">See <see cref="Of"/>.</exception>
    public static List<string> ReceiveOverrideOptions(Configuration configuration) =>
        Of(configuration, Parameters.GlobalParameters.ReceiveOverrideOptions, "no_unknown_recipient_checks", "no_address_mappings", "no_header_body_checks", "no_milters");

    /// <summary>Which mail of the system's own filters see.</summary>
    /// <exception cref="ConfigurationException">See <see cref="Of"/>.</exception>
    public static List<string> InternalMailFilterClasses(Configuration configuration) =>
        Of(configuration, Parameters.BounceParameters.InternalMailFilterClasses, "bounce", "notify");

    /// <summary>Where the extension of an address that a table found without it goes to the result.</summary>
    /// <exception cref="ConfigurationException">See <see cref="Of"/>.</exception>
    public static List<string> PropagateUnmatchedExtensions(Configuration configuration) =>
        Of(configuration, Parameters.GlobalParameters.PropagateUnmatchedExtensions, "canonical", "virtual", "alias", "forward", "include", "generic");
}
