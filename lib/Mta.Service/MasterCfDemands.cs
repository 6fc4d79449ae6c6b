using Mta.Text;

namespace Mta.Service;

/// <summary>What a daemon demands of its master.cf entry.</summary>
internal static class MasterCfDemands
{
    /// <exception cref="FatalException">The entry has another process limit, type or privilege than this daemon can live with.</exception>
    public static void Check(Daemon daemon, DaemonOptions options)
    {
        if (daemon.Limit == ProcessLimit.One && !options.Solitary && !options.StandardStreams)
        {
            throw new FatalException($"service {options.ServiceName} requires a process limit of 1");
        }

        if (daemon.Limit == ProcessLimit.Unlimited && !options.Unlimited && !options.StandardStreams)
        {
            throw new FatalException($"service {options.ServiceName} requires a process limit of 0");
        }

        if (daemon.NeedsPrivileges && options.Unprivileged)
        {
            throw new FatalException($"service {options.ServiceName} requires privileged operation");
        }

        bool isKnown = daemon.Model switch
        {
            ServerModel.Single or ServerModel.Multi or ServerModel.Event => options.Type is "inet" or "unix" or "pass",
            ServerModel.Trigger => options.Type is "unix" or "fifo",
            ServerModel.Dgram => options.Type is "unix-dgram",
        };
        if (options.StandardStreams || isKnown)
        {
            return;
        }

        if (options.Type.Length == 0)
        {
            throw new FatalException("no transport type specified");
        }

        throw new FatalException($"unsupported transport type: {Printable.Neutralize(options.Type)}");
    }
}
