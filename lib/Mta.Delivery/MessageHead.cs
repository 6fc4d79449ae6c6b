using System.Globalization;
using System.Text;
using Mta.Mail.Addresses;
using Mta.Text;

namespace Mta.Delivery;

/// <summary>
/// The lines that a final delivery puts before the message: <c>From </c> (mbox), <c>Return-Path:</c>,
/// <c>X-Original-To:</c>, <c>Delivered-To:</c>, in this order (RFC 5321 §4.4 for the first header).
/// </summary>
public static class MessageHead
{
    /// <param name="sender">Internal form; empty for the null sender.</param>
    /// <param name="fromLine">Local time of an mbox <c>From </c> line; null for none.</param>
    /// <param name="originalRecipient">Internal form; empty for no <c>X-Original-To</c>.</param>
    /// <param name="deliveredTo">Internal form; empty for no <c>Delivered-To</c>.</param>
    /// <param name="returnPath">Whether there is a <c>Return-Path</c>.</param>
    public static byte[] Build(string sender, DateTime? fromLine, string originalRecipient, string deliveredTo, bool returnPath = true)
    {
        StringBuilder head = new(160);
        string external = External(sender);
        if (fromLine is { } time)
        {
            head.Append("From ").Append(sender.Length == 0 ? "MAILER-DAEMON" : external).Append("  ");
            head.Append(time.ToString("ddd MMM ", CultureInfo.InvariantCulture));
            head.Append(time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2));
            head.Append(time.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture)).Append('\n');
        }

        if (returnPath)
        {
            head.Append("Return-Path: <").Append(external).Append(">\n");
        }

        if (originalRecipient.Length > 0)
        {
            head.Append("X-Original-To: ").Append(External(originalRecipient)).Append('\n');
        }

        if (deliveredTo.Length > 0)
        {
            head.Append("Delivered-To: ").Append(External(deliveredTo)).Append('\n');
        }

        return ByteString.ToBytes(head.ToString());
    }

    // A line break inside an address would begin a header of the sender's choice.
    private static string External(string address)
    {
        string external = AddressSyntax.ToExternal(address);
        return external.AsSpan().IndexOfAny('\n', '\r', '\0') < 0
            ? external
            : external.Replace('\n', '?').Replace('\r', '?').Replace('\0', '?');
    }
}
