using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Virtual;

/// <summary>
/// Delivers to mailboxes that tables name: <c>virtual_mailbox_maps</c> gives the path below <c>virtual_mailbox_base</c>,
/// two more tables give the numeric identity that owns it. Serves all clients of the process.
/// </summary>
internal sealed class VirtualAgent
{
    private const TableFlags Flags = TableFlags.Lock | TableFlags.FoldFixed | TableFlags.Utf8Request | TableFlags.NoRegexpSubstitution | TableFlags.NoProxy;
    private const string ConfigurationError = "mail system configuration error";
    private const string DefaultStatus = "4.2.0";
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly DeliveryAgent _agent;
    private readonly OrderRunner _runner;
    private readonly AddressLookup _mailboxes;
    private readonly UserIdTable _users;
    private readonly UserIdTable _groups;
    private readonly ServiceContext _context;
    private readonly PathTurns _turns = new();
    private readonly LockSettings _locks;
    private readonly string _base;
    private readonly bool _showsOriginal;
    private readonly bool _mustOwn;
    private readonly bool _utf8;

    private VirtualAgent(ServiceContext context, string mailboxBase)
    {
        Configuration configuration = context.Configuration;
        _context = context;
        _base = mailboxBase;
        _agent = DeliveryAgents.Create(configuration, context.Tables, context.ServiceName, VirtualParameters.VirtualDeliveryStatusFilter);
        _locks = DeliveryAgents.LocksOf(configuration, VirtualParameters.VirtualMailboxLock);
        _runner = OrderRunner.Create(context.ProcessName, DeliveryAgents.SizeLimitOf(configuration, VirtualParameters.VirtualMailboxLimit));
        _mailboxes = Lookup(context, GlobalParameters.VirtualMailboxMaps);
        _users = new UserIdTable(Lookup(context, VirtualParameters.VirtualUidMaps), "uid", (uint)configuration.Get(VirtualParameters.VirtualMinimumUid));
        _groups = new UserIdTable(Lookup(context, VirtualParameters.VirtualGidMaps), "gid", 1);
        _showsOriginal = configuration.Get(CleanupParameters.EnableOriginalRecipient);
        _mustOwn = configuration.Get(LocalParameters.StrictMailboxOwnership) && _runner.IsPrivileged;
        _utf8 = configuration.Get(GlobalParameters.Smtputf8Enable);
    }

    /// <exception cref="FatalException">A parameter does not make sense.</exception>
    public static VirtualAgent Create(ServiceContext context)
    {
        string mailboxBase = context.Configuration.Get(VirtualParameters.VirtualMailboxBase);
        return mailboxBase.StartsWith('/')
            ? new VirtualAgent(context, mailboxBase)
            : throw new FatalException($"do not specify relative pathname: virtual_mailbox_base = {mailboxBase}");
    }

    public Task ServeAsync(ClientConnection client)
    {
        if (_context.Tables.FindChanged() is { } changed && !_context.Retiring.IsCancellationRequested)
        {
            // This client is still served; the next ones find a process with the new table.
            Log.Info($"table {changed} has changed -- restarting");
            _context.Retire();
        }

        return _agent.ServeAsync(client.Input, client.Output, HandleAsync, client.BetweenRequests);
    }

    public async ValueTask HandleAsync(Delivery.Delivery delivery, CancellationToken stop)
    {
        foreach (DeliveryRecipient recipient in delivery.Request.Recipients)
        {
            OrderResult? result = await DeliverAsync(delivery, recipient, stop);
            if (result is { Outcome: OrderOutcome.Corrupt })
            {
                delivery.MarkCorrupt();
                return;
            }
        }
    }

    private static AddressLookup Lookup(ServiceContext context, StringParameter parameter)
    {
        Configuration configuration = context.Configuration;
        return new AddressLookup(
            TableList.Open(context.Tables, parameter.Name, configuration.Get(parameter), Flags),
            AddressExtension.From(configuration),
            configuration.Get(GlobalParameters.Myorigin),
            new LocalDomains(configuration, context.Tables).IsLocalAsync);
    }

    // Null when no order was given: the outcome was reported without one.
    private async ValueTask<OrderResult?> DeliverAsync(Delivery.Delivery delivery, DeliveryRecipient recipient, CancellationToken stop)
    {
        string user = CaseFolding.Fold(recipient.Address, _utf8);
        AddressLookupResult found = await _mailboxes.FindAsync(user, AddressForm.ExternalThenInternal, stop: stop);
        if (found.IsFailed)
        {
            Log.Warn($"table {_mailboxes.Tables.Title}: lookup {Printable.Neutralize(user)}: {found.Result.Reason}");
            await ReportAsync(delivery, recipient, new Dsn("4.3.5", "", ConfigurationError), stop);
            return null;
        }

        if (!found.IsFound)
        {
            await ReportAsync(delivery, recipient, new Dsn("5.1.1", "", $"unknown user: \"{user}\""), stop);
            return null;
        }

        string path = $"{_base}/{found.Value}";
        if (HasParentStep(found.Value))
        {
            Log.Warn($"recipient {Printable.Neutralize(user)}: bad mailbox path {found.Value} in {_mailboxes.Tables.Title}");
            await ReportAsync(delivery, recipient, new Dsn("4.3.5", "", ConfigurationError), stop);
            return null;
        }

        if (await _users.FindAsync(user, stop) is not { } uid || await _groups.FindAsync(user, stop) is not { } gid)
        {
            await ReportAsync(delivery, recipient, new Dsn("4.3.5", "", ConfigurationError), stop);
            return null;
        }

        bool isMaildir = path.EndsWith('/');
        string kind = isMaildir ? "maildir" : "mailbox";
        if (delivery.IsProbe)
        {
            delivery.Finish(recipient, await delivery.SentAsync(recipient, _agent.Settings.ServiceName, new Dsn("2.0.0", "", $"delivers to {kind}"), stop));
            return null;
        }

        byte[] head = MessageHead.Build(
            delivery.Request.Sender,
            isMaildir ? null : DateTime.Now,
            _showsOriginal ? recipient.OriginalRecipient : "",
            recipient.Address);
        OrderResult result = isMaildir
            ? await _runner.RunAsync(new MaildirOrder(uid, gid, path, head, delivery.Request.ContentOffset, DefaultStatus), delivery.File.File)
            : await AppendAsync(delivery, path, uid, gid, head);
        foreach (string warning in result.Warnings)
        {
            Log.Warn(warning);
        }

        switch (result.Outcome)
        {
            case OrderOutcome.Done:
                delivery.Finish(recipient, await delivery.SentAsync(recipient, _agent.Settings.ServiceName, new Dsn("2.0.0", "", $"delivered to {kind}"), stop));
                break;
            case OrderOutcome.Corrupt:
                break;
            case OrderOutcome.NotRegular:
                Log.Warn($"recipient {Printable.Neutralize(user)}: destination {path} is not a regular file");
                await ReportAsync(delivery, recipient, new Dsn("5.3.5", "", $"delivery failed to mailbox {path}: {ConfigurationError}"), stop);
                break;
            default:
                string reason = isMaildir ? $"maildir delivery failed: {result.Reason}" : $"delivery failed to mailbox {path}: {result.Reason}";
                await ReportAsync(delivery, recipient, new Dsn(result.Status, "", reason), stop);
                break;
        }

        return result;
    }

    private async ValueTask<OrderResult> AppendAsync(Delivery.Delivery delivery, string path, uint uid, uint gid, byte[] head)
    {
        using IDisposable turn = await _turns.EnterAsync(path);
        MailboxOrder order = new(uid, gid, path, head, delivery.Request.ContentOffset, DefaultStatus, _locks) { MustOwn = _mustOwn };
        return await _runner.RunAsync(order, delivery.File.File);
    }

    private async ValueTask ReportAsync(Delivery.Delivery delivery, DeliveryRecipient recipient, Dsn dsn, CancellationToken stop) =>
        delivery.Finish(recipient, await delivery.FailedAsync(recipient, _agent.Settings.ServiceName, dsn, stop));

    // A table with $1 or @domain could otherwise lead out of the base.
    private static bool HasParentStep(string path) => $"/{path}/".Contains("/../", StringComparison.Ordinal);
}
