using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>A request that an agent was given and has not answered.</summary>
internal sealed record AgentRequest(string QueueId, string NextHop, string Sender, IReadOnlyList<(string Address, long Offset)> Recipients, DateTime Time)
{
    private readonly TaskCompletionSource<char> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<char> Answered => _answer.Task;

    /// <summary>
    /// <c>+</c> all delivered; <c>-</c> the whole site looks bad; <c>d</c> deferred, and nothing is said of the site;
    /// <c>x</c> the agent dies; <c>g</c> it answers nonsense; <c>c</c> it dies in the middle of its answer. Of what no
    /// agent of ours says: <c>s</c> deferred with a reason and no code; <c>r</c> all delivered, with a reason; <c>i</c> a
    /// code that is none; <c>u</c> a code without a reason.
    /// </summary>
    public void Answer(char result) => _answer.TrySetResult(result);
}

/// <summary>
/// A delivery agent that the test plays itself, on <c>private/NAME</c> of an instance: it shows which request the queue
/// manager chooses when, and answers as the test says.
/// </summary>
internal sealed class DeliveryAgent : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _spool;
    private readonly string _path;
    private readonly Func<AgentRequest, char?> _answer;
    private readonly SemaphoreSlim? _turns;
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<AgentRequest> _requests = [];

    /// <param name="spool">Queue directory of the instance.</param>
    /// <param name="name">The transport.</param>
    /// <param name="answer">Result of a request; null when the test answers it later.</param>
    /// <param name="oneAtATime">Whether the next connection is greeted only when the last has ended.</param>
    /// <param name="isOpen">Whether connections are greeted from the start, or after <see cref="Open"/>.</param>
    public DeliveryAgent(string spool, string name, Func<AgentRequest, char?> answer, bool oneAtATime = false, bool isOpen = true)
    {
        _spool = spool;
        _path = Path.Combine(spool, "private", name);
        _answer = answer;
        _turns = oneAtATime ? new SemaphoreSlim(1) : null;
        if (isOpen)
        {
            Open();
        }

        File.Delete(_path);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        File.SetUnixFileMode(_path, (UnixFileMode)0x1B6);
        _listener.Listen(200);
        _ = AcceptAsync();
    }

    public IReadOnlyList<AgentRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public IReadOnlyList<AgentRequest> Held => [.. Requests.Where(request => !request.Answered.IsCompleted)];

    public void Open() => _open.TrySetResult();

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync();
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await _open.Task;
        if (_turns is not null)
        {
            await _turns.WaitAsync();
        }

        try
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            await using BufferedStream input = new(stream, 65536);
            await WriteAsync(stream, "protocol", "delivery_request_protocol");
            while (await ReadListAsync(input) is { } fields)
            {
                if (!await ServeOneAsync(stream, input, fields))
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            // The queue manager is gone.
        }
        finally
        {
            _turns?.Release();
        }
    }

    private async Task<bool> ServeOneAsync(NetworkStream stream, BufferedStream input, Dictionary<string, string> fields)
    {
        List<(string, long)> recipients = [];
        for (int i = int.Parse(fields["recipient_count"], CultureInfo.InvariantCulture); i > 0; i--)
        {
            Dictionary<string, string> recipient = await ReadListAsync(input) ?? throw new IOException("cut off");
            recipients.Add((recipient["recipient"], long.Parse(recipient["offset"], CultureInfo.InvariantCulture)));
        }

        AgentRequest request = new(fields["queue_id"], fields["nexthop"], fields["sender"], recipients, DateTime.UtcNow);
        if (_answer(request) is { } answer)
        {
            request.Answer(answer);
        }

        lock (_requests)
        {
            _requests.Add(request);
        }

        char result = await request.Answered;
        if (result == 'x')
        {
            return false;
        }

        if (result == 'g')
        {
            await stream.WriteAsync("nonsense\0no\0\0"u8.ToArray());
            return false;
        }

        if (result is '+' or 'r')
        {
            MarkDone(request);
        }

        if (result == 'c')
        {
            await stream.WriteAsync("status\0\0diag_type\0\0diag_"u8.ToArray());
            return false;
        }

        await WriteAsync(
            stream,
            "status", result switch { '-' or 'u' => "4.4.1", 'i' => "none", _ => "" },
            "diag_type", "",
            "diag_text", "",
            "mta_type", "",
            "mta_mname", "",
            "action", "",
            "reason", result is '-' or 's' or 'r' or 'i' ? "connect to site: refused" : "",
            "status", result is '+' or 'r' ? "0" : "-1");
        return true;
    }

    private void MarkDone(AgentRequest request)
    {
        // The runtime's own file calls lock the file, and its lock would be taken for an agent's.
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(Path.Combine(_spool, "active", request.QueueId), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        foreach ((string _, long offset) in request.Recipients)
        {
            RandomAccess.Write(file, "D"u8, offset);
        }
    }

    private static async Task WriteAsync(NetworkStream stream, params string[] fields) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join('\0', fields) + "\0\0"));

    private static async Task<Dictionary<string, string>?> ReadListAsync(BufferedStream input)
    {
        Dictionary<string, string> fields = [];
        while (true)
        {
            string? name = await ReadStringAsync(input);
            if (string.IsNullOrEmpty(name))
            {
                return name is null ? null : fields;
            }

            fields[name] = await ReadStringAsync(input) ?? throw new IOException("cut off");
        }
    }

    private static async Task<string?> ReadStringAsync(BufferedStream input)
    {
        StringBuilder text = new();
        byte[] one = new byte[1];
        while (await input.ReadAsync(one) == 1)
        {
            if (one[0] == 0)
            {
                return text.ToString();
            }

            text.Append((char)one[0]);
        }

        return null;
    }
}
