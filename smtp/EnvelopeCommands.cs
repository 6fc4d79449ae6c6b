using System.Globalization;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Smtp;

/// <summary>Writes MAIL FROM and RCPT TO with the parameters that the server understands (RFC 5321, 1870, 6152, 3461, 6531).</summary>
internal sealed class EnvelopeCommands(SmtpSettings settings, SmtpSession session, DeliveryRequest request, bool converts, bool sendsDummyAuth = false)
{
    private const string HexDigits = "0123456789ABCDEF";

    private readonly BufferedOutput _output = session.Output;

    /// <summary>An address with one of these would end the command and begin another.</summary>
    public static bool IsUnsafe(string address) => address.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0;

    /// <param name="sender">As generic maps have it.</param>
    public void WriteMail(string sender)
    {
        _output.Write("MAIL FROM:<"u8);
        _output.Write(InCommand(sender));
        _output.Write((byte)'>');
        if (session.Has(ServerFeatures.Size) && !converts)
        {
            _output.Write(" SIZE="u8);
            _output.WriteDecimal(request.ContentLength);
        }

        if (session.Has(ServerFeatures.EightBitMime))
        {
            _output.Write(request.Encoding == "8bit" ? " BODY=8BITMIME"u8 : request.Encoding == "7bit" ? " BODY=7BIT"u8 : default);
        }

        if (session.Has(ServerFeatures.Dsn))
        {
            if (request.EnvelopeId.Length > 0)
            {
                _output.Write(" ENVID="u8);
                WriteXtext(request.EnvelopeId);
            }

            // What was to stay among those who encrypt does not come back whole by those who do not.
            bool isRedacted = session.RequireTls != RequireTlsLevel.Disable && !session.Has(ServerFeatures.RequireTls);
            _output.Write(request.Ret == DsnReturn.Headers || isRedacted ? " RET=HDRS"u8 : request.Ret == DsnReturn.Full ? " RET=FULL"u8 : default);
        }

        if (UsesSmtpUtf8)
        {
            _output.Write(" SMTPUTF8"u8);
        }

        if (session.RequireTls != RequireTlsLevel.Disable && session.Has(ServerFeatures.RequireTls))
        {
            _output.Write(" REQUIRETLS"u8);
        }

        if (sendsDummyAuth && session.Has(ServerFeatures.Auth))
        {
            _output.Write(" AUTH=<>"u8);
        }

        _output.Write("\r\n"u8);
    }

    /// <param name="address">As generic maps have it.</param>
    public void WriteRcpt(DeliveryRecipient recipient, string address)
    {
        _output.Write("RCPT TO:<"u8);
        _output.Write(InCommand(address));
        _output.Write((byte)'>');
        if (session.Has(ServerFeatures.Dsn))
        {
            WriteOriginalRecipient(recipient);
            WriteNotify(recipient.Notify);
        }

        _output.Write("\r\n"u8);
    }

    private bool UsesSmtpUtf8 => session.Has(ServerFeatures.SmtpUtf8) && (request.SmtpUtf8 & 1) != 0;

    private string InCommand(string address) => settings.QuotesEnvelope ? AddressSyntax.ToExternal(address) : address;

    private void WriteOriginalRecipient(DeliveryRecipient recipient)
    {
        string type;
        string address;
        int semicolon = recipient.DsnOriginalRecipient.IndexOf(';', StringComparison.Ordinal);
        if (semicolon > 0)
        {
            type = recipient.DsnOriginalRecipient[..semicolon];
            address = recipient.DsnOriginalRecipient[(semicolon + 1)..];
        }
        else if (recipient.OriginalRecipient.Length > 0)
        {
            address = AddressSyntax.ToExternal(recipient.OriginalRecipient);
            bool isUtf8 = !Ascii.IsAscii(address) && UsesSmtpUtf8 && ByteString.TryToUnicode(address, out _);
            type = isUtf8 ? "utf-8" : "rfc822";
        }
        else
        {
            return;
        }

        string unicode = "";
        bool isUnicode = Ascii.EqualsIgnoreCase(type, "utf-8");
        if (isUnicode && !ByteString.TryToUnicode(address, out unicode))
        {
            return;
        }

        _output.Write(" ORCPT="u8);
        WriteXtext(type);
        _output.Write((byte)';');
        if (isUnicode)
        {
            WriteUnicodeXtext(unicode);
        }
        else
        {
            WriteXtext(address);
        }
    }

    private void WriteNotify(DsnNotify notify)
    {
        if (notify == DsnNotify.None)
        {
            return;
        }

        _output.Write(" NOTIFY="u8);
        if (notify.HasFlag(DsnNotify.Never))
        {
            _output.Write("NEVER"u8);
            return;
        }

        bool isFirst = true;
        WriteWord(notify.HasFlag(DsnNotify.Success), "SUCCESS"u8, ref isFirst);
        WriteWord(notify.HasFlag(DsnNotify.Failure), "FAILURE"u8, ref isFirst);
        WriteWord(notify.HasFlag(DsnNotify.Delay), "DELAY"u8, ref isFirst);
    }

    private void WriteWord(bool isWanted, ReadOnlySpan<byte> word, ref bool isFirst)
    {
        if (!isWanted)
        {
            return;
        }

        if (!isFirst)
        {
            _output.Write((byte)',');
        }

        isFirst = false;
        _output.Write(word);
    }

    /// <summary>RFC 3461 §4: graphic ASCII but <c>+</c> and <c>=</c>, all else in hexadecimal.</summary>
    public static void WriteXtext(BufferedOutput output, string text)
    {
        foreach (char c in text)
        {
            if (c is > ' ' and < '\x7f' and not '+' and not '=')
            {
                output.Write((byte)c);
            }
            else
            {
                output.Write((byte)'+');
                output.Write((byte)HexDigits[(c >> 4) & 15]);
                output.Write((byte)HexDigits[c & 15]);
            }
        }
    }

    private void WriteXtext(string text) => WriteXtext(_output, text);

    // RFC 6533 §3, utf-8-addr-xtext: ASCII, which a server without SMTPUTF8 takes too.
    private void WriteUnicodeXtext(string text)
    {
        foreach (System.Text.Rune c in text.EnumerateRunes())
        {
            if (c.Value is > ' ' and < '\x7f' and not '+' and not '=' and not '\\')
            {
                _output.Write((byte)c.Value);
            }
            else
            {
                _output.Write("\\x{"u8);
                _output.Write(c.Value.ToString("X2", CultureInfo.InvariantCulture));
                _output.Write((byte)'}');
            }
        }
    }
}
