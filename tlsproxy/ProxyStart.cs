using Mta.Config;
using Mta.Config.Parameters;
using Mta.Service;
using Mta.TlsServer;

namespace Mta.Tlsproxy;

/// <summary>What is loaded with the privileges of the start.</summary>
internal static class ProxyStart
{
    public static ServerTls LoadServer(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        ServerTls tls = new(configuration, ServerTlsParameters.Tlsproxy(configuration), context.Tables, context.ServiceName, context.Retire, context.Retiring);
        if (tls.Level == ServerTlsLevel.None)
        {
            LogLines.ServerRoleIsOff(TlsproxyParameters.TlsproxyTlsSecurityLevel.Name, TlsproxyParameters.TlsproxyUseTls.Name);
        }

        return tls;
    }
}
