using Mta.Config;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service.Logging;
using Mta.Text;
using NLog;

namespace Mta.Service;

/// <summary>Serves a session per client, many at a time: single, multi and event servers.</summary>
internal sealed class SessionServer
{
    // So many clients at a time are served best without haste for any one of them.
    private const int Crowd = 6;
    private const int Few = 3;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly DaemonProcess _process;
    private readonly Func<ClientConnection, CancellationToken, Task> _session;
    private readonly ClientShare _share;
    private readonly TaskCompletionSource _lastSessionEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Acceptor? _acceptor;
    private volatile bool _accepting = true;

    public SessionServer(DaemonProcess process, Func<ClientConnection, CancellationToken, Task> session)
    {
        _process = process;
        _session = session;
        bool isShared = process.Daemon.Model != ServerModel.Single;
        _share = new ClientShare(process.Status, process.Context.ClientLimit, process.Limits.Uses, process.Context.Time)
        {
            ReportsFirst = isShared,
            KeepsWhileServing = isShared,
        };
        process.IsBusy = () => _share.Active > 0;
    }

    public async Task<int> RunAsync()
    {
        if (_process.Context.Options.StandardStreams)
        {
            await ServeStandardStreamsAsync();
            return 0;
        }

        AcceptorLimits limits = new(_process.Limits.Idle, _process.TurnLock);
        _acceptor = new Acceptor(_process.Context, _share, _process.Status, _process.Listeners, limits, Begin);
        using TableWatch watch = new(_process.Context);
        TaskCompletionSource accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Accept(_acceptor, accepted), 1024 * 1024) { Name = "accept", IsBackground = true }.Start();
        await accepted.Task;

        _process.Context.Retire();
        if (_process.Limits.SharesClients)
        {
            _process.Status.Send(WorkerState.Retiring);
        }

        _accepting = false;
        if (_share.Active > 0)
        {
            await _lastSessionEnded.Task;
        }

        return 0;
    }

    private static void Accept(Acceptor acceptor, TaskCompletionSource done)
    {
        try
        {
            acceptor.Run();
            done.SetResult();
        }
        catch (Exception failure)
        {
            done.SetException(failure);
        }
    }

    private void Begin(FileHandle file, SocketName peer)
    {
        NoteNumber();
        ClientConnection client = new(_process.Context, file, peer, _process.Limits.IpcTimeout);
        if (_process.Daemon.ContinuesInPlace)
        {
            // Until its first wait, after which the thread that sees its data goes on with it: nobody has to be woken.
            _ = RunAsync(client);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Server.RunAsync(state.Client), (Server: this, Client: client), preferLocal: false);
    }

    private async Task RunAsync(ClientConnection client)
    {
        LogSession.Scope? number = _process.Daemon.HasNumberedSessions ? LogSession.Begin() : null;
        try
        {
            if (_process.Context.ServiceType == "pass")
            {
                ClientConnection sender = client;
                client = await PassedClient.ReceiveAsync(sender, _process.Stop);
                sender.Dispose();
                if (client.Peer.IsInternet && client.Socket is { } socket)
                {
                    InetSocket.Prepare(socket.Handle);
                }
            }

            await _session(client, _process.Stop);
        }
        catch (Exception failure)
        {
            Report(failure);
        }
        finally
        {
            client.Dispose();
            number?.Dispose();
            End();
        }
    }

    private void NoteNumber()
    {
        if (_process.Daemon is { Model: ServerModel.Single, WorksBehindClients: false })
        {
            int active = _share.Active;
            ThreadWaking.IsPatient = active >= Crowd || (active >= Few && ThreadWaking.IsPatient);
        }
    }

    private void End()
    {
        if (_share.Leave())
        {
            _acceptor?.Wake();
        }

        NoteNumber();

        if (!_accepting && _share.Active == 0)
        {
            _lastSessionEnded.TrySetResult();
        }
    }

    // What a session's end by exception costs: one line, or none where it only says that the peer went away.
    private void Report(Exception failure)
    {
        switch (failure)
        {
            case OperationCanceledException when _process.Context.Retiring.IsCancellationRequested:
                break;
            case FatalException or ConfigurationException:
                // A process with one client would die here; this one goes on for the others.
                Log.Fatal(failure.Message);
                break;
            case AttributeFormatException or TimeoutException or InvalidDataException or LinuxException:
                Log.Warn(failure.Message);
                break;
            case IOException:
                break;
            default:
                Log.Warn(UnexpectedFailure.Describe(failure));
                break;
        }
    }

    private async Task ServeStandardStreamsAsync()
    {
        Posix.TryGetPeerName(0, out SocketName peer);
        Posix.TryGetSocketName(0, out SocketName local);
        using ClientConnection client = new(_process.Context, new StandardStreams(), peer, local, _process.Limits.IpcTimeout);
        _share.Enter();
        try
        {
            await _session(client, _process.Stop);
        }
        catch (Exception failure)
        {
            Report(failure);
        }
    }
}
