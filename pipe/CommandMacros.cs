using Mta.Config;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Pipe;

/// <summary>
/// Makes the argument vector of one delivery: <c>$name</c>, <c>${name}</c>, <c>$(name)</c> and conditionals, expanded once.
/// A word with a macro of recipients stands once for each recipient.
/// </summary>
internal sealed class CommandMacros
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly string[] OfRecipients = ["recipient", "original_recipient", "user", "extension", "mailbox", "domain"];

    private readonly PipeArguments _arguments;
    private readonly string _delimiters;
    private readonly bool _utf8;
    private readonly List<(string Word, bool IsPerRecipient)> _words = [];
    private readonly string? _error;

    /// <param name="delimiters"><c>recipient_delimiter</c>.</param>
    public CommandMacros(PipeArguments arguments, string delimiters, bool utf8)
    {
        _arguments = arguments;
        _delimiters = delimiters;
        _utf8 = utf8;
        foreach (string word in arguments.Command)
        {
            try
            {
                _words.Add((word, Expander.NamesIn(word).Exists(static name => Array.IndexOf(OfRecipients, name) >= 0)));
            }
            catch (ExpansionException error)
            {
                _error = error.Message;
            }
        }
    }

    /// <returns>Null when a macro is unknown or malformed; <paramref name="error"/> says which.</returns>
    public List<string>? Expand(DeliveryRequest request, out string error)
    {
        List<string> result = [];
        error = _error ?? "";
        if (_error is not null)
        {
            return null;
        }

        foreach ((string word, bool isPerRecipient) in _words)
        {
            int times = isPerRecipient ? request.Recipients.Count : 1;
            for (int i = 0; i < times; i++)
            {
                if (ExpandWord(word, request, request.Recipients[i], ref error) is not { } expanded)
                {
                    return null;
                }

                result.Add(expanded);
            }
        }

        return result;
    }

    private string? ExpandWord(string word, DeliveryRequest request, DeliveryRecipient recipient, ref string error)
    {
        if (!word.Contains('$'))
        {
            return word;
        }

        string? unknown = null;
        string Keep(string? value) => (value ?? "").Replace("$", "$$", StringComparison.Ordinal);
        string? Find(string name)
        {
            string? value = OfMessage(name, request) ?? OfRecipient(name, recipient);
            unknown = value is null ? name : unknown;
            return value is null ? null : Keep(value);
        }

        try
        {
            // $(name) is the same as ${name}.
            string expanded = new Expander(Find).Expand(word);
            error = unknown is null ? "" : $"unknown macro name: \"{Printable.Neutralize(unknown)}\"";
            return unknown is null ? expanded : null;
        }
        catch (ExpansionException failure)
        {
            error = failure.Message;
            return null;
        }
    }

    private string? OfMessage(string name, DeliveryRequest request) => name switch
    {
        "nexthop" => Has(PipeFlags.FoldDomain) ? Fold(request.NextHop) : request.NextHop,
        "sender" => request.Sender.Length == 0 ? _arguments.NullSender : Shown(request.Sender),
        "size" => request.ContentLength.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "queue_id" => request.QueueId,
        "envid" => request.EnvelopeId,
        "client_address" => request.ClientAddress,
        "client_hostname" => request.ClientName,
        "client_port" => request.ClientPort,
        "client_protocol" => request.ClientProtocol,
        "client_helo" => request.ClientHelo,
        "sasl_method" => request.SaslMethod,
        "sasl_username" => request.SaslUsername,
        "sasl_sender" => request.SaslSender,
        _ => null,
    };

    private string? OfRecipient(string name, DeliveryRecipient recipient)
    {
        switch (name)
        {
            case "recipient":
                return Shown(Folded(recipient.Address));
            case "original_recipient":
                return Shown(Folded(recipient.OriginalRecipient));
            case "user" or "extension" or "mailbox" or "domain":
                break;
            default:
                return null;
        }

        string address = Folded(recipient.Address);
        AddressSyntax.Split(address, out string mailbox, out string? domain);
        if (domain is null)
        {
            Log.Warn($"no @ in recipient address: {Printable.Neutralize(address)}");
        }

        int delimiter = _delimiters.Length == 0 ? -1 : mailbox.AsSpan().IndexOfAny(_delimiters);
        return name switch
        {
            "user" => delimiter > 0 ? mailbox[..delimiter] : mailbox,
            "extension" => delimiter > 0 ? mailbox[(delimiter + 1)..] : "",
            "mailbox" => mailbox,
            _ => domain ?? "",
        };
    }

    private string Folded(string address)
    {
        int at = AddressSyntax.DomainSeparator(address);
        string local = at < 0 ? address : address[..at];
        string rest = at < 0 ? "" : address[at..];
        return (Has(PipeFlags.FoldUser) ? Fold(local) : local) + (Has(PipeFlags.FoldDomain) ? Fold(rest) : rest);
    }

    private string Fold(string text) => CaseFolding.Fold(text, _utf8);

    private string Shown(string address) => Has(PipeFlags.Quote) ? AddressSyntax.ToExternal(address) : address;

    private bool Has(PipeFlags flag) => (_arguments.Flags & flag) != 0;
}
