using System.Globalization;
using System.Text;
using Mta.Config;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Queue;
using Mta.Service;
using Mta.Text;

namespace Mta.Postqueue;

/// <summary><c>postqueue --explain QUEUEID [--json]</c>: why a message is still here, and what would make it move.</summary>
internal static class ExplainCommand
{
    /// <exception cref="FatalException">No such message, or it may not be read.</exception>
    public static int Run(Configuration configuration, string name, bool json)
    {
        if (!QueueId.TryParse(name, out QueueId id))
        {
            throw new FatalException($"Cannot explain queue ID - invalid name: \"{Printable.Neutralize(name)}\"");
        }

        Explanation found = Explanation.Find(configuration, id)
            ?? throw new FatalException($"{id}: no such message in the queue; it was delivered, returned or removed (the mail log tells)");
        CommandLineTool.Print(json ? Json(found) : Text(found));
        return 0;
    }

    private static string Text(Explanation found)
    {
        DateTime now = DateTime.UtcNow;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{found.Id}: in the {found.Queue} queue\n");
        Line("why", found.Why);
        Line("from", Shown(found.Sender));
        Line("size", $"{found.Size} bytes");
        Line("arrived", $"{LocalClock.Ascii(found.Arrival)} ({Span(now - found.Arrival)} ago)");
        Line("attempts", found.LastAttempt is { } last ? $"about {found.Attempts}, the last {LocalClock.Ascii(last)} ({Span(now - last)} ago)" : "none that failed");
        if (found.NextAttempt is { } next)
        {
            Line("next", next > now ? $"{LocalClock.Ascii(next)} (in {Span(next - now)})" : "due");
        }

        if (found.ReturnTime is { } end)
        {
            Line("returned", end > now ? $"{LocalClock.Ascii(end)} (in {Span(end - now)}), if nothing changes" : "at the next attempt, if that fails");
        }

        if (found.Done > 0)
        {
            Line("done", $"{found.Done} recipient{(found.Done == 1 ? "" : "s")}");
        }

        foreach (WaitingRecipient recipient in found.Waiting)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {Shown(recipient.Address)}\n");
            Detail("was", recipient.Original.Length == 0 ? "" : Shown(recipient.Original));
            Detail("reply", recipient.Reply.Length == 0 ? "" : $"{recipient.Status} {recipient.Reply}");
            Detail("needs", recipient.Advice);
        }

        if (found.Command.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nto make it move now: {found.Command}\n");
        }

        return text.ToString();

        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  {name + ":",-10}{value}\n");

        void Detail(string name, string value)
        {
            if (value.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"    {name + ":",-8}{value}\n");
            }
        }
    }

    private static string Json(Explanation found)
    {
        StringBuilder text = new("{");
        Member("queue_id", found.Id.Value);
        Member("queue_name", found.Queue);
        Member("why", found.Why);
        Member("sender", found.Sender);
        Number("message_size", found.Size);
        Time("arrival_time", found.Arrival);
        Number("attempts_estimated", found.Attempts);
        Time("last_attempt_time", found.LastAttempt);
        Time("next_attempt_time", found.NextAttempt);
        Time("return_time", found.ReturnTime);
        Number("recipients_done", found.Done);
        text.Append(CultureInfo.InvariantCulture, $"\"forced_expire\": {(found.IsForcedToExpire ? "true" : "false")}, \"mail_system_running\": {(found.IsRunning ? "true" : "false")}, ");
        Member("command", found.Command);
        text.Append("\"recipients\": [");
        for (int i = 0; i < found.Waiting.Count; i++)
        {
            WaitingRecipient recipient = found.Waiting[i];
            text.Append(i == 0 ? "{" : ", {");
            Member("address", recipient.Address);
            Member("original_address", recipient.Original.Length == 0 ? recipient.Address : recipient.Original);
            Member("status", recipient.Status);
            Member("last_reply", recipient.Reply);
            text.Append("\"needs\": ").Append(JsonListing.Quote(recipient.Advice)).Append('}');
        }

        return text.Append("]}\n").ToString();

        void Member(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"\"{name}\": {JsonListing.Quote(value)}, ");

        void Number(string name, long value) => text.Append(CultureInfo.InvariantCulture, $"\"{name}\": {value}, ");

        void Time(string name, DateTime? value)
        {
            if (value is { } time)
            {
                Number(name, (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond);
            }
        }
    }

    private static string Shown(string address) => address.Length == 0 ? "<>" : Printable.Neutralize(AddressSyntax.ToExternal(address), allowUtf8: true);

    private static string Span(TimeSpan span) =>
        span.TotalDays >= 2 ? $"{(int)span.TotalDays} days"
        : span.TotalHours >= 2 ? $"{(int)span.TotalHours} hours"
        : span.TotalMinutes >= 2 ? $"{(int)span.TotalMinutes} minutes"
        : $"{Math.Max(0, (int)span.TotalSeconds)} seconds";
}
