using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Dialogues;

/// <summary>
/// The neighbours that a dialogue may name in its settings, played by the test: a policy server (<c>@POLICY@</c>) and a
/// content filter (<c>@FILTER@</c>). What the server under test tells them is compared with the dialogue. One dialogue
/// at a time.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
public sealed class DialoguePeers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly TcpListener _policy = new(IPAddress.Loopback, 0);
    private readonly TcpListener _filter = new(IPAddress.Loopback, 0);
    private readonly List<string> _told = [];
    private Dialogue? _dialogue;
    private List<DialogueLine> _expected = [];
    private Task<string?> _filtering = Task.FromResult<string?>(null);
    private CancellationTokenSource _over = new();
    private int _requests;

    private DialoguePeers()
    {
        _policy.Start();
        _filter.Start();
        _ = AcceptPolicyAsync();
    }

    /// <summary>The peers of this process.</summary>
    public static DialoguePeers Shared { get; } = new();

    /// <summary>Puts the peers' places into a setting.</summary>
    public string Expand(string setting) => setting
        .Replace("@POLICY@", $"{_policy.LocalEndpoint}", StringComparison.Ordinal)
        .Replace("@FILTER@", $"{_filter.LocalEndpoint}", StringComparison.Ordinal);

    /// <summary>Makes ready for a dialogue.</summary>
    public void Begin(Dialogue dialogue, DialogueServer server)
    {
        lock (_told)
        {
            _told.Clear();
            _requests = 0;
        }

        _dialogue = dialogue;
        _over = new CancellationTokenSource();
        _expected = [.. dialogue.LinesFor(server).Where(static line => line.Kind == 'P')];
        List<DialogueLine> script = [.. dialogue.LinesFor(server).Where(static line => line.Kind is '<' or '>' or '@' or '/')];
        _filtering = script.Count == 0 ? Task.FromResult<string?>(null) : FilterAsync(dialogue, script);
    }

    /// <summary>Null when the peers heard what they should.</summary>
    public async Task<string?> EndAsync()
    {
        string? problem;
        try
        {
            problem = await _filtering.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            problem = $"{_dialogue?.Name}: the filter still waits";
            await _over.CancelAsync();
        }

        return problem ?? CheckPolicy();
    }

    // "..." stands for any number of lines.
    private string? CheckPolicy()
    {
        List<string> told;
        lock (_told)
        {
            told = [.. _told];
        }

        int at = 0;
        bool mayPass = false;
        foreach (DialogueLine line in _expected)
        {
            if (line.Text == "...")
            {
                mayPass = true;
                continue;
            }

            int found = mayPass ? told.FindIndex(at, text => Dialogue.Matches(line.Text, text)) : at < told.Count && Dialogue.Matches(line.Text, told[at]) ? at : -1;
            if (found < 0)
            {
                return $"{_dialogue?.Name}, line {line.Number}: the policy server was not told \"{line.Text}\"; it was told:\n  {string.Join("\n  ", told.Skip(at))}";
            }

            (at, mayPass) = (found + 1, false);
        }

        return _expected.Count > 0 && !mayPass && at < told.Count ? $"{_dialogue?.Name}: the policy server was also told:\n  {string.Join("\n  ", told.Skip(at))}" : null;
    }

    private async Task AcceptPolicyAsync()
    {
        while (true)
        {
            _ = ServePolicyAsync(await _policy.AcceptTcpClientAsync());
        }
    }

    // The action stands in the request's policy_context; words with "!" are misdeeds.
    private async Task ServePolicyAsync(TcpClient client)
    {
        using (client)
        using (var reader = new StreamReader(client.GetStream(), Encoding.Latin1))
        {
            try
            {
                string context = "";
                while (await reader.ReadLineAsync() is { } line)
                {
                    int count;
                    lock (_told)
                    {
                        _told.Add(line);
                        count = line.Length == 0 ? ++_requests : _requests;
                    }

                    if (line.StartsWith("policy_context=", StringComparison.Ordinal))
                    {
                        context = line["policy_context=".Length..];
                    }

                    if (line.Length > 0)
                    {
                        continue;
                    }

                    string? answer = context switch
                    {
                        "" => "action=DUNNO\n\n",
                        "!close" => null,
                        "!close-once" => count == 1 ? null : "action=DUNNO\n\n",
                        "!silent" => "",
                        "!garbage" => "hello\n\n",
                        "!empty" => "\n",
                        "!half" => "action=DUNNO\n",
                        "!other-name" => "reaction=DUNNO\n\n",
                        "!more" => "action=DUNNO\ncolour=blue\n\n",
                        "!twice" => "action=DUNNO\naction=REJECT twice\n\n",
                        "!long" => $"action=REJECT {new string('x', 3000)}\n\n",
                        "!huge" => $"action={new string('x', 300000)}\n\n",
                        "!blanks" => "action=   REJECT   with blanks  \n\n",
                        "!tabs" => "action=\tREJECT\ttabs\n\n",
                        "!crlf" => "action=REJECT crlf\r\n\r\n",
                        "!binary" => "action=REJECT \x01\xff\x7f\n\n",
                        "!nothing" => "action=\n\n",
                        _ => $"action={context}\n\n",
                    };
                    if (answer is null)
                    {
                        return;
                    }

                    await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer));
                }
            }
            catch (IOException)
            {
                // The server under test has gone.
            }
        }
    }

    private async Task<string?> FilterAsync(Dialogue dialogue, List<DialogueLine> script)
    {
        TcpClient? client = null;
        StreamReader? reader = null;
        try
        {
            foreach (DialogueLine line in script)
            {
                switch (line.Kind)
                {
                    case '@':
                        client?.Dispose();
                        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(_over.Token))
                        {
                            limit.CancelAfter(Patience);
                            client = await _filter.AcceptTcpClientAsync(limit.Token);
                        }

                        reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                        break;
                    case '/':
                        client?.Dispose();
                        break;
                    case '>':
                        await client!.GetStream().WriteAsync(Encoding.Latin1.GetBytes(line.Text)); // a script begins with a connection
                        break;
                    default:
                        string got = await reader!.ReadLineAsync().WaitAsync(Patience) ?? "<EOF>"; // as above
                        if (!Dialogue.Matches(line.Text, got))
                        {
                            return $"{dialogue.Name}, line {line.Number}: the filter got \"{got}\", want \"{line.Text}\"";
                        }

                        break;
                }
            }

            return null;
        }
        catch (Exception error) when (error is IOException or TimeoutException or OperationCanceledException)
        {
            return $"{dialogue.Name}: the filter: {error.Message}";
        }
        finally
        {
            client?.Dispose();
        }
    }
}
