using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery.Orders;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Tables;
using Mta.Text;

namespace Mta.Delivery;

/// <summary>Makes agents, and what they share, from a configuration.</summary>
public static class DeliveryAgents
{
    /// <param name="serviceName">Name of the service in master.cf.</param>
    /// <param name="statusFilter">The agent's own status filter parameter; none when null.</param>
    /// <exception cref="ConfigurationException">A value is not acceptable.</exception>
    public static DeliveryAgent Create(Configuration configuration, TableRegistry tables, string serviceName, StringParameter? statusFilter = null)
    {
        DeliverySettings settings = new()
        {
            ServiceName = serviceName,
            SoftBounce = configuration.Get(GlobalParameters.SoftBounce),
            CacheNegativeProbes = configuration.Get(VerifyParameters.AddressVerifyNegativeCache),
            DelayDecimals = Math.Clamp(configuration.Get(GlobalParameters.DelayLoggingResolutionLimit), 0, 6),
            LogExternalAddresses = configuration.Get(GlobalParameters.InfoLogAddressFormat) == "external",
            BounceServices = BounceServiceNames.From(configuration),
            VerifyService = configuration.Get(VerifyParameters.AddressVerifyServiceName),
        };
        FlushClient flush = new(configuration, tables);
        string filter = statusFilter is null ? "" : configuration.Get(statusFilter);
        return new DeliveryAgent(
            settings,
            new QueueDirectory(QueueSettings.From(configuration)),
            // Who delivers does not wait: the queue manager brings the message again.
            new BounceClient(settings.BounceServices) { ConnectAttempts = 1 },
            VerifyClient.From(configuration),
            TimeProvider.System)
        {
            DeferredHook = async (address, queueId, stop) =>
            {
                int at = AddressSyntax.DomainSeparator(address);
                if (at >= 0 && at + 1 < address.Length)
                {
                    await flush.AddAsync(address[(at + 1)..], queueId, stop);
                }
            },
            Filter = filter.Length == 0 ? null : new StatusFilter(TableList.Open(tables, statusFilter!.Name, filter)), // a filter has a parameter
        };
    }

    /// <summary>Reads a list of lock methods, such as <c>mailbox_delivery_lock</c>.</summary>
    /// <exception cref="FatalException">No usable method, or an unknown one.</exception>
    public static LockSettings LocksOf(Configuration configuration, StringParameter parameter) =>
        LocksOf(configuration, parameter.Name, configuration.Get(parameter), mayBeNone: false);

    /// <summary>Reads a list of lock methods.</summary>
    /// <param name="name">Of the parameter, for messages.</param>
    /// <exception cref="FatalException">No usable method, or an unknown one.</exception>
    public static LockSettings LocksOf(Configuration configuration, string name, string list, bool mayBeNone)
    {
        MailboxLocks locks = MailboxLocks.None;
        foreach (string method in TableListSyntax.Split(list))
        {
            locks |= Ascii.ToLower(method) switch
            {
                "flock" => MailboxLocks.Flock,
                "fcntl" => MailboxLocks.Fcntl,
                "dotlock" => MailboxLocks.Dotlock,
                _ => throw new FatalException($"unknown {name} value \"{method}\" in \"{list}\""),
            };
        }

        if (locks == MailboxLocks.None && !mayBeNone)
        {
            throw new FatalException($"parameter {name} specifies no applicable mailbox locking method");
        }

        return new LockSettings(
            locks,
            configuration.Get(GlobalParameters.DeliverLockAttempts),
            configuration.Get(GlobalParameters.DeliverLockDelay),
            configuration.Get(GlobalParameters.StaleLockTime));
    }

    /// <summary>Checks a mailbox size limit against <c>message_size_limit</c>.</summary>
    /// <returns>The limit in bytes; 0 is unlimited.</returns>
    /// <exception cref="FatalException">Accepted messages would not fit into mailboxes.</exception>
    public static long SizeLimitOf(Configuration configuration, SizeParameter parameter)
    {
        long limit = configuration.Get(parameter);
        long message = configuration.Get(GlobalParameters.MessageSizeLimit);
        if (limit > 0 && message == 0)
        {
            throw new FatalException($"configuration error: {parameter.Name} is limited but message_size_limit is unlimited");
        }

        return limit > 0 && limit < message
            ? throw new FatalException($"configuration error: {parameter.Name} is smaller than message_size_limit")
            : limit;
    }
}
