using System.Globalization;
using Mta.Mail.Queue;

namespace Mta.Mail.Headers;

/// <summary>Values of headers that the system makes itself.</summary>
public static class GeneratedHeaders
{
    /// <summary>
    /// A Message-Id, with its angle brackets: <c>&lt;YYYYMMDDhhmmss.ID@host&gt;</c>, or <c>&lt;ID@host&gt;</c> for a long
    /// queue ID, which is unique without the time.
    /// </summary>
    /// <param name="creation">Time of the queue file's creation, UTC.</param>
    public static string MessageId(QueueId id, DateTime creation, string host, bool longIds) => longIds
        ? $"<{id}@{host}>"
        : string.Create(CultureInfo.InvariantCulture, $"<{creation:yyyyMMddHHmmss}.{id}@{host}>");

    /// <summary>The two lines of a Received header for mail from a local user, without newlines.</summary>
    public static (string First, string Second) ReceivedFromUser(string host, string mailName, uint userId, QueueId id, DateTime utc) =>
        ($"Received: by {host} ({mailName}, from userid {userId})", $"\tid {id}; {HeaderDate.Format(utc)}");
}
