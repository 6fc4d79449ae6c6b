using System.Net;
using System.Text;
using Mta.Text;

namespace Mta.Milter;

/// <summary>
/// All filters of one SMTP session or one message, asked in their order: the first that objects has the word. Used by
/// one caller at a time. Owns the connections.
/// </summary>
public sealed class MilterSession : IDisposable
{
    private readonly List<MilterConnection> _milters = [];
    private readonly MilterMacroLookup _lookup;

    /// <param name="lookup">Asked for the value of every macro, when it is sent.</param>
    public MilterSession(IReadOnlyList<MilterDefinition> milters, MilterMacros macros, MilterMacroLookup lookup)
    {
        _lookup = lookup;
        Macros = macros;
        foreach (MilterDefinition milter in milters)
        {
            _milters.Add(new MilterConnection(milter, macros));
        }
    }

    internal MilterSession(MilterMacros macros, MilterMacroLookup lookup, List<MilterConnection> adopted)
    {
        _lookup = lookup;
        Macros = macros;
        _milters = adopted;
    }

    public MilterMacros Macros { get; }

    /// <summary>A filter wants to hear of refused recipients.</summary>
    public bool WantsRejectedRecipients => _milters.Exists(static milter => milter.WantsRejectedRecipients);

    /// <summary>A filter has asked for macros of its own choice.</summary>
    public bool HasOwnMacros => _milters.Exists(static milter => milter.Agreement.Macros is not null);

    internal IReadOnlyList<MilterConnection> Connections => _milters;

    /// <summary>The client has connected.</summary>
    /// <param name="address">Null: the address is not known.</param>
    public async ValueTask<MilterVerdict> ConnectAsync(string name, IPAddress? address, int port, CancellationToken stop)
    {
        byte[] arguments = ClientArguments(name, address, port);
        MilterVerdict verdict = MilterVerdict.Continue;
        foreach (MilterConnection milter in _milters)
        {
            verdict = Combine(verdict, await milter.ConnectAsync(arguments, _lookup, stop));
            if (verdict.Kind == MilterVerdictKind.Reply)
            {
                break;
            }
        }

        return verdict;
    }

    public ValueTask<MilterVerdict> HeloAsync(string name, CancellationToken stop) =>
        TellAsync(MilterEvent.Helo, MilterMacroSet.Helo, Strings([name]), stop);

    /// <param name="words">Address in angle brackets and the ESMTP parameters.</param>
    public ValueTask<MilterVerdict> MailAsync(IReadOnlyList<string> words, CancellationToken stop) =>
        TellAsync(MilterEvent.Mail, MilterMacroSet.Mail, Strings(words), stop);

    /// <inheritdoc cref="MailAsync"/>
    public ValueTask<MilterVerdict> RcptAsync(IReadOnlyList<string> words, CancellationToken stop) =>
        TellAsync(MilterEvent.Rcpt, MilterMacroSet.Rcpt, Strings(words), stop);

    /// <summary>A recipient that is refused whatever the filters say: only those that have asked hear of it.</summary>
    public async ValueTask RejectedRcptAsync(IReadOnlyList<string> words, CancellationToken stop)
    {
        byte[] data = Strings(words);
        foreach (MilterConnection milter in _milters)
        {
            if (milter.WantsRejectedRecipients)
            {
                await milter.TellAsync(MilterEvent.Rcpt, MilterMacroSet.Rcpt, data, _lookup, stop);
            }
        }
    }

    public ValueTask<MilterVerdict> DataAsync(CancellationToken stop) => TellAsync(MilterEvent.Data, MilterMacroSet.Data, default, stop);

    public ValueTask<MilterVerdict> UnknownAsync(string command, CancellationToken stop) =>
        TellAsync(MilterEvent.Unknown, MilterMacroSet.Unknown, Strings([command]), stop);

    /// <summary>One filter at a time looks at a message; a later one sees what those before have made of it.</summary>
    public async ValueTask<MilterVerdict> InspectAsync(Func<MilterInspection, CancellationToken, ValueTask<MilterVerdict>> inspect, CancellationToken stop)
    {
        MilterVerdict verdict = MilterVerdict.Continue;
        foreach (MilterConnection milter in _milters)
        {
            verdict = Combine(verdict, await inspect(new MilterInspection(milter, _lookup), stop));
            if (verdict.Kind is MilterVerdictKind.Reply or MilterVerdictKind.Discard)
            {
                break;
            }
        }

        return verdict;
    }

    /// <summary>The transaction is over or was never finished.</summary>
    public async ValueTask AbortAsync(CancellationToken stop)
    {
        foreach (MilterConnection milter in _milters)
        {
            await milter.AbortAsync(stop);
        }
    }

    /// <summary>Takes leave of all filters.</summary>
    public async ValueTask QuitAsync(CancellationToken stop)
    {
        foreach (MilterConnection milter in _milters)
        {
            await milter.AbortAsync(stop);
            await milter.QuitAsync(stop);
        }
    }

    public void Dispose()
    {
        foreach (MilterConnection milter in _milters)
        {
            milter.Dispose();
        }
    }

    internal static byte[] Strings(IReadOnlyList<string> words)
    {
        int length = 0;
        foreach (string word in words)
        {
            length += word.Length + 1;
        }

        byte[] bytes = new byte[length];
        int at = 0;
        foreach (string word in words)
        {
            at += ByteString.CopyTo(word.Contains('\0') ? word.Replace('\0', '?') : word, bytes.AsSpan(at)) + 1;
        }

        return bytes;
    }

    // Name, family, port in network order, address; unknown families have no more than the letter.
    private static byte[] ClientArguments(string name, IPAddress? address, int port)
    {
        var text = new StringBuilder(name).Append('\0');
        if (address is null)
        {
            text.Append('U');
        }
        else
        {
            bool isSix = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            text.Append(isSix ? '6' : '4').Append((char)(port >> 8 & 0xFF)).Append((char)(port & 0xFF));
            text.Append(isSix ? "IPv6:" : "").Append(address).Append('\0');
        }

        return ByteString.ToBytes(text.ToString());
    }

    private static MilterVerdict Combine(MilterVerdict before, MilterVerdict next) => next.IsContinue ? before : next;

    private async ValueTask<MilterVerdict> TellAsync(MilterEvent what, MilterMacroSet set, ReadOnlyMemory<byte> data, CancellationToken stop)
    {
        MilterVerdict verdict = MilterVerdict.Continue;
        foreach (MilterConnection milter in _milters)
        {
            verdict = Combine(verdict, await milter.TellAsync(what, set, data, _lookup, stop));

            // Held mail is still everyone's matter.
            if (verdict.Kind is MilterVerdictKind.Reply or MilterVerdictKind.Discard)
            {
                break;
            }
        }

        return verdict;
    }
}
