namespace Mta.EndToEnd;

/// <summary><c>postfix takeover-check</c> on a configuration that has something of everything.</summary>
public sealed class TakeoverCheckTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("takeover-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Each_parameter_service_table_and_queue_gets_its_verdict()
    {
        Directory.CreateDirectory($"{_directory}/spool/deferred/A");
        File.WriteAllText($"{_directory}/spool/deferred/A/A123", "no queue file");
        File.SetUnixFileMode($"{_directory}/spool/deferred/A/A123", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText($"{_directory}/access", "x.example OK\n");
        Write(
            $$"""
            queue_directory = {{_directory}}/spool
            alias_maps =
            alias_database =
            smtpd_client_restrictions = check_client_access hash:{{_directory}}/access, $our_own
            our_own = reject_unauth_pipelining
            smtpd_restriction_classes = a_class
            a_class = permit
            transport_maps = dbm:/etc/t, hash:{{_directory}}/gone
            berkeley_db_create_buffer_size = 1
            qmqpd_timeout = 10
            tlsproxy_client_security_level = encrypt
            mailbox_size_limit = many
            slow_destination_rate_delay = 1s
            slow_destination_rat_delay = 1s
            """,
            """
            smtp      inet  n  -  n  -  -  smtpd
              -o smtpd_client_restrictions=permit -o nobody_reads=this
            slow      unix  -  -  n  -  -  smtp
            scache    unix  -  -  n  -  1  scache
            qmqp      inet  n  -  n  -  -  qmqpd
            other     unix  -  -  n  -  -  other-program
            old       unix  n  -  n  -  1  oqmgr
            """);
        Outcome outcome = Check();
        Assert.Equal(1, outcome.ExitCode);
        foreach (string line in (string[])
        [
            "main.cf: parameter our_own: same",
            "main.cf: parameter a_class: same",
            "main.cf: parameter slow_destination_rate_delay: same",
            "main.cf: parameter slow_destination_rat_delay: unknown: no program reads it, of Postfix neither",
            "main.cf: parameter berkeley_db_create_buffer_size: no effect: there is no Berkeley DB: its table types are served by lmdb or cdb",
            "main.cf: parameter qmqpd_timeout: same",
            "main.cf: parameter tlsproxy_client_security_level: not supported: nothing reads it: tlsproxy has the server's role only",
            "main.cf: parameter mailbox_size_limit: not supported: ",
            "main.cf: parameter smtpd_forbid_bare_newline: differs: not set, which is normalize here and no for Postfix; set it to what you want",
            "main.cf: parameter transport_maps: not supported: there is no table type dbm",
            $"table hash:{_directory}/access: same: served from {_directory}/access.lmdb, which start makes",
            $"table hash:{_directory}/gone: not supported: ",
            "master.cf: line 1: service smtp/inet: same",
            "master.cf: line 1: service smtp/inet: parameter smtpd_client_restrictions: same",
            "master.cf: line 1: service smtp/inet: parameter nobody_reads: unknown: no program reads it, of Postfix neither",
            "master.cf: line 4: service scache/unix: no effect: connections are kept inside the client's process",
            "master.cf: line 5: service qmqp/inet: same",
            "master.cf: line 7: service old/unix: not supported: the old queue manager; use qmgr",
            "master.cf: line 6: service other/unix: not supported: other-program is no program of this mail system",
            $"queue {_directory}/spool/deferred: not supported: 1 message, not to be read: A123",
            $"queue {_directory}/spool/hold: same: 0 messages",
            "mail could be treated differently: see what differs and what is not supported",
        ])
        {
            Assert.Contains($"\n{line}", $"\n{outcome.Output}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_is_an_error()
    {
        Outcome outcome = Check();
        Assert.Equal((1, "", $"postfix: fatal: open {_directory}/main.cf: No such file or directory\n"), (outcome.ExitCode, outcome.Output, outcome.Error));
        Write("", "smtp inet\n");
        outcome = Check();
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("master.cf: line 1: missing \"private\" field", outcome.Error, StringComparison.Ordinal);
    }

    private Outcome Check() => Shell.Run(Repository.Command("postfix"), ["takeover-check", _directory]);

    private void Write(string main, string master)
    {
        File.WriteAllText($"{_directory}/main.cf", main + "\n");
        File.WriteAllText($"{_directory}/master.cf", master + "\n");
    }
}
