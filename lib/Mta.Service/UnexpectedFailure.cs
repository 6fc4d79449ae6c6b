using System.Net.Sockets;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Service;

/// <summary>Exceptions that should not have come: a broken invariant, which ends the process with a line in the log.</summary>
internal static class UnexpectedFailure
{
    /// <summary>Ends the process on those that nobody catches, on any thread or in a task.</summary>
    public static void Watch()
    {
        AppDomain.CurrentDomain.UnhandledException += static (_, e) => MailLog.Panic(Describe(e.ExceptionObject as Exception));
        TaskScheduler.UnobservedTaskException += static (_, e) =>
        {
            e.SetObserved();
            if (!IsOfAbandonedInput(e.Exception))
            {
                MailLog.Panic(Describe(e.Exception.InnerException ?? e.Exception));
            }
        };
    }

    /// <summary>One line for an exception that should not have come.</summary>
    public static string Describe(Exception? failure)
    {
        if (failure is null)
        {
            return "unknown exception";
        }

        string where = "";
        if (failure.StackTrace is string trace)
        {
            int end = trace.IndexOf('\n', StringComparison.Ordinal);
            where = " " + (end < 0 ? trace : trace[..end]).Trim();
        }

        return ByteString.FromUnicode($"unexpected {failure.GetType().Name}: {failure.Message}{where}");
    }

    // A read, write or connect whose connection was given up and closed ends with one of these, and nobody waits for it.
    private static bool IsOfAbandonedInput(AggregateException failure)
    {
        foreach (Exception inner in failure.Flatten().InnerExceptions)
        {
            if (inner is not (SocketException or IOException or OperationCanceledException or ObjectDisposedException or TimeoutException))
            {
                return false;
            }
        }

        return true;
    }
}
