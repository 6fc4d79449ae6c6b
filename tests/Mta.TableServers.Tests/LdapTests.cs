namespace Mta.TableServers.Tests;

public sealed class LdapServer : TestServer
{
    private const string Schema = """
        attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'maildrop' EQUALITY caseIgnoreIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
        attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'memberdn' EQUALITY caseIgnoreIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
        attributetype ( 1.3.6.1.4.1.99999.1.3 NAME 'memberaddr' EQUALITY caseIgnoreIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
        objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'mailuser' SUP top AUXILIARY MAY ( maildrop $ memberdn $ memberaddr $ mail ) )

        """;

    private const string Data = """
        dn: dc=example,dc=com
        objectClass: dcObject
        objectClass: organization
        o: example
        dc: example

        dn: ou=people,dc=example,dc=com
        objectClass: organizationalUnit
        ou: people

        dn: cn=auser,ou=people,dc=example,dc=com
        objectClass: organizationalRole
        objectClass: mailuser
        cn: auser
        mail: auser@example.com
        maildrop: auser@mailhub.example.com

        dn: cn=buser,ou=people,dc=example,dc=com
        objectClass: organizationalRole
        objectClass: mailuser
        cn: buser
        mail: buser@example.com
        maildrop: buser@mailhub.example.com

        dn: cn=cuser,ou=people,dc=example,dc=com
        objectClass: organizationalRole
        objectClass: mailuser
        cn: cuser
        mail: cuser@example.com

        dn: cn=agroup,dc=example,dc=com
        objectClass: organizationalRole
        objectClass: mailuser
        cn: agroup
        mail: agroup@example.com
        memberdn: cn=auser,ou=people,dc=example,dc=com
        memberdn: cn=buser,ou=people,dc=example,dc=com
        memberaddr: auser@example.org

        dn: cn=bgroup,dc=example,dc=com
        objectClass: organizationalRole
        objectClass: mailuser
        cn: bgroup
        mail: bgroup@example.com
        maildrop: bgroup@mlm.example.com
        memberdn: cn=cuser,ou=people,dc=example,dc=com

        dn: cn=ugroup,dc=example,dc=com
        objectClass: organizationalRole
        objectClass: mailuser
        cn: ugroup
        mail: ugroup@example.com
        memberdn: ldap:///ou=people,dc=example,dc=com?maildrop?sub?(cn=auser)

        dn: cn=loop,dc=example,dc=com
        objectClass: organizationalRole
        objectClass: mailuser
        cn: loop
        mail: loop@example.com
        memberdn: cn=loop,dc=example,dc=com
        memberdn: cn=gone,dc=example,dc=com

        dn: cn=star*(x),dc=example,dc=com
        objectClass: organizationalRole
        objectClass: mailuser
        cn: star*(x)
        mail: star*(x)@example.com
        maildrop: special

        """;

    private bool _made;

    public string Settings => $"server_host = ldapi://{Directory.Replace("/", "%2F", StringComparison.Ordinal)}%2Fs\nversion = 3\nsearch_base = dc=example,dc=com\nquery_filter = (mail=%s)\n";

    protected override string Command => $"{Servers.Ldap} -d 0 -f {Directory}/slapd.conf -h 'ldapi://{Directory.Replace("/", "%2F", StringComparison.Ordinal)}%2Fs ldap://127.0.0.1:{Port}'";

    protected override void Prepare()
    {
        if (_made)
        {
            return;
        }

        System.IO.Directory.CreateDirectory($"{Directory}/db");
        File.WriteAllText($"{Directory}/mail.schema", Schema);
        File.WriteAllText($"{Directory}/slapd.conf", $"""
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include {Directory}/mail.schema
            modulepath /usr/lib/ldap
            moduleload back_mdb
            pidfile {Directory}/pid
            argsfile {Directory}/args
            allow bind_v2
            database mdb
            maxsize 10485760
            suffix dc=example,dc=com
            directory {Directory}/db
            rootdn cn=admin,dc=example,dc=com
            rootpw secret
            access to attrs=memberaddr by users read by * none
            access to * by * read

            """);
        Run($"slapadd -q -f {Directory}/slapd.conf", Data);
        _made = true;
    }

    protected override bool IsReady() => Local.Answers($"{Directory}/s");
}

public sealed class LdapTests(LdapServer server) : IClassFixture<LdapServer>
{
    [ServerFact(Servers.Ldap)]
    public void Hit_and_miss()
    {
        AskedTable table = Open("");
        Assert.Equal("auser@mailhub.example.com", table.Ask("auser@example.com"));
        Assert.Equal("auser@mailhub.example.com", table.Ask("AUSER@example.com"));
        Assert.Equal("-", table.Ask("nobody@example.com"));
        Assert.Equal("-", table.Ask("cuser@example.com"));
        Assert.Empty(table.Warnings);
    }

    [ServerFact(Servers.Ldap)]
    public void Keys_are_only_text()
    {
        AskedTable table = Open("");
        foreach (string attack in new[] { "*", "a*", "*)(cn=*", "x)(|(mail=*", "\\2a", ")", "(", "\\", "a\nb" })
        {
            Assert.Equal("-", table.Ask(attack));
        }

        Assert.Equal("special", table.Ask("star*(x)@example.com"));
        AskedTable based = server.Table("ldap", server.Settings.Replace("search_base = dc=example,dc=com", "search_base = ou=%u,dc=example,dc=com", StringComparison.Ordinal)
            .Replace("query_filter = (mail=%s)", "query_filter = (cn=auser)", StringComparison.Ordinal));
        Assert.Equal("auser@mailhub.example.com", based.Ask("people"));
        Assert.Equal("-", based.Ask("people,dc=example,dc=com"));
        Assert.Equal("-", based.Ask("x,ou=people"));
    }

    [ServerFact(Servers.Ldap)]
    public void Members_of_a_group_are_looked_up()
    {
        Assert.Equal("auser@mailhub.example.com,buser@mailhub.example.com", Open("special_result_attribute = memberdn\n").Ask("agroup@example.com"));
        Assert.Equal("auser@mailhub.example.com", Open("special_result_attribute = memberdn\n").Ask("ugroup@example.com"));
    }

    [ServerFact(Servers.Ldap)]
    public void Leaf_and_terminal_attributes()
    {
        AskedTable table = Open("result_attribute =\nspecial_result_attribute = memberdn\nterminal_result_attribute = maildrop\nleaf_result_attribute = mail\n");
        Assert.Equal("auser@mailhub.example.com,buser@mailhub.example.com", table.Ask("agroup@example.com"));
        Assert.Equal("bgroup@mlm.example.com", table.Ask("bgroup@example.com"));
        Assert.Equal("cuser@example.com", table.Ask("cuser@example.com"));
        Assert.Equal("cuser@example.com", Open("result_attribute =\nspecial_result_attribute = memberdn\nleaf_result_attribute = mail\n").Ask("bgroup@example.com"));
    }

    [ServerFact(Servers.Ldap)]
    public void Limits_end_in_a_failure()
    {
        AskedTable loop = Open("special_result_attribute = memberdn\nrecursion_limit = 10\n");
        Assert.Equal("!", loop.Ask("loop@example.com"));
        Assert.Contains("Recursion limit", loop.Warnings[0], StringComparison.Ordinal);
        Assert.Equal("!", Open("special_result_attribute = memberdn\nexpansion_limit = 1\nsize_limit = 0\n").Ask("agroup@example.com"));
        Assert.Equal("!", server.Table("ldap", server.Settings.Replace("(mail=%s)", "(maildrop=*)", StringComparison.Ordinal) + "size_limit = 2\n").Ask("x"));
    }

    [ServerFact(Servers.Ldap)]
    public void Results_are_formatted()
    {
        Assert.Equal("smtp:[mailhub.example.com]", Open("result_format = smtp:[%d]\n").Ask("auser@example.com"));
        Assert.Equal("-", Open("domain = example.org\n").Ask("auser@example.com"));
    }

    [ServerFact(Servers.Ldap)]
    public void Who_binds_sees_more()
    {
        AskedTable anonymous = Open("result_attribute = memberaddr\n");
        Assert.Equal("-", anonymous.Ask("agroup@example.com"));
        AskedTable bound = Open("result_attribute = memberaddr\nbind_dn = cn=admin,dc=example,dc=com\nbind_pw = secret\n");
        Assert.Equal("auser@example.org", bound.Ask("agroup@example.com"));
        AskedTable wrong = Open("bind_dn = cn=admin,dc=example,dc=com\nbind_pw = wrong\n");
        Assert.Equal("!", wrong.Ask("auser@example.com"));
        Assert.Contains("Invalid credentials", wrong.Warnings[0], StringComparison.Ordinal);
    }

    [ServerTheory(Servers.Ldap)]
    [InlineData("base", "-")]
    [InlineData("one", "-")]
    [InlineData("sub", "auser@mailhub.example.com")]
    public void The_scope_says_how_deep(string scope, string answer) => Assert.Equal(answer, Open($"scope = {scope}\n").Ask("auser@example.com"));

    [ServerFact(Servers.Ldap)]
    public void The_protocol_and_binding_can_be_chosen()
    {
        server.Start();
        string settings = $"server_host = 127.0.0.1\nserver_port = {server.Port}\nsearch_base = dc=example,dc=com\nquery_filter = (mail=%s)\n";
        Assert.Equal("auser@mailhub.example.com", server.Table("ldap", settings).Ask("auser@example.com"));
        Assert.Equal("auser@mailhub.example.com", server.Table("ldap", settings + "version = 3\nbind = no\n").Ask("auser@example.com"));
    }

    [ServerFact(Servers.Ldap)]
    public void A_base_that_is_not_there_finds_nothing() =>
        Assert.Equal("-", server.Table("ldap", Started().Replace("dc=example,dc=com", "ou=none,dc=example,dc=com", StringComparison.Ordinal)).Ask("auser@example.com"));

    [ServerFact(Servers.Ldap)]
    public void A_bad_filter_is_a_failure() => Assert.Equal("!", server.Table("ldap", Started().Replace("(mail=%s)", "((mail=%s", StringComparison.Ordinal)).Ask("x"));

    [ServerFact(Servers.Ldap)]
    public void A_server_that_comes_back_is_used_again()
    {
        AskedTable table = Open("");
        Assert.Equal("auser@mailhub.example.com", table.Ask("auser@example.com"));
        server.Stop();
        Assert.Equal("!", table.Ask("auser@example.com"));
        server.Start();
        SqlContract.Answers(table, "auser@example.com", "auser@mailhub.example.com");
        server.Stop();
        server.Start();
        SqlContract.Answers(table, "auser@example.com", "auser@mailhub.example.com");
    }

    [ServerFact(Servers.Ldap)]
    public void The_next_server_is_asked_when_one_is_down()
    {
        AskedTable table = server.Table("ldap", Started().Replace("server_host = ", "server_host = ldap://127.0.0.1:1 ", StringComparison.Ordinal));
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("auser@mailhub.example.com", table.Ask("auser@example.com"));
        }
    }

    private string Started()
    {
        server.Start();
        return server.Settings;
    }

    private AskedTable Open(string settings) => server.Table("ldap", Started() + settings);
}
