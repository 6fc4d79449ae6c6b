using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr;

/// <summary>Tells the administrator, now and then, that one destination fills the active queue, and what may help.</summary>
internal sealed class ClogWarning(QmgrSettings settings, Scheduler scheduler)
{
    public void Consider(DestinationQueue queue)
    {
        int used = queue.Waiting.Count + queue.Busy;
        int limit = settings.Limits.ActiveMessages;
        if (used <= limit / 5 || settings.ClogWarnTime == 0 || !settings.HelpfulWarnings
            || queue.LastClogWarning + settings.ClogWarnTime > scheduler.Now)
        {
            return;
        }

        queue.LastClogWarning = scheduler.Now;
        Transport transport = queue.Transport;
        int entries = 0;
        foreach (Transport one in scheduler.Transports)
        {
            foreach (DestinationQueue each in one.Queues.Values)
            {
                entries += each.Waiting.Count + each.Busy;
            }
        }

        string name = queue.Name;
        LogLines.Clog($"mail for {name} is using up {used} of {entries} active queue entries");
        if (used < 0.9 * entries)
        {
            LogLines.Clog("this may slow down other mail deliveries");
        }

        int concurrency = transport.Settings.EffectiveConcurrencyLimit;
        if (concurrency > 0 && concurrency <= queue.Busy + 1)
        {
            LogLines.Clog($"you may need to increase the main.cf {transport.Name}_destination_concurrency_limit from {concurrency}");
        }
        else if (queue.Window > limit * ((double)used / Math.Max(1, entries)))
        {
            LogLines.Clog($"you may need to increase the main.cf qmgr_message_active_limit from {limit}");
        }
        else if (transport.Queues.Count > 1)
        {
            LogLines.Clog($"you may need a separate master.cf transport for {name}");
        }
        else
        {
            LogLines.Clog($"you may need to reduce {transport.Name} connect and helo timeouts");
            LogLines.Clog("so that Postfix quickly skips unavailable hosts");
            LogLines.Clog("you may need to increase the main.cf minimal_backoff_time and maximal_backoff_time");
            LogLines.Clog("so that Postfix wastes less time on undeliverable mail");
            LogLines.Clog($"you may need to increase the master.cf {transport.Name} process limit");
        }

        LogLines.Clog("please avoid flushing the whole queue when you have");
        LogLines.Clog("lots of deferred mail, that is bad for performance");
        LogLines.Clog("to turn off these warnings specify: qmgr_clog_warn_time = 0");
    }
}
