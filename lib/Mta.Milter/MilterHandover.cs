using Mta.Config;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Milter;

/// <summary>
/// How smtpd gives cleanup its live connections to filters (record <c>m</c> of the stream to cleanup): the macro lists,
/// then for each filter its state and its socket. Both sides stop at every socket: stream data and a descriptor must
/// not merge.
/// </summary>
public static class MilterHandover
{
    /// <summary>The state of a filter that has heard of DATA; the only one that is handed over.</summary>
    private const int InTransaction = 4;
    private const int MaxMilters = 100;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private static ReadOnlySpan<byte> Dummy => "dummy"u8;

    private static readonly byte[][] MacroNames =
    [
        "conn_macros"u8.ToArray(), "helo_macros"u8.ToArray(), "mail_macros"u8.ToArray(), "rcpt_macros"u8.ToArray(),
        "data_macros"u8.ToArray(), "eoh_macros"u8.ToArray(), "eod_macros"u8.ToArray(), "unk_macros"u8.ToArray(),
    ];

    /// <summary>The first record that a client with filters sends: cleanup is not to run its own.</summary>
    public static void Announce(BufferedOutput output) => RecordWriter.Write(output, RecordType.MilterCount, "0");

    /// <summary>Hands over the filters that take part in the message; nothing is sent when none does.</summary>
    /// <exception cref="IOException">Cleanup is gone or refuses.</exception>
    /// <exception cref="TimeoutException">Cleanup does not answer.</exception>
    public static async ValueTask SendAsync(MilterSession session, ServiceConnection cleanup, CancellationToken stop)
    {
        List<MilterConnection> active = [.. session.Connections.Where(static milter => milter.IsActive && milter.Stream is not null)];
        if (active.Count == 0)
        {
            return;
        }

        RecordWriter.Write(cleanup.Output, RecordType.MilterCount, active.Count.ToString());
        AttributeWriter writer = cleanup.Writer;
        for (int i = 0; i < MilterMacros.Sets; i++)
        {
            writer.String(MacroNames[i], session.Macros.Text((MilterMacroSet)i));
        }

        WriteDefaults(cleanup.Output, writer, session.Macros.Defaults);
        foreach (MilterConnection milter in active)
        {
            // Events that want no answer may still be in the buffer.
            await milter.FlushAsync(stop);
            WriteMilter(writer, milter);
            await cleanup.Output.FlushAsync(stop);
            await ReadDummyAsync(cleanup.Reader, stop);
            await SendSocketAsync(cleanup.Socket, milter.Stream!, stop); // selected above
            await ReadDummyAsync(cleanup.Reader, stop);
        }

        if (!await cleanup.Reader.ReadListAsync(stop) || cleanup.Reader.Int("status"u8) != 0)
        {
            throw new IOException("cannot hand over milters");
        }

        cleanup.Reader.Leave();
    }

    /// <summary>Cleanup's side. The record itself has been read; on return the record stream goes on.</summary>
    /// <returns>Null when there is nothing usable: the message must be refused.</returns>
    /// <exception cref="IOException">The client is gone or does not keep to the protocol.</exception>
    public static async ValueTask<MilterSession?> ReceiveAsync(int count, BufferedInput input, BufferedOutput output, SocketStream? socket, MilterMacroLookup lookup, CancellationToken stop)
    {
        if (count > MaxMilters || socket is null)
        {
            throw new AttributeFormatException("bad milter hand-over");
        }

        var reader = new AttributeReader(input);
        var writer = new AttributeWriter(output);
        List<MilterConnection> milters = [];
        bool isComplete = false;
        try
        {
            MilterMacros? macros = null;
            for (int i = 0; i < count; i++)
            {
                if (!await reader.ReadListAsync(stop))
                {
                    throw new AttributeFormatException("premature end of a milter hand-over");
                }

                macros ??= TakeMacros(reader);
                Func<SocketStream, MilterConnection> milter = TakeMilter(reader, macros);
                reader.Leave();
                writer.String(Dummy, "").End();
                await output.FlushAsync(stop);
                FileHandle descriptor = await ReceiveSocketAsync(socket, stop);
                milters.Add(milter(new SocketStream(descriptor)));
                writer.String(Dummy, "").End();
                await output.FlushAsync(stop);
            }

            writer.Int("status"u8, 0).End();
            await output.FlushAsync(stop);
            isComplete = true;
            return new MilterSession(macros ?? new MilterMacros(["", "", "", "", "", "", "", ""], new Dictionary<string, string>()), lookup, milters);
        }
        finally
        {
            if (!isComplete)
            {
                milters.ForEach(static milter => milter.Dispose());
            }
        }
    }

    private static void WriteDefaults(BufferedOutput output, AttributeWriter writer, IReadOnlyDictionary<string, string> defaults)
    {
        // An empty value would end the list for the reader; an absent macro says the same.
        List<KeyValuePair<string, string>> set = [.. defaults.Where(static pair => pair.Value.Length > 0)];
        writer.Int("size"u8, set.Count);
        if (set.Count == 0)
        {
            return;
        }

        output.Write("{\0"u8);
        foreach ((string name, string value) in set)
        {
            output.Write($"{{{name}}}\0{value.Replace('\0', '?')}\0");
        }

        output.Write("}\0"u8);
    }

    private static void WriteMilter(AttributeWriter writer, MilterConnection milter)
    {
        MilterDefinition definition = milter.Milter;
        writer
            .String("milter_name"u8, definition.Name)
            .Int("milter_version"u8, milter.Agreement.Version)
            .Int("milter_actions"u8, (int)milter.Agreement.Actions)
            .Int("milter_events"u8, unchecked((int)milter.Agreement.Options))
            .Int("milter_non_events"u8, (int)milter.Agreement.UnknownEvents)
            .Int("milter_state"u8, InTransaction)
            .Int("milter_conn_timeout"u8, (int)definition.ConnectTimeout.TotalSeconds)
            .Int("milter_cmd_timeout"u8, (int)definition.CommandTimeout.TotalSeconds)
            .Int("milter_msg_timeout"u8, (int)definition.ContentTimeout.TotalSeconds)
            .String("milter_action"u8, definition.DefaultAction.ToString().ToLowerInvariant())
            .Int("milter_macro_list"u8, milter.Agreement.Macros is null ? 0 : 1);
        if (milter.Agreement.Macros is { } own)
        {
            for (int i = 0; i < MilterMacros.Sets; i++)
            {
                writer.String(MacroNames[i], own[i] ?? "");
            }
        }

        writer.End();
    }

    private static MilterMacros TakeMacros(AttributeReader reader)
    {
        string[] texts = new string[MilterMacros.Sets];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.String(MacroNames[i]);
        }

        int size = reader.Int("size"u8);
        Dictionary<string, string> defaults = new(StringComparer.Ordinal);
        if (size > 0)
        {
            // "{", name, value, name, value, ... "}" as single strings: pairs are shifted by one.
            (string open, string name) = reader.Next();
            while (open == "{" && defaults.Count < 1000)
            {
                (string value, string next) = reader.Next();
                defaults[MilterMacros.WithoutBraces(name)] = value;
                if (next == "}")
                {
                    break;
                }

                name = next;
            }
        }

        return new MilterMacros(texts, defaults);
    }

    private static Func<SocketStream, MilterConnection> TakeMilter(AttributeReader reader, MilterMacros macros)
    {
        string name = Printable.Neutralize(reader.String("milter_name"u8));
        int version = reader.Int("milter_version"u8);
        var actions = (MilterActions)reader.Int("milter_actions"u8);
        var options = unchecked((MilterOptions)reader.Int("milter_events"u8));
        var unknown = unchecked((MilterOptions)reader.Int("milter_non_events"u8));
        int state = reader.Int("milter_state"u8);
        TimeSpan connect = Seconds(reader.Int("milter_conn_timeout"u8));
        TimeSpan command = Seconds(reader.Int("milter_cmd_timeout"u8));
        TimeSpan content = Seconds(reader.Int("milter_msg_timeout"u8));
        string action = reader.String("milter_action"u8);
        string?[]? own = null;
        if (reader.Int("milter_macro_list"u8) != 0)
        {
            own = new string?[MilterMacros.Sets];
            for (int i = 0; i < own.Length; i++)
            {
                own[i] = reader.String(MacroNames[i]);
            }
        }

        if (state != InTransaction)
        {
            Log.Warn($"milter {name}: handed over in state {state}");
        }

        MilterDefaultAction onFailure;
        try
        {
            onFailure = MilterDefinition.ParseAction(action, name);
        }
        catch (ConfigurationException)
        {
            onFailure = MilterDefaultAction.Tempfail;
        }

        var definition = new MilterDefinition
        {
            Name = name,
            Endpoint = new StreamEndpoint("", "", ""),
            ConnectTimeout = connect,
            CommandTimeout = command,
            ContentTimeout = content,
            DefaultAction = onFailure,
            Version = version,
        };
        return stream => MilterConnection.Adopt(definition, macros, new MilterAgreement(version, actions, options, own) { UnknownEvents = unknown }, stream);
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 1_000_000));

    private static async ValueTask ReadDummyAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            throw new AttributeFormatException("cleanup closed during a milter hand-over");
        }

        reader.String(Dummy);
        reader.Leave();
    }

    private static async ValueTask SendSocketAsync(SocketStream over, SocketStream what, CancellationToken stop)
    {
        int errno;
        while ((errno = Posix.TrySendDescriptor(over.Handle, what.Handle)) == Errno.EAGAIN)
        {
            await Task.Delay(1, stop);
        }

        if (errno != 0)
        {
            throw new IOException($"cannot pass a milter's socket: {Errno.Text(errno)}");
        }
    }

    private static async ValueTask<FileHandle> ReceiveSocketAsync(SocketStream over, CancellationToken stop)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timer.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            (int errno, FileHandle descriptor) = await over.TryReceiveDescriptorAsync(timer.Token);
            return errno == 0 ? descriptor : throw new IOException($"cannot receive a milter's socket: {Errno.Text(errno)}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException("no milter socket came");
        }
    }
}
