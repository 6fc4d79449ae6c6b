using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Headers;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>What becomes of a header or a body line that was looked up.</summary>
internal enum CheckEffect
{
    Keep,
    Remove,

    /// <summary>Another text takes its place.</summary>
    Replace,

    /// <summary>Another text comes before it.</summary>
    Prepend,
}

/// <summary>
/// <c>smtp_header_checks</c> and its sisters: changes to a message on its way out. Actions that would decide about the
/// message come too late here: they are warned about and do nothing.
/// </summary>
internal sealed class OutgoingChecks
{
    private const int ShownLength = 60;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public OutgoingChecks(Configuration configuration, TableRegistry registry, bool isLmtp)
    {
        Header = Open(isLmtp ? LmtpParameters.LmtpHeaderChecks : SmtpParameters.SmtpHeaderChecks);
        Mime = Open(isLmtp ? LmtpParameters.LmtpMimeHeaderChecks : SmtpParameters.SmtpMimeHeaderChecks);
        Nested = Open(isLmtp ? LmtpParameters.LmtpNestedHeaderChecks : SmtpParameters.SmtpNestedHeaderChecks);
        Body = Open(isLmtp ? LmtpParameters.LmtpBodyChecks : SmtpParameters.SmtpBodyChecks);
        BodySizeLimit = configuration.Get(CleanupParameters.BodyChecksSizeLimit);

        TableList? Open(StringParameter parameter)
        {
            string value = configuration.Get(parameter);
            return value.Length == 0 ? null : TableList.Open(registry, parameter.Name, value);
        }
    }

    public TableList? Header { get; }

    public TableList? Mime { get; }

    public TableList? Nested { get; }

    public TableList? Body { get; }

    /// <summary>Bytes of each body part that are looked at; 0 is no limit.</summary>
    public long BodySizeLimit { get; }

    public bool IsEmpty => Header is null && Mime is null && Nested is null && Body is null;

    /// <summary>Looks a header (with its line breaks) or a body line up.</summary>
    /// <exception cref="LocalDataException">The table cannot tell.</exception>
    public static async ValueTask<(CheckEffect Effect, string Text)> CheckAsync(TableList table, bool isHeader, string text, string queueId, CancellationToken stop)
    {
        LookupResult found = await table.LookupAsync(text, stop: stop);
        if (found.IsFailed)
        {
            Log.Warn($"{queueId}: smtp {(isHeader ? "header" : "body")} checks lookup error");
            throw new LocalDataException(found.Reason);
        }

        if (!found.IsFound)
        {
            return default;
        }

        int blank = found.Value.AsSpan().IndexOfAny(' ', '\t');
        string action = blank < 0 ? found.Value : found.Value[..blank];
        string argument = blank < 0 ? "" : found.Value[blank..].Trim(' ', '\t');
        switch (Ascii.ToLower(action))
        {
            case "dunno" or "ok":
                return default;
            case "ignore":
                return (CheckEffect.Remove, "");
            case "strip":
                Note("strip");
                return (CheckEffect.Remove, "");
            case "info":
                Note("info");
                return default;
            case "warn":
                Note("warning");
                return default;
            case "replace" or "prepend":
                return Change(Ascii.ToLower(action));
            default:
                Log.Warn($"unsupported command in {table.Title} map: {found.Value}");
                return default;
        }

        void Note(string what)
        {
            string shown = text.Length > ShownLength ? text[..ShownLength] : text;
            Log.Info($"{queueId}: {what}: {(isHeader ? "header" : "body")} {shown}{(argument.Length > 0 ? $": {argument}" : "")}");
        }

        (CheckEffect Effect, string Text) Change(string what)
        {
            if (argument.Length == 0)
            {
                Log.Warn($"{what.ToUpperInvariant()} action without text in {table.Title} map");
                return default;
            }

            if (isHeader && !HeaderSyntax.TryParseName(ByteString.ToBytes(argument), out _, out _))
            {
                Log.Warn($"bad {what.ToUpperInvariant()} header text \"{argument}\" in {table.Title} map -- need \"headername: headervalue\"");
                return default;
            }

            Note(what);
            return (what == "replace" ? CheckEffect.Replace : CheckEffect.Prepend, argument);
        }
    }
}
