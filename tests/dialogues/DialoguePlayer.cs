using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mta.Dialogues;

/// <summary>
/// Plays the client's side of a dialogue on a connected stream and compares what comes back. Needs nothing but the
/// stream: any test project may link this file.
/// </summary>
public sealed class DialoguePlayer(Stream stream, DialogueServer server, DialogueCut cut)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly byte[] _one = new byte[1];

    /// <summary>Plays a dialogue to its end.</summary>
    /// <returns>Null when all replies were as they should be; else what was wrong, for a human.</returns>
    public async Task<string?> PlayAsync(Dialogue dialogue)
    {
        var pending = new StringBuilder();
        foreach (DialogueLine line in dialogue.LinesFor(server))
        {
            switch (line.Kind)
            {
                case 'C' when cut == DialogueCut.Whole:
                    pending.Append(line.Text);
                    break;
                case 'C':
                    await SendAsync(line.Text);
                    break;
                case 'W':
                    await SendAsync(pending.ToString());
                    pending.Clear();
                    await Task.Delay(int.Parse(line.Text, System.Globalization.CultureInfo.InvariantCulture));
                    break;
                case 'T':
                    await SendAsync(pending.ToString());
                    pending.Clear();
                    if (await BeginTlsAsync(line.Text) is { } failure)
                    {
                        return $"{dialogue.Name}, line {line.Number} ({server}, {cut}): TLS: {failure}";
                    }

                    break;
                case 'S':
                    await SendAsync(pending.ToString());
                    pending.Clear();
                    string got = await ReadLineAsync() ?? "<EOF>";
                    if (!Dialogue.Matches(line.Text, got))
                    {
                        return $"{dialogue.Name}, line {line.Number} ({server}, {cut}): got \"{got}\", want \"{line.Text}\"";
                    }

                    break;
            }
        }

        await SendAsync(pending.ToString());
        return null;
    }

    /// <summary>Looks for the dialogue's log lines, in their order.</summary>
    /// <returns>Null when all are there.</returns>
    public static string? CheckLog(Dialogue dialogue, DialogueServer server, IEnumerable<string> logged)
    {
        List<string> lines = [.. logged];
        int at = 0;
        foreach (DialogueLine line in dialogue.LinesFor(server))
        {
            if (line.Kind != 'L')
            {
                continue;
            }

            int found = lines.FindIndex(at, text => Dialogue.Matches(line.Text, text));
            if (found < 0)
            {
                return $"{dialogue.Name}, line {line.Number} ({server}): \"{line.Text}\" was not logged; the log:\n  {string.Join("\n  ", lines.Skip(at))}";
            }

            at = found + 1;
        }

        return null;
    }

    // The text may name a file with a certificate and its key.
    private async Task<string?> BeginTlsAsync(string certificate)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "mx.example.test",
            // Dialogues stand for themselves: none goes on with the session of another.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
            ClientCertificates = certificate.Length == 0 ? null : [X509Certificate2.CreateFromPemFile(certificate)],
        };
        if (certificate.Length > 0)
        {
            options.LocalCertificateSelectionCallback = static (_, _, own, _, _) => own[0];
        }

        try
        {
            using var timer = new CancellationTokenSource(Patience);
            await tls.AuthenticateAsClientAsync(options, timer.Token);
        }
        catch (Exception error) when (error is IOException or AuthenticationException or OperationCanceledException)
        {
            return error.Message;
        }

        stream = tls;
        return null;
    }

    private async Task SendAsync(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        byte[] bytes = Encoding.Latin1.GetBytes(text);
        try
        {
            if (cut == DialogueCut.Byte && bytes.Length < 8192)
            {
                foreach (byte b in bytes)
                {
                    await stream.WriteAsync(new[] { b });
                }
            }
            else
            {
                await stream.WriteAsync(bytes);
            }
        }
        catch (IOException)
        {
            // The server may close while we still talk; what it said tells whether that is right.
        }
    }

    private async Task<string?> ReadLineAsync()
    {
        using var timer = new CancellationTokenSource(Patience);
        var line = new StringBuilder();
        try
        {
            while (await stream.ReadAsync(_one, timer.Token) == 1)
            {
                if (_one[0] == '\n')
                {
                    return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line + "<LF>";
                }

                line.Append((char)_one[0]);
            }
        }
        catch (IOException)
        {
            // Reset by the server: closed.
        }
        catch (OperationCanceledException)
        {
            return line + "<SILENCE>";
        }

        return line.Length == 0 ? null : line + "<EOF>";
    }
}
