using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Tables;

namespace Mta.Cleanup;

/// <summary>What is read and opened before privileges are dropped.</summary>
internal static class CleanupStart
{
    /// <exception cref="ConfigurationException">A parameter is malformed or asks for what is not built.</exception>
    public static CleanupContext Open(ServiceContext service)
    {
        Configuration configuration = service.Configuration;
        CleanupSettings settings = new(configuration);
        AddressExtension extension = new(
            configuration.Get(GlobalParameters.RecipientDelimiter),
            configuration.Get(GlobalParameters.DoubleBounceSender),
            configuration.Get(LocalParameters.OwnerRequestSpecial));
        LocalDomains local = new(configuration, service.Tables);
        AddressLookup Table(StringParameter parameter) => new(
            TableList.Open(service.Tables, parameter.Name, configuration.Get(parameter), TableFlags.Usual),
            extension,
            settings.MyOrigin,
            local.IsLocalAsync);

        // Content is bytes: it is neither folded nor judged as UTF-8.
        TableList Checks(StringParameter parameter) =>
            TableList.Open(service.Tables, parameter.Name, configuration.Get(parameter), TableFlags.Lock);

        StringMatchList exceptions = StringMatchList.Create(configuration, CleanupParameters.MasqueradeExceptions, service.Tables);
        QueueManagerTrigger trigger = new($"public/{configuration.Get(GlobalParameters.QueueServiceName)}");

        // The zone of the Date headers lies outside a chroot.
        HeaderDate.Format(DateTime.UtcNow);
        return new CleanupContext(settings, VerifyClient.From(configuration))
        {
            Rewrite = RewriteClient.From(configuration),
            Bounce = new BounceClient(BounceServiceNames.From(configuration)),
            Canonical = Table(CleanupParameters.CanonicalMaps),
            SenderCanonical = Table(CleanupParameters.SenderCanonicalMaps),
            RecipientCanonical = Table(CleanupParameters.RecipientCanonicalMaps),
            Virtual = Table(GlobalParameters.VirtualAliasMaps),
            SenderBcc = Table(CleanupParameters.SenderBccMaps),
            RecipientBcc = Table(CleanupParameters.RecipientBccMaps),
            HeaderChecks = Checks(CleanupParameters.HeaderChecks),
            MimeHeaderChecks = Checks(CleanupParameters.MimeHeaderChecks),
            NestedHeaderChecks = Checks(CleanupParameters.NestedHeaderChecks),
            BodyChecks = Checks(CleanupParameters.BodyChecks),
            Milters = new CleanupMilters(configuration),
            MilterHeaderChecks = Checks(CleanupParameters.MilterHeaderChecks),
            Masquerade = new Masquerade(
                TableListSyntax.Split(configuration.Get(CleanupParameters.MasqueradeDomains)),
                async (localPart, stop) =>
                {
                    if (exceptions.IsEmpty)
                    {
                        return false;
                    }

                    MatchResult match = await exceptions.MatchesAsync(localPart, stop);
                    return match == MatchResult.Failed ? null : match == MatchResult.Yes;
                }),
            TriggerQueueManager = trigger.Send,
            TakeFlowToken = settings.InFlowDelay > TimeSpan.Zero ? stop => service.Flow.TakeOrWaitAsync(settings.InFlowDelay, stop) : static _ => ValueTask.CompletedTask,
            ReturnFlowToken = () => service.Flow.Give(1),
        };
    }
}
