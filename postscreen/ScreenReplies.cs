using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail;
using Mta.Tables;

namespace Mta.Postscreen;

/// <summary>What the administrator does to refusals on their way out: <c>soft_bounce</c>, <c>postscreen_reject_footer</c> and its maps.</summary>
internal sealed class ScreenReplies(Configuration configuration, TableRegistry tables)
{
    private readonly string _footer = Inherited(configuration, PostscreenParameters.PostscreenRejectFooter, SmtpdParameters.SmtpdRejectFooter);
    private readonly TableList _footers = TableList.Open(tables, PostscreenParameters.PostscreenRejectFooterMaps.Name, configuration.Get(PostscreenParameters.PostscreenRejectFooterMaps));
    private readonly string _allowed = Inherited(configuration, PostscreenParameters.PostscreenExpansionFilter, SmtpdParameters.SmtpdExpansionFilter);
    private readonly string _host = configuration.Get(GlobalParameters.Myhostname);
    private readonly bool _softBounce = configuration.Get(GlobalParameters.SoftBounce);

    /// <summary>The reply as it is sent, without its last line end.</summary>
    /// <param name="reply">One line.</param>
    public async ValueTask<string> FinishAsync(string reply, SocketName client, CancellationToken stop)
    {
        if (reply[0] is not ('4' or '5') || (_footer.Length == 0 && _footers.IsEmpty))
        {
            return Soften(reply);
        }

        LookupResult found = _footers.IsEmpty ? LookupResult.NotFound : await _footers.LookupAsync(reply, stop: stop);
        string footer = found.IsFound ? found.Value : _footer;
        return footer.Length == 0 ? Soften(reply) : WithFooter(Soften(reply), footer, client);
    }

    /// <summary><c>soft_bounce</c>: a permanent refusal becomes a temporary one.</summary>
    public string Soften(string reply) => !_softBounce || reply[0] != '5' ? reply
        : reply.Length > 5 && reply[4] == '5' && reply[5] == '.' ? $"4{reply[1..4]}4{reply[5..]}"
        : $"4{reply[1..]}";

    // These are not expanded when they are read; what they default to is the server's.
    private static string Inherited(Configuration configuration, StringParameter own, StringParameter servers)
    {
        string value = configuration.Get(own);
        return value == "$" + servers.Name ? configuration.Get(servers) : value;
    }

    private string WithFooter(string reply, string footer, SocketName client)
    {
        bool continues = footer.StartsWith("\\c", StringComparison.Ordinal);
        string prefix = reply[..4];
        if (EnhancedStatus.TryParsePrefix(reply.AsSpan(4), out EnhancedStatus status, out _))
        {
            prefix += status + " ";
        }

        string[] lines = Expand(continues ? footer[2..] : footer, client).Split("\\n");
        List<string> all = continues ? [reply + lines[0], .. lines[1..].Select(line => prefix + line)] : [reply, .. lines.Select(line => prefix + line)];
        for (int i = 0; i + 1 < all.Count; i++)
        {
            all[i] = $"{all[i][..3]}-{all[i][4..]}";
        }

        return string.Join("\r\n", all);
    }

    private string Expand(string text, SocketName client)
    {
        try
        {
            return new Expander(name =>
            {
                string? value = name switch
                {
                    "client_address" => client.Address,
                    "client_port" => client.Port.ToString(),
                    "localtime" => DateTime.Now.ToString("MMM dd HH:mm:ss"),
                    "server_name" => _host,
                    _ => null,
                };
                if (value is null)
                {
                    LogLines.Warning($"unknown macro name \"{name}\" in expansion request");
                }

                return value is null ? null : string.Concat(value.Select(c => _allowed.Contains(c) ? c : '_')).Replace("$", "$$", StringComparison.Ordinal);
            }).Expand(text);
        }
        catch (ExpansionException error)
        {
            LogLines.Warning($"{PostscreenParameters.PostscreenRejectFooter.Name}: {error.Message}");
            return text;
        }
    }
}
