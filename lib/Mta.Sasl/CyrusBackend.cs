using System.Collections.Concurrent;
using Mta.Linux;
using Mta.Text;
using NLog;

namespace Mta.Sasl;

/// <summary>
/// The Cyrus SASL library, with the mechanisms and password places that its own configuration file names. The library is
/// not made for threads: one call at a time in each process, while sessions wait without one.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
public sealed class CyrusBackend : ISaslBackend
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly string _service;
    private readonly string _host;
    private readonly string _realm;
    private readonly SemaphoreSlim _turn = new(1);

    // Exchanges that have ended; each next one starts with a turn, so few wait here.
    private readonly ConcurrentQueue<SaslServer> _ended = new();

    /// <summary>Loads the library and reads its configuration: before the root directory changes.</summary>
    /// <param name="application">Name of that file, without <c>.conf</c> (<c>smtpd_sasl_path</c>).</param>
    /// <param name="path">Where it is looked for; empty for the library's own places.</param>
    /// <param name="service">Name for the library's policies (<c>smtpd_sasl_service</c>).</param>
    /// <param name="host">This host (<c>myhostname</c>).</param>
    /// <param name="realm">For names without one (<c>smtpd_sasl_local_domain</c>); may be empty.</param>
    /// <exception cref="FatalException">The library is missing or cannot be made ready.</exception>
    public CyrusBackend(string application, string path, string service, string host, string realm)
    {
        _service = service;
        _host = host;
        _realm = realm;
        if (SaslServer.Initialize(application, path, Tell) is { } problem)
        {
            Log.Warn($"SASL per-process initialization failed: {problem}");
            throw new FatalException("SASL per-process initialization failed");
        }
    }

    public async ValueTask<IReadOnlyList<SaslMechanism>?> MechanismsAsync(CancellationToken stop)
    {
        string list = await InTurnAsync(() =>
        {
            using SaslServer server = new(_service, _host, _realm);
            return server.Mechanisms();
        }, stop);
        List<SaslMechanism> mechanisms = [];
        foreach (string name in list.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            mechanisms.Add(new SaslMechanism(name, SaslMechanism.PropertiesOf(name)));
        }

        return mechanisms;
    }

    public ISaslExchange Begin(SaslConnection connection) => new Exchange(this, connection);

    private async ValueTask<T> InTurnAsync<T>(Func<T> call, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            return await Task.Run(
                () =>
                {
                    while (_ended.TryDequeue(out SaslServer? server))
                    {
                        server.Dispose();
                    }

                    return call();
                },
                CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static void Tell(int level, string message)
    {
        string text = Printable.Neutralize(message);
        switch (level)
        {
            case 1:
                Log.Warn($"SASL authentication error: {text}");
                break;
            case 2:
                Log.Warn($"SASL authentication failure: {text}");
                break;
            case 3:
                Log.Warn($"SASL authentication problem: {text}");
                break;
            case SaslServer.LogNote:
                Log.Info($"SASL authentication info: {text}");
                break;
        }
    }

    private sealed class Exchange(CyrusBackend backend, SaslConnection about) : ISaslExchange
    {
        private SaslServer? _server;

        public async ValueTask<SaslStep> StartAsync(string mechanism, string? initial, CancellationToken stop)
        {
            byte[]? data = null;
            if (initial is not null && !Base64Text.TryDecode(initial, out data))
            {
                return SaslStep.Failed("Invalid base64 data in initial response");
            }

            try
            {
                return await backend.InTurnAsync(() =>
                {
                    _server = new SaslServer(backend._service, backend._host, backend._realm);
                    if (about.CertificateUser is { } user && !user.Contains('\0'))
                    {
                        _server.SetExternalUser(user);
                    }

                    return Step(_server, _server.Start(mechanism, data));
                }, stop);
            }
            catch (LinuxException error)
            {
                Log.Warn($"SASL per-connection server initialization: {error.Message}");
                return SaslStep.Temporary("Authentication backend error");
            }
        }

        public ValueTask<SaslStep> ContinueAsync(string response, CancellationToken stop) => _server is { } server && Base64Text.TryDecode(response, out byte[] data)
            ? backend.InTurnAsync(() => Step(server, server.Step(data)), stop)
            : new(SaslStep.Failed("Invalid base64 data in continued response"));

        // Letting go is a call too, and waits for a turn: the next one's.
        public void Dispose()
        {
            if (_server is { } server)
            {
                _server = null;
                backend._ended.Enqueue(server);
            }
        }

        private static SaslStep Step(SaslServer server, (SaslServerStatus Status, byte[] Challenge, string Reason) result)
        {
            string user = Printable.Neutralize(server.UserName);
            return result.Status switch
            {
                SaslServerStatus.Continue => SaslStep.Challenge(Base64Text.Encode(result.Challenge)),
                SaslServerStatus.Done when user.Length > 0 => SaslStep.Done(user),
                SaslServerStatus.Unavailable => SaslStep.Temporary(result.Reason, user),
                _ => SaslStep.Failed(result.Reason, user),
            };
        }
    }
}
