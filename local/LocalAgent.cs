using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Tables;
using NLog;

namespace Mta.Local;

/// <summary>
/// Delivers to the system's users: the parts of local delivery and what they share. Serves all clients of the process.
/// </summary>
internal sealed class LocalAgent
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly ServiceContext _context;

    private LocalAgent(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        _context = context;
        Settings = new LocalSettings(configuration);
        Agent = DeliveryAgents.Create(configuration, context.Tables, context.ServiceName, LocalParameters.LocalDeliveryStatusFilter);
        Runner = OrderRunner.Create(context.ProcessName, Settings.SizeLimit);
        Aliases = new AliasTables(Open(LocalParameters.AliasMaps, AliasTables.Flags));
        MailboxTransports = Open(LocalParameters.MailboxTransportMaps, TableFlags.Usual | TableFlags.NoRegexpSubstitution);
        FallbackTransports = Open(LocalParameters.FallbackTransportMaps, TableFlags.Usual | TableFlags.NoRegexpSubstitution);
        MailboxCommands = Open(LocalParameters.MailboxCommandMaps, AliasTables.Flags);
        Extension = AddressExtension.From(configuration);
        Accounts = new Accounts(context.Time);
        Rewriter = RewriteClient.From(configuration);
        Cleanup = CleanupClient.From(configuration);
        Recipients = new RecipientDelivery(this);
        Lists = new ListDelivery(this);
        Includes = new IncludeDelivery(this);
        ForwardFiles = new ForwardFileDelivery(this);
        AliasDelivery = new AliasDelivery(this);
        Mailboxes = new MailboxDelivery(this);
        Files = new FileDelivery(this);
        Commands = new CommandDelivery(this);
        Unknown = new UnknownUser(this);
        Forwarding = new Forwarding(this);

        TableList Open(StringParameter parameter, TableFlags flags) => TableList.Open(context.Tables, parameter.Name, configuration.Get(parameter), flags);
    }

    public LocalSettings Settings { get; }

    public DeliveryAgent Agent { get; }

    public OrderRunner Runner { get; }

    public AliasTables Aliases { get; }

    public TableList MailboxTransports { get; }

    public TableList FallbackTransports { get; }

    public TableList MailboxCommands { get; }

    public AddressExtension Extension { get; }

    public Accounts Accounts { get; }

    public RewriteClient Rewriter { get; }

    public CleanupClient Cleanup { get; }

    public PathTurns Turns { get; } = new();

    public RecipientDelivery Recipients { get; }

    public ListDelivery Lists { get; }

    public IncludeDelivery Includes { get; }

    public ForwardFileDelivery ForwardFiles { get; }

    public AliasDelivery AliasDelivery { get; }

    public MailboxDelivery Mailboxes { get; }

    public FileDelivery Files { get; }

    public CommandDelivery Commands { get; }

    public UnknownUser Unknown { get; }

    public Forwarding Forwarding { get; }

    /// <summary>Name of the service: the relay of log lines, and the transport that leads back here.</summary>
    public string ServiceName => Agent.Settings.ServiceName;

    /// <exception cref="Text.FatalException">A parameter does not make sense.</exception>
    public static LocalAgent Create(ServiceContext context)
    {
        if (context.Configuration.Get(GlobalParameters.SunMailtoolCompatibility))
        {
            Log.Warn("sun_mailtool_compatibility is not supported; specify \"mailbox_delivery_lock = dotlock\" instead");
        }

        return new LocalAgent(context);
    }

    public Task ServeAsync(ClientConnection client)
    {
        if (_context.Tables.FindChanged() is { } changed && !_context.Retiring.IsCancellationRequested)
        {
            // This client is still served; the next ones find a process with the new table.
            Log.Info($"table {changed} has changed -- restarting");
            _context.Retire();
        }

        return Agent.ServeAsync(client.Input, client.Output, HandleAsync, client.BetweenRequests);
    }

    public async ValueTask HandleAsync(Delivery.Delivery delivery, CancellationToken stop)
    {
        Lazy<DeliveredToHeaders> deliveredTo = new(() => DeliveredToHeaders.Read(delivery));
        foreach (DeliveryRecipient recipient in delivery.Request.Recipients)
        {
            Expansion expansion = new(delivery, deliveredTo, Settings.DuplicateFilterLimit);
            Addressee addressee = new()
            {
                Recipient = recipient,
                Sender = delivery.Request.Sender,
                EnvelopeId = delivery.Request.EnvelopeId,
                Ret = delivery.Request.Ret,
            };
            bool isFinal = await Recipients.DeliverAsync(expansion, addressee, stop);
            if (expansion.IsCorrupt)
            {
                delivery.MarkCorrupt();
                return;
            }

            isFinal &= await Forwarding.FinishAsync(expansion, addressee, isFinal, stop);
            if (expansion.IsCorrupt)
            {
                delivery.MarkCorrupt();
                return;
            }

            delivery.Finish(recipient, isFinal);
        }
    }

    /// <summary>Reports success, under the service's name.</summary>
    public ValueTask<bool> SentAsync(Expansion expansion, Addressee addressee, string text, CancellationToken stop, string action = "") =>
        expansion.Delivery.SentAsync(addressee.Recipient, ServiceName, new Dsn("2.0.0", action, text), stop);

    /// <summary>Reports a failure, permanent or temporary by its status.</summary>
    public ValueTask<bool> FailedAsync(Expansion expansion, Addressee addressee, Dsn dsn, CancellationToken stop) =>
        expansion.Delivery.FailedAsync(addressee.Recipient, ServiceName, dsn, stop);

    /// <inheritdoc cref="FailedAsync(Expansion, Addressee, Dsn, CancellationToken)"/>
    public ValueTask<bool> FailedAsync(Expansion expansion, Addressee addressee, string status, string text, CancellationToken stop) =>
        FailedAsync(expansion, addressee, new Dsn(status, "", text), stop);

    /// <summary>
    /// A failure of a file, a command or a loop: where the recipient's alias has an owner, the owner is told at once and
    /// alone, since the sender can do nothing about it.
    /// </summary>
    public async ValueTask<bool> FailedForOwnerAsync(Expansion expansion, Addressee addressee, Dsn dsn, CancellationToken stop)
    {
        if (!dsn.Status.StartsWith('5') || !Settings.OwnerRequestSpecial || Aliases.IsEmpty)
        {
            return await FailedAsync(expansion, addressee, dsn, stop);
        }

        string local = AddressSyntax.LocalPart(addressee.Recipient.Address).ToString();
        LookupResult found = await FindOwnerAsync(local, stop);
        if (found.IsFailed)
        {
            return await FailedAsync(expansion, addressee, "4.3.0", "alias database unavailable", stop);
        }

        if (!found.IsFound)
        {
            return await FailedAsync(expansion, addressee, dsn, stop);
        }

        string owner = await OwnerAddressAsync(found, local, stop);
        return await expansion.Delivery.BouncedToAsync(owner, addressee.Recipient, ServiceName, dsn, stop);
    }

    /// <summary>The address of a list's owner: <c>owner-LIST</c>, or that alias's own value with <c>expand_owner_alias</c>.</summary>
    public async ValueTask<string> OwnerAddressAsync(LookupResult found, string local, CancellationToken stop) =>
        await Rewriter.RewriteInternalAsync(RewriteContext.Local, Settings.ExpandOwnerAlias ? FirstOf(found.Value, local) : $"owner-{local}", stop);

    private static string FirstOf(string value, string local)
    {
        List<string> addresses = AddressTokens.Parse(value);
        return addresses.Count == 1 ? addresses[0] : $"owner-{local}";
    }

    private async ValueTask<LookupResult> FindOwnerAsync(string local, CancellationToken stop)
    {
        LookupResult found = await Aliases.FindOwnerAsync(local, stop);
        if (found.IsNotFound)
        {
            Extension.Split(local, out string user, out string? extension);
            if (extension is not null)
            {
                found = await Aliases.FindOwnerAsync(user, stop);
            }
        }

        return found;
    }
}
