using Mta.Mail.Protocols;
using NLog;

namespace Mta.Smtp;

/// <summary>Tells a content filter who sent the message (<c>smtp_send_xforward_command</c>).</summary>
internal static class Xforward
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static async ValueTask SendAsync(SmtpSettings settings, SmtpSession session, DeliveryRequest request, CancellationToken stop)
    {
        if (!settings.SendsXforward)
        {
            return;
        }

        bool isAny = false;
        Add(session, ServerFeatures.XforwardName, " NAME=", Known(request.ClientName), ref isAny);
        Add(session, ServerFeatures.XforwardAddress, " ADDR=", Prefixed(Known(request.ClientAddress)), ref isAny);
        Add(session, ServerFeatures.XforwardPort, " PORT=", Known(request.ClientPort), ref isAny);
        await FinishAsync(settings, session, isAny, "sending XFORWARD name/address", "XFORWARD name/address command", stop);

        isAny = false;
        Add(session, ServerFeatures.XforwardProtocol, " PROTO=", Known(request.ClientProtocol), ref isAny);
        Add(session, ServerFeatures.XforwardHelo, " HELO=", request.ClientHelo, ref isAny);
        Add(session, ServerFeatures.XforwardIdent, " IDENT=", request.LogIdent, ref isAny);
        Add(session, ServerFeatures.XforwardSource, " SOURCE=", request.RewriteContext == "local" ? "LOCAL" : "REMOTE", ref isAny);
        await FinishAsync(settings, session, isAny, "sending XFORWARD protocol/helo_name", "XFORWARD helo/protocol command", stop);
    }

    private static string Known(string value) => value == "unknown" ? "" : value;

    private static string Prefixed(string address) => address.Contains(':') ? "IPv6:" + address : address;

    private static void Add(SmtpSession session, ServerFeatures feature, string name, string value, ref bool isAny)
    {
        if (value.Length == 0 || !session.Has(feature))
        {
            return;
        }

        if (!isAny)
        {
            session.Output.Write("XFORWARD"u8);
            isAny = true;
        }

        session.Output.Write(name);
        EnvelopeCommands.WriteXtext(session.Output, value);
    }

    private static async ValueTask FinishAsync(SmtpSettings settings, SmtpSession session, bool isAny, string state, string command, CancellationToken stop)
    {
        if (!isAny)
        {
            return;
        }

        session.State = state;
        session.SetTimeout(settings.XforwardTimeout);
        session.Output.Write("\r\n"u8);
        SmtpReply reply = await session.AskAsync(stop);
        if (!reply.IsPositive)
        {
            Log.Warn($"host {session.Server.NameWithPort} said: {reply.OneLine} (in reply to {command})");
        }
    }
}
