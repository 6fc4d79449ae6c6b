using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>
/// What the SMTP server asks others, and nobody is there, nobody answers, or the answer is rubbish: the client gets the
/// configured default, and the log has each complaint once per session.
/// </summary>
public sealed class NeighbourFaultTests : IDisposable
{
    private readonly Instance _mta = new();
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private readonly TcpListener _rubbish = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _held = [];
    private readonly List<Case> _cases = [];

    /// <param name="Sender">Begin of the reply to MAIL.</param>
    /// <param name="Recipient">Begin of the reply to each RCPT.</param>
    private sealed record Case(string Name, int Port, string Sender, string Recipient, string Complaint);

    public void Dispose()
    {
        _mta.Dispose();
        _silent.Dispose();
        _rubbish.Dispose();
        lock (_held)
        {
            _held.ForEach(static client => client.Dispose());
        }
    }

    [Fact]
    public async Task The_default_is_given_and_each_complaint_is_logged_once()
    {
        _silent.Start();
        _rubbish.Start();
        _ = AcceptAsync(_silent, null);
        _ = AcceptAsync(_rubbish, Encoding.Latin1.GetBytes("\x01\x02 no such protocol \xff\r\n\r\n" + new string('\0', 64)));
        (string Name, int Port)[] faults = [("dead", Ports.Free()), ("silent", Port(_silent)), ("rubbish", Port(_rubbish))];
        foreach ((string fault, int port) in faults)
        {
            string server = $"inet:127.0.0.1:{port}";
            string policy = $"check_policy_service {{ {server}, timeout=1s, retry_delay=1s";
            Add($"policy-{fault}", "250", "451 4.3.5 ", server[5..], ("smtpd_recipient_restrictions", $"{policy} }}"));
            Add($"policy-own-{fault}", "250", "554 5.7.1 ", server[5..], ("smtpd_recipient_restrictions", $"{policy}, try_limit=1, default_action=REJECT }}"));
            Add($"policy-dunno-{fault}", "250", "250", server[5..], ("smtpd_recipient_restrictions", $"{policy}, try_limit=1, default_action=DUNNO }}"));
            foreach ((string action, string sender, string recipient) in ((string, string, string)[])[("", "451 4.7.1 ", "503"), ("accept", "250", "250"), ("reject", "550 5.5.0 ", "503"), ("tempfail", "451 4.7.1 ", "503"), ("quarantine", "250", "250")])
            {
                string milter = action.Length == 0 ? server : $"{{ {server}, default_action={action}, connect_timeout=1s, command_timeout=1s }}";
                Add($"milter-{action}-{fault}", sender, recipient, server, ("smtpd_milters", milter), ("milter_connect_timeout", "1s"), ("milter_command_timeout", "1s"));
            }

            Add($"filter-{fault}", "250", "451 4.3.0 ", server[5..], ("smtpd_proxy_filter", server[5..]), ("smtpd_proxy_timeout", "1s"));
            Add($"login-{fault}", "250", "250", server, ("smtpd_sasl_auth_enable", "yes"), ("smtpd_tls_auth_only", "no"), ("smtpd_sasl_type", "dovecot"), ("smtpd_sasl_path", server));
        }

        // There is no such service, neither of these.
        Add("verify-dead", "250", "450 4.1.1 ", "verify service failure", ("address_verify_service_name", "nosuch"), ("smtpd_recipient_restrictions", "reject_unverified_recipient"));
        Add("anvil-dead", "250", "250", "private/anvil", ("smtpd_client_recipient_rate_limit", "1"), ("smtpd_client_message_rate_limit", "1"), ("smtpd_client_event_limit_exceptions", ""));
        _mta.MasterCf = string.Join('\n', _mta.MasterCf.Split('\n').Where(static line => !line.StartsWith("anvil ", StringComparison.Ordinal)));
        _mta.Main["local_recipient_maps"] = "";
        _mta.Start();
        // They wait most of the time, each on its own.
        string?[] problems = await Task.WhenAll(_cases.Select(one => Task.Factory.StartNew(() => Play(one), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.All(problems, Assert.Null);
    }

    private string? Play(Case one)
    {
        var replies = new StringBuilder();
        bool isGood = true;
        using (var client = new SmtpClient(one.Port, greet: false))
        {
            // A milter that refuses refuses the session.
            replies.Append(client.ReadReply()).Append('\n');
            isGood &= client.Last.StartsWith(one.Sender[0] == '5' ? "554" : "220", StringComparison.Ordinal);
            Say("EHLO client.test", "250");
            if (one.Name.StartsWith("login", StringComparison.Ordinal))
            {
                isGood &= !client.Last.Contains("AUTH", StringComparison.Ordinal);
                Say("AUTH PLAIN AGJvYgBzZWNyZXQ=", "454 4.7.0 ");
            }

            for (int i = 0; i < 2; i++)
            {
                Say("MAIL FROM:<a@b.test>", one.Sender);
                Say("RCPT TO:<x@example.test>", one.Recipient);
                Say("RCPT TO:<y@example.test>", one.Recipient);
                Say("RSET", "250");
            }

            Say("QUIT", "221");

            void Say(string line, string expected)
            {
                isGood &= client.Command(line).StartsWith(expected, StringComparison.Ordinal);
                replies.Append(line).Append(" -> ").Append(client.Last).Append('\n');
            }
        }

        Wait.Until(() => Logged(one.Name).Any(static line => line.StartsWith("disconnect", StringComparison.Ordinal)), $"{one.Name}: the end of the session", () => _mta.Log);
        List<string> warnings = [.. Logged(one.Name).Where(static line => line.StartsWith("warning: ", StringComparison.Ordinal))];
        isGood &= warnings.Distinct().Count() == warnings.Count && warnings.Exists(line => line.Contains(one.Complaint, StringComparison.Ordinal));
        return isGood ? null : $"{one.Name}:\n{replies}{string.Join('\n', warnings)}\n";
    }

    private IEnumerable<string> Logged(string service) =>
        _mta.Log.Split('\n').Where(line => line.Contains($" {service}/smtpd[", StringComparison.Ordinal)).Select(static line => line[(line.IndexOf("]: ", StringComparison.Ordinal) + 3)..]);

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private void Add(string name, string sender, string recipient, string complaint, params (string Name, string Value)[] settings)
    {
        int port = Ports.Free();
        _cases.Add(new Case(name, port, sender, recipient, complaint));
        _mta.MasterCf += $"127.0.0.1:{port} inet n - n - - smtpd\n  -o syslog_name={name}\n" + string.Concat(settings.Select(static setting => $"  -o {{ {setting.Name} = {setting.Value} }}\n"));
    }

    private async Task AcceptAsync(TcpListener listener, byte[]? says)
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync();
                lock (_held)
                {
                    _held.Add(client);
                }

                if (says is not null)
                {
                    await client.GetStream().WriteAsync(says);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
