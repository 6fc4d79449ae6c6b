using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Tables;

namespace Mta.Smtpd.Restrictions;

/// <summary>Composes the replies to listed clients (<c>rbl_reply_maps</c>, <c>default_rbl_reply</c>).</summary>
internal sealed class BlockListReplies(Configuration configuration, TableRegistry tables)
{
    private readonly TableList _maps = TableList.Open(tables, SmtpdParameters.RblReplyMaps.Name, configuration.Get(SmtpdParameters.RblReplyMaps));
    private readonly string _default = configuration.Get(SmtpdParameters.DefaultRblReply);
    private readonly int _code = configuration.Get(SmtpdParameters.MapsRblRejectCode);

    public async ValueTask<Verdict> RejectAsync(Evaluation at, string specification, string domain, string what, string replyClass, string reason, CancellationToken stop)
    {
        string template = _default;
        if (!_maps.IsEmpty)
        {
            LookupResult found = await _maps.LookupAsync(specification, stop: stop);
            if (found.IsFailed)
            {
                return at.Reject(451, "4.3.5", what, replyClass, "Server configuration error");
            }

            template = found.IsFound ? found.Value : template;
        }

        string text;
        try
        {
            text = new Expander(name => Value(at, name, domain, what, replyClass, reason)?.Replace("$", "$$", StringComparison.Ordinal)).Expand(template);
        }
        catch (ExpansionException error)
        {
            LogLines.Warning($"{specification}: bad reply template: {error.Message}");
            return at.Reject(451, "4.3.5", what, replyClass, "Server configuration error");
        }

        int code = _code;
        if (Reply.TryParse(text, out Reply reply) && reply.Code >= 400)
        {
            code = reply.Code;
            text = reply.Status.IsEmpty ? reply.Text : $"{reply.Status} {reply.Text}";
        }

        EnhancedStatus status = default;
        string rest = EnhancedStatus.Split(text, ref status);
        return at.Reject(code, status.IsEmpty ? "5.7.1" : status.ToString(), rest);
    }

    private string? Value(Evaluation at, string name, string domain, string what, string replyClass, string reason) => name switch
    {
        "rbl_code" => _code.ToString(),
        "rbl_domain" => domain,
        "rbl_reason" or "rbl_txt" => reason,
        "rbl_class" => replyClass,
        "rbl_what" => what,
        "recipient" => at.Recipient,
        "recipient_domain" => at.Recipient is { } recipient ? AddressSyntax.Domain(recipient).ToString() : null,
        "recipient_name" => at.Recipient is { } recipient ? AddressSyntax.LocalPart(recipient).ToString() : null,
        _ => ReplyText.Value(at.Session, name),
    };
}
