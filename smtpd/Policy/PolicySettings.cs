using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd.Policy;

/// <summary>How one policy server is talked to: the parameters <c>smtpd_policy_service_*</c>, or what a list says for this server alone.</summary>
internal sealed class PolicySettings(Configuration configuration)
{
    public TimeSpan Timeout { get; private set; } = configuration.Get(SmtpdParameters.SmtpdPolicyServiceTimeout);

    public TimeSpan MaxIdle { get; private set; } = configuration.Get(SmtpdParameters.SmtpdPolicyServiceMaxIdle);

    public TimeSpan MaxLife { get; private set; } = configuration.Get(SmtpdParameters.SmtpdPolicyServiceMaxTtl);

    /// <summary>Requests on one connection; 0 is no limit.</summary>
    public int RequestLimit { get; private set; } = configuration.Get(SmtpdParameters.SmtpdPolicyServiceRequestLimit);

    public int TryLimit { get; private set; } = configuration.Get(SmtpdParameters.SmtpdPolicyServiceTryLimit);

    public TimeSpan RetryDelay { get; private set; } = configuration.Get(SmtpdParameters.SmtpdPolicyServiceRetryDelay);

    /// <summary>What is done when the server gives no answer.</summary>
    public string DefaultAction { get; private set; } = configuration.Get(SmtpdParameters.SmtpdPolicyServiceDefaultAction);

    public string Context { get; private set; } = configuration.Get(SmtpdParameters.SmtpdPolicyServicePolicyContext);

    /// <summary>Reads <c>server</c> or <c>{ server, name=value, { name = value } }</c>.</summary>
    /// <exception cref="FatalException">It is malformed.</exception>
    public static (string Server, PolicySettings Settings) Parse(Configuration configuration, string specification)
    {
        var settings = new PolicySettings(configuration);
        if (!specification.StartsWith('{'))
        {
            return (specification, settings);
        }

        if (!TableListSyntax.TryUnbrace(specification, out string inner, out string error))
        {
            throw new FatalException($"policy service syntax error: {error}");
        }

        List<string> words = TableListSyntax.Split(inner);
        if (words.Count == 0)
        {
            throw new FatalException($"policy service syntax error: no server in \"{specification}\"");
        }

        for (int i = 1; i < words.Count; i++)
        {
            string word = words[i].StartsWith('{') && TableListSyntax.TryUnbrace(words[i], out string plain, out _) ? plain : words[i];
            int equals = word.IndexOf('=');
            if (equals <= 0)
            {
                throw new FatalException($"policy service syntax error: missing '=' after attribute name: \"{word}\"");
            }

            settings.Set(word[..equals].Trim(), word[(equals + 1)..].Trim());
        }

        return (words[0], settings);
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "timeout":
                Timeout = SmtpdParameters.SmtpdPolicyServiceTimeout.Parse(value);
                break;
            case "max_idle":
                MaxIdle = SmtpdParameters.SmtpdPolicyServiceMaxIdle.Parse(value);
                break;
            case "max_ttl":
                MaxLife = SmtpdParameters.SmtpdPolicyServiceMaxTtl.Parse(value);
                break;
            case "request_limit":
                RequestLimit = SmtpdParameters.SmtpdPolicyServiceRequestLimit.Parse(value);
                break;
            case "try_limit":
                TryLimit = SmtpdParameters.SmtpdPolicyServiceTryLimit.Parse(value);
                break;
            case "retry_delay":
                RetryDelay = SmtpdParameters.SmtpdPolicyServiceRetryDelay.Parse(value);
                break;
            case "default_action":
                DefaultAction = value;
                break;
            case "policy_context":
                Context = value;
                break;
            default:
                throw new FatalException($"policy service syntax error: unknown attribute name: {name}");
        }
    }
}
