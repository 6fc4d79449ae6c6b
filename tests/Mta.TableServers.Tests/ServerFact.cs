namespace Mta.TableServers.Tests;

/// <summary>Skipped, and said so, unless the servers are here (<c>./test.sh --interop</c>, as root).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ServerFactAttribute : FactAttribute
{
    public ServerFactAttribute(params string[] programs) => Skip = Servers.WhyNot(programs);
}

/// <inheritdoc cref="ServerFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ServerTheoryAttribute : TheoryAttribute
{
    public ServerTheoryAttribute(params string[] programs) => Skip = Servers.WhyNot(programs);
}

internal static class Servers
{
    public const string Pgsql = "/usr/lib/postgresql/15/bin/postgres";
    public const string Mysql = "/usr/sbin/mariadbd";
    public const string Ldap = "/usr/sbin/slapd";
    public const string Memcached = "/usr/bin/memcached";
    public const string Redis = "/usr/bin/redis-server";

    public static string? WhyNot(string[] programs)
    {
        if (Environment.GetEnvironmentVariable("MTA_INTEROP") is null)
        {
            return "SKIPPED: needs servers: run ./test.sh --interop";
        }

        if (Environment.UserName != "root")
        {
            return "SKIPPED: needs root";
        }

        string? missing = Array.Find(programs, program => !File.Exists(program));
        return missing is null ? null : $"SKIPPED: {missing} is not installed";
    }
}
