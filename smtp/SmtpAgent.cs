using Mta.Config.Parameters;
using Mta.Delivery;
using Mta.Delivery.Routing;
using Mta.Delivery.Security;
using Mta.Dns;
using Mta.Linux;
using Mta.Service;
using Mta.Tables.Source;
using Mta.Text;
using Mta.Tls;

namespace Mta.Smtp;

/// <summary>What all deliveries of this process share: settings, resolver, resting sessions.</summary>
internal sealed class SmtpAgent : IDisposable
{
    /// <summary>
    /// Deliveries that may be in this process for each that may have a session: one has it, one looks up servers (which
    /// takes about as long over the net), and the others wait, so that a session finds one for the same server.
    /// </summary>
    public const int AdmittedPerPlace = 6;

    private readonly SmtpSettings _settings;
    private readonly SmtpTables _tables;
    private readonly DeliveryAgent _agent;
    private readonly ServerLookup _lookup;
    private readonly DnsResolver? _resolver;
    private readonly SessionPool _pool;
    private readonly SessionGate<SmtpSession> _gate;
    private readonly CancellationToken _terminating;
    private readonly ClientTls _tls;

    private SmtpAgent(SmtpSettings settings, SmtpTables tables, DeliveryAgent agent, DnsResolver? resolver, ClientTls tls, ServiceContext context)
    {
        _settings = settings;
        _tables = tables;
        _agent = agent;
        _resolver = resolver;
        _tls = tls;
        _lookup = new ServerLookup(settings.Lookup, Searching(settings, resolver), new NativeNames(), tables.DnsFilter);
        _pool = new SessionPool(settings.CacheTimeLimit);
        _gate = new SessionGate<SmtpSession>(context.PlaceLimit, context.Time);
        _terminating = context.Terminating;

        // The services file may be out of reach later.
        _lookup.PortOf(settings.Lookup.DefaultService);
    }

    /// <summary>Reads settings and loads libraries, with the privileges of the start.</summary>
    public static SmtpAgent Create(ServiceContext context)
    {
        SmtpSettings settings = new(context.Configuration, context.ProcessName, context.ServiceName, context.Arguments) { IsVerbose = context.IsVerbose };
        DeliveryAgent agent = DeliveryAgents.Create(
            context.Configuration,
            context.Tables,
            context.ServiceName,
            settings.IsLmtp ? LmtpParameters.LmtpDeliveryStatusFilter : SmtpParameters.SmtpDeliveryStatusFilter);
        try
        {
            DnsResolver? resolver = settings.Lookup.UsesDns
                ? new DnsResolver(new DnsSettings
                {
                    ValidatesDnssec = settings.Lookup.ValidatesDnssec,
                    TrustAnchorFile = context.Configuration.Get(GlobalParameters.DnsTrustAnchorFile),
                    ForwardAddress = context.Configuration.Get(GlobalParameters.DnsForwardAddress),
                })
                : null;
            ClientTls tls = new(context.Configuration, settings.IsLmtp ? "lmtp" : "smtp", context.Tables, settings.Lookup.ValidatesDnssec ? resolver : null, settings.Lookup.WhyNoDane);
            return new SmtpAgent(settings, new SmtpTables(context.Configuration, context.Tables, settings.IsLmtp), agent, resolver, tls, context);
        }
        catch (TlsException failure)
        {
            throw new FatalException(failure.Message, failure);
        }
        catch (DnsException failure)
        {
            throw new FatalException(failure.Message, failure);
        }
    }

    private static IDnsResolver? Searching(SmtpSettings settings, DnsResolver? resolver)
    {
        if (resolver is null || (!settings.Lookup.CompletesNames && !settings.Lookup.SearchesNames))
        {
            return resolver;
        }

        string file = "";
        try
        {
            file = ByteString.FromBytes(SourceFile.Read(new DnsSettings().ResolverFile).Content);
        }
        catch (LinuxException)
        {
            // resolv.conf(5): without the file, the domain is that of this host.
        }

        return new SearchingResolver(resolver, SearchingResolver.DomainsOf(file, Environment.MachineName), settings.Lookup.CompletesNames, settings.Lookup.SearchesNames);
    }

    public Task ServeAsync(ClientConnection client) => _agent.ServeAsync(client.Input, client.Output, HandleAsync, client.BetweenRequests);

    public void Dispose()
    {
        _pool.Dispose();
        _resolver?.Dispose();
        _tls.Dispose();
    }

    private ValueTask HandleAsync(Delivery.Delivery delivery, CancellationToken stop) =>
        new RequestHandler(_settings, _tables, _lookup, new SessionSource(_pool, _gate, delivery, _terminating), _tls, delivery).RunAsync(stop);
}
