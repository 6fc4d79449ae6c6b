using System.Globalization;
using System.Text;
using Mta.Config.Parameters;
using Mta.Linux;

namespace Mta.Config;

/// <summary>Defaults that depend on the host or the process.</summary>
internal static class HostDefaults
{
    public static string ConfigDirectory(Configuration configuration) => configuration.Directory;

    public static string ProcessName(Configuration configuration) => configuration.ProcessName;

    public static string ServiceName(Configuration configuration) => configuration.ServiceName;

    public static string ProcessId(Configuration configuration) => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    public static string Processors(Configuration configuration) => Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);

    /// <summary>The host's name; one without a dot gets mydomain, or <c>localdomain</c>.</summary>
    public static string MyHostname(Configuration configuration)
    {
        string name = Posix.HostName();
        if (name.Length == 0)
        {
            name = "localhost";
        }

        return name.Contains('.') ? name
            : configuration.IsSet(GlobalParameters.Mydomain) ? $"{name}.$mydomain"
            : $"{name}.localdomain";
    }

    /// <summary>myhostname without its first label; <c>localdomain</c> when it has one only.</summary>
    public static string MyDomain(Configuration configuration)
    {
        string name = configuration.Get(GlobalParameters.Myhostname);
        int dot = name.IndexOf('.');
        return dot < 0 ? "localdomain" : name[(dot + 1)..];
    }

    /// <summary>The networks that mynetworks_style selects around this host's own addresses.</summary>
    public static string MyNetworks(Configuration configuration)
    {
        string style = configuration.Get(GlobalParameters.MynetworksStyle);
        if (configuration.IsFindingAddresses)
        {
            return "";
        }

        var result = new StringBuilder();
        var seen = new HashSet<string>();
        foreach (OwnAddress own in configuration.OwnAddresses.Addresses)
        {
            string network = style switch
            {
                // IPv6 has no classes: the subnet.
                "class" when own.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork => Network.ClassOf(own.Address).ToString(),
                "class" => Network.Around(own.Address, own.PrefixLength).ToString(),
                "subnet" => Network.Around(own.Address, own.PrefixLength).ToString(),
                _ => Network.Around(own.Address, own.Address.GetAddressBytes().Length * 8).ToString(),
            };
            if (seen.Add(network))
            {
                result.Append(result.Length == 0 ? "" : " ").Append(network);
            }
        }

        return result.ToString();
    }
}
