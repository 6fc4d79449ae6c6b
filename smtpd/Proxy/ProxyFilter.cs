using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtpd.Proxy;

/// <summary>The before-queue content filter (<c>smtpd_proxy_filter</c>): where it is and how it is talked to.</summary>
internal sealed class ProxyFilter
{
    private ProxyFilter(Configuration configuration, string text)
    {
        Endpoint = NamedEndpoint.Parse(text, hostIsOptional: true);
        HelloName = configuration.Get(SmtpdParameters.SmtpdProxyEhlo);
        Timeout = configuration.Get(SmtpdParameters.SmtpdProxyTimeout);
        foreach (string option in TableListSyntax.Split(configuration.Get(SmtpdParameters.SmtpdProxyOptions)))
        {
            AdjustsSpeed = Ascii.EqualsIgnoreCase(option, "speed_adjust") || AdjustsSpeed
                ? true
                : throw new FatalException($"unknown {SmtpdParameters.SmtpdProxyOptions.Name} value: {option}");
        }
    }

    public NamedEndpoint Endpoint { get; }

    public string HelloName { get; }

    /// <summary>Longest wait for each reply and write.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The filter is connected when the message has come whole.</summary>
    public bool AdjustsSpeed { get; }

    /// <summary>Null when no filter is set.</summary>
    /// <exception cref="FatalException">The setting names no place.</exception>
    public static ProxyFilter? From(Configuration configuration)
    {
        string text = configuration.Get(SmtpdParameters.SmtpdProxyFilter);
        return text.Length == 0 ? null : new ProxyFilter(configuration, text);
    }
}
