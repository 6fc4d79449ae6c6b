using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>Tells the postmaster of sessions in which the server broke the protocol (<c>notify_classes</c>), with their transcript.</summary>
internal sealed class PostmasterNotice
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly CleanupClient _cleanup;
    private readonly CleanupFlags _flags;
    private readonly string _recipient;
    private readonly string _sender;
    private readonly string _hostName;
    private readonly string _mailName;
    private readonly bool _hasLongIds;
    private readonly int _lineLimit;

    public PostmasterNotice(Configuration configuration)
    {
        IsWanted = WordSet.NotifyClasses(configuration).Contains("protocol");
        _cleanup = CleanupClient.From(configuration);
        _recipient = configuration.Get(BounceParameters.ErrorNoticeRecipient);
        _sender = $"{configuration.Get(GlobalParameters.DoubleBounceSender)}@{configuration.Get(GlobalParameters.Myhostname)}";
        _hostName = configuration.Get(GlobalParameters.Myhostname);
        _mailName = configuration.Get(GlobalParameters.MailName);
        _hasLongIds = configuration.Get(GlobalParameters.EnableLongQueueIds);
        _lineLimit = configuration.Get(GlobalParameters.LineLengthLimit);
        _flags = CleanupFlags.Map | (WordSet.InternalMailFilterClasses(configuration).Contains("notify")
            ? CleanupFlags.Filter | CleanupFlags.Milter
            : CleanupFlags.None);
    }

    /// <summary>Sessions are to keep a transcript.</summary>
    public bool IsWanted { get; }

    /// <summary>Sends a notice. A failure costs a warning and nothing else.</summary>
    /// <param name="server">Name, address and port.</param>
    public async ValueTask SendAsync(string server, SessionTranscript transcript, bool isLmtp, CancellationToken stop)
    {
        try
        {
            using CleanupSession session = await _cleanup.OpenAsync(_flags, stop);
            BufferedOutput output = session.Output;
            DateTime now = DateTime.UtcNow;
            RecordWriter.Write(output, RecordType.Time, RecordText.Time(now));
            RecordWriter.WriteAttribute(output, QueueAttribute.LogMessageOrigin, "local");
            RecordWriter.WriteAttribute(output, QueueAttribute.TraceFlags, 0);
            RecordWriter.Write(output, RecordType.Sender, _sender);
            RecordWriter.Write(output, RecordType.Recipient, _recipient);
            RecordWriter.Write(output, RecordType.Message);
            Line($"Received: by {_hostName} ({_mailName})");
            Line($"\tid {session.Id}; {HeaderDate.Format(now)}");
            Line($"Date: {HeaderDate.Format(now)}");
            Line($"From: Mail Delivery System <MAILER-DAEMON@{_hostName}>");
            Line($"To: Postmaster <{_recipient}>");
            Line($"Subject: {_mailName} {(isLmtp ? "LMTP" : "SMTP")} client: errors from {server}");
            Line($"Message-Id: {GeneratedHeaders.MessageId(session.Id, now, _hostName, _hasLongIds)}");
            Line("");
            Line($"Unexpected response from {server}.");
            Line("");
            Line("Transcript of session follows.");
            Line("");
            foreach (string line in transcript.Lines)
            {
                Line(line);
                await session.FlushIfFullAsync(stop);
            }

            Line("");
            Line("For other details, see the local mail logfile");
            RecordWriter.Write(output, RecordType.Extracted);
            RecordWriter.Write(output, RecordType.End);
            CleanupResult result = await session.FinishAsync(stop);
            if (result.Status != CleanupStatus.Ok)
            {
                Log.Warn($"postmaster notify: {result.Status} {result.Reason}");
            }

            void Line(string text) => RecordWriter.WriteText(output, ByteString.ToBytes(text), _lineLimit);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            Log.Warn($"postmaster notify: {error.Message}");
        }
    }
}
