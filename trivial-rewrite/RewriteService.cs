using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Service;

namespace Mta.TrivialRewrite;

/// <summary>All that the sessions of this process share: the rewriter, the resolvers and the tables behind them.</summary>
internal sealed class RewriteService
{
    private readonly ServiceContext _context;
    private readonly AddressRewriter _local;
    private readonly AddressRewriter _remote;
    private readonly AddressResolver _resolver;
    private readonly AddressResolver _verifyResolver;

    /// <summary>Reads the parameters and opens all tables.</summary>
    public RewriteService(ServiceContext context)
    {
        _context = context;
        Configuration configuration = context.Configuration;
        string remote = configuration.Get(CleanupParameters.RemoteHeaderRewriteDomain);
        _local = new AddressRewriter(configuration, configuration.Get(GlobalParameters.Myorigin), configuration.Get(GlobalParameters.Mydomain));
        _remote = new AddressRewriter(configuration, remote, remote);
        DomainClasses classes = new(configuration, context.Tables, new LocalDomains(configuration, context.Tables));
        _resolver = new AddressResolver(ResolverSettings.ForDelivery(context.Tables, classes), classes, _local);
        _verifyResolver = new AddressResolver(ResolverSettings.ForVerification(context.Tables, classes), classes, _local);
    }

    /// <summary>Clients are told to come back on a new connection: this process is about to end.</summary>
    public bool IsRetiring => _context.Retiring.IsCancellationRequested;

    public string Rewrite(RewriteVerb verb, string address) => (verb == RewriteVerb.RewriteLocal ? _local : _remote).Rewrite(address);

    public ValueTask<ResolveReply> ResolveAsync(RewriteRequest request, CancellationToken stop) =>
        (request.Verb == RewriteVerb.Resolve ? _resolver : _verifyResolver).ResolveAsync(request.Sender, request.Address, stop);
}
