namespace Mta.Smtpd.Commands;

/// <summary>Commands of a line or two.</summary>
internal static class SmallCommands
{
    public static async ValueTask<bool> RunRsetAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        if (words.Count > 1)
        {
            await session.ReplyAsync("501 5.5.4 Syntax: RSET", stop);
            return false;
        }

        session.Reset();
        await session.ReplyAsync("250 2.0.0 Ok", stop);
        return true;
    }

    public static async ValueTask<bool> RunNoopAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        await session.ReplyAsync("250 2.0.0 Ok", stop);
        return true;
    }

    public static async ValueTask<bool> RunQuitAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        await session.ReplyAsync("221 2.0.0 Bye", stop);
        session.MustClose = true;
        return true;
    }
}
