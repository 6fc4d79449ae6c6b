using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;

namespace Mta.Smtpd;

/// <summary>Sends transcripts of sessions with trouble to the postmaster (<c>notify_classes</c>).</summary>
internal sealed class PostmasterNotices(Configuration configuration, CleanupClient cleanup, RewriteClient rewrite)
{
    private readonly NoticeClass _classes = NoticeClasses.Wanted(configuration);
    private readonly string _recipient = configuration.Get(BounceParameters.ErrorNoticeRecipient);
    private readonly string _sender = configuration.Get(GlobalParameters.DoubleBounceSender);
    private readonly string _host = configuration.Get(GlobalParameters.Myhostname);
    private readonly string _origin = configuration.Get(GlobalParameters.Myorigin);
    private readonly string _mailName = configuration.Get(GlobalParameters.MailName);

    /// <summary>Some class is wanted: sessions keep a transcript.</summary>
    public bool IsOn => _classes != NoticeClass.None;

    /// <summary>At the end of a session.</summary>
    public async ValueTask SendAsync(Session session, CancellationToken stop)
    {
        if ((session.Notices & _classes) == 0 || session.Transcript is not { } transcript || session.IsStandalone)
        {
            return;
        }

        try
        {
            string sender = await rewrite.RewriteInternalAsync(RewriteContext.Local, _sender, stop);
            if (await ServiceMessage.PostAsync(cleanup, CleanupFlags.Map, _host, _mailName, sender, _recipient, 0, Lines(session, transcript), stop) is null)
            {
                LogLines.Warning("postmaster notify: the notice was not accepted");
            }
        }
        catch (IOException error)
        {
            LogLines.Warning($"postmaster notify: {error.Message}");
        }
    }

    private IEnumerable<string> Lines(Session session, Transcript transcript)
    {
        yield return $"From: Mail Delivery System <MAILER-DAEMON@{_origin}>";
        yield return $"To: Postmaster <{(_recipient.Contains('@') ? _recipient : $"{_recipient}@{_origin}")}>";
        yield return $"Subject: {_mailName} SMTP server: errors from {session.NameAndAddress}";
        yield return "";
        yield return "Transcript of session follows.";
        yield return "";
        foreach (string line in transcript.Format())
        {
            yield return line;
        }

        yield return "";
        if (session.AbortReason is { } reason)
        {
            yield return $"Session aborted, reason: {reason}";
        }

        yield return "";
        yield return "For other details, see the local mail logfile";
    }
}
