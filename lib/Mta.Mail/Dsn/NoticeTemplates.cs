namespace Mta.Mail.Dsn;

/// <summary>The four templates in force: the built-in ones, or those of <c>bounce_template_file</c>.</summary>
public sealed class NoticeTemplates(NoticeTemplate failure, NoticeTemplate delay, NoticeTemplate success, NoticeTemplate verify)
{
    private const string Charset = "us-ascii";
    private const string Greeting = "This is the mail system at host $myhostname.";
    private const string Signature = "                   The mail system";

    private static readonly string[] Assistance =
    [
        "For further assistance, please send mail to postmaster.",
        "",
        "If you do so, please include this problem report. You can",
        "delete your own text from the attached returned message.",
        "",
        Signature,
    ];

    /// <summary>In the order in which they are printed.</summary>
    public IReadOnlyList<NoticeTemplate> All { get; } = [failure, delay, success, verify];

    public NoticeTemplate this[NoticeClass noticeClass] => All[(int)noticeClass];

    /// <param name="isStandardFrom"><c>header_from_format</c> is <c>standard</c>.</param>
    public static NoticeTemplates BuiltIn(bool isStandardFrom)
    {
        string from = isStandardFrom ? "Mail Delivery System <MAILER-DAEMON>" : "MAILER-DAEMON (Mail Delivery System)";
        return new NoticeTemplates(
            new NoticeTemplate(NoticeClass.Failure, "failure", Charset, from, "Undelivered Mail Returned to Sender", "Postmaster Copy: Undelivered Mail",
            [
                Greeting,
                "",
                "I'm sorry to have to inform you that your message could not",
                "be delivered to one or more recipients. It's attached below.",
                "",
                .. Assistance,
            ]),
            new NoticeTemplate(NoticeClass.Delay, "delay", Charset, from, "Delayed Mail (still being retried)", "Postmaster Warning: Delayed Mail",
            [
                Greeting,
                "",
                "####################################################################",
                "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #",
                "####################################################################",
                "",
                "Your message could not be delivered for more than $delay_warning_time_hours hour(s).",
                "It will be retried until it is $maximal_queue_lifetime_days day(s) old.",
                "",
                .. Assistance,
            ]),
            new NoticeTemplate(NoticeClass.Success, "success", Charset, from, "Successful Mail Delivery Report", null,
            [
                Greeting,
                "",
                "Your message was successfully delivered to the destination(s)",
                "listed below. If the message was delivered to mailbox you will",
                "receive no further notifications. Otherwise you may still receive",
                "notifications of mail delivery errors from other systems.",
                "",
                Signature,
            ]),
            new NoticeTemplate(NoticeClass.Verify, "verify", Charset, from, "Mail Delivery Status Report", null,
            [
                Greeting,
                "",
                "Enclosed is the mail delivery report that you requested.",
                "",
                Signature,
            ]));
    }
}
