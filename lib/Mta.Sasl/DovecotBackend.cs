using System.Globalization;
using Mta.Linux;
using Mta.Text;
using NLog;

namespace Mta.Sasl;

/// <summary>
/// Dovecot's authentication service (client protocol 1). Each exchange has a connection of its own, so that no answer
/// can go to another session; the mechanisms of the last greeting are kept for a while.
/// </summary>
public sealed class DovecotBackend(StreamEndpoint endpoint, string path) : ISaslBackend
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepMechanisms = TimeSpan.FromSeconds(30);

    // Long enough that EHLO and the AUTH behind it are one failure, short enough that nobody waits for a restart.
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(3);

    private IReadOnlyList<SaslMechanism>? _mechanisms;
    private long _mechanismsUntil;
    private long _quietUntil;
    private int _lastId;

    public async ValueTask<IReadOnlyList<SaslMechanism>?> MechanismsAsync(CancellationToken stop)
    {
        if (_mechanisms is { } known && Environment.TickCount64 < Volatile.Read(ref _mechanismsUntil))
        {
            return known;
        }

        using DovecotConnection? connection = await ConnectAsync(stop);
        return connection?.Mechanisms;
    }

    public ISaslExchange Begin(SaslConnection connection) => new Exchange(this, connection);

    private async ValueTask<DovecotConnection?> ConnectAsync(CancellationToken stop)
    {
        if (Environment.TickCount64 < Volatile.Read(ref _quietUntil))
        {
            return null;
        }

        SocketStream stream;
        try
        {
            stream = await endpoint.ConnectAsync(TimeLimit, stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            KeepQuiet();
            Log.Warn($"SASL: Connect to Dovecot auth socket '{path}' failed: {error.Message}");
            return null;
        }

        var connection = new DovecotConnection(stream, TimeLimit);
        string? problem;
        try
        {
            problem = await connection.GreetAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
        {
            problem = $"SASL: Connect to Dovecot auth socket '{path}' failed: {error.Message}";
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        if (problem is not null)
        {
            connection.Dispose();
            KeepQuiet();
            Log.Warn(Printable.Neutralize(problem));
            return null;
        }

        _mechanisms = connection.Mechanisms;
        Volatile.Write(ref _mechanismsUntil, Environment.TickCount64 + (long)KeepMechanisms.TotalMilliseconds);
        return connection;
    }

    private void KeepQuiet() => Volatile.Write(ref _quietUntil, Environment.TickCount64 + (long)QuietTime.TotalMilliseconds);

    private string NextId() => ((uint)Interlocked.Increment(ref _lastId)).ToString(CultureInfo.InvariantCulture);

    private sealed class Exchange(DovecotBackend backend, SaslConnection about) : ISaslExchange
    {
        private const string BackendError = "Authentication backend error";

        private readonly string _id = backend.NextId();
        private DovecotConnection? _connection;

        public async ValueTask<SaslStep> StartAsync(string mechanism, string? initial, CancellationToken stop)
        {
            _connection = await backend.ConnectAsync(stop);
            if (_connection is null)
            {
                return SaslStep.Temporary("Can't connect to authentication server");
            }

            string request = $"AUTH\t{_id}\t{Field(mechanism)}\tservice={Field(about.Service)}\tnologin\tlip={Field(about.ServerAddress)}\trip={Field(about.ClientAddress)}"
                + (about.IsEncrypted ? "\tsecured" : "")
                + (initial is null ? "" : $"\tresp={(initial == "=" ? "" : Field(initial))}");
            return await AskAsync(request, stop);
        }

        public ValueTask<SaslStep> ContinueAsync(string response, CancellationToken stop) =>
            _connection is null ? new(SaslStep.Temporary("Connection lost to authentication server")) : AskAsync($"CONT\t{_id}\t{Field(response)}", stop);

        public void Dispose() => _connection?.Dispose();

        private async ValueTask<SaslStep> AskAsync(string request, CancellationToken stop)
        {
            try
            {
                await _connection!.SendAsync(request, stop); // callers have tested it
                while (await _connection.ReadAsync(stop) is { } line)
                {
                    string[] fields = line.Split('\t');
                    if (fields.Length < 2 || fields[1] != _id)
                    {
                        continue;
                    }

                    switch (fields[0])
                    {
                        case "CONT":
                            return fields.Length > 2 && IsBase64(fields[2]) ? SaslStep.Challenge(fields[2]) : SaslStep.Failed(BackendError);
                        case "OK":
                            if (Value(fields, "user") is { Length: > 0 } user)
                            {
                                return SaslStep.Done(Printable.Neutralize(user));
                            }

                            Log.Warn("missing Dovecot server OK username field");
                            return SaslStep.Failed(BackendError);
                        case "FAIL":
                            return SaslStep.Failed(Printable.Neutralize(Value(fields, "reason") ?? ""), Printable.Neutralize(Value(fields, "user") ?? ""));
                    }
                }
            }
            catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
            {
                // As at the end of file.
            }

            return SaslStep.Temporary("Connection lost to authentication server");
        }

        private static string? Value(string[] fields, string name)
        {
            foreach (string field in fields)
            {
                if (field.StartsWith(name, StringComparison.Ordinal) && field.Length > name.Length && field[name.Length] == '=')
                {
                    return field[(name.Length + 1)..];
                }
            }

            return null;
        }

        // Nothing that separates fields or lines comes from a client.
        private static string Field(string text) => text.AsSpan().IndexOfAny("\t\n\r\0") < 0 ? text : text.Replace('\t', '?').Replace('\n', '?').Replace('\r', '?').Replace('\0', '?');

        private static bool IsBase64(string text) => text.Length % 4 == 0 && Base64Text.IsAlphabet(text);
    }
}
