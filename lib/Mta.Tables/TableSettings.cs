namespace Mta.Tables;

/// <summary>What tables need to know of the configuration. This floor knows no parameters: it is given values.</summary>
public sealed record TableSettings
{
    /// <summary>UTF-8 checks and Unicode case folding where a caller asks for them (<c>smtputf8_enable</c>).</summary>
    public bool Utf8 { get; init; } = true;

    /// <summary>Back-references in <c>regexp:</c> patterns, whose cost an attacker can drive up (<c>regexp_backreferences</c>).</summary>
    public bool RegexpBackreferences { get; init; }

    /// <summary>Longest subject, in bytes, that a <c>regexp:</c> table matches; longer is a temporary error.</summary>
    public int RegexpSubjectLimit { get; init; } = 102_400;

    /// <summary>
    /// Daemons: a table that cannot be opened is replaced by one whose lookups fail, so that only what needs it is
    /// deferred. Commands: opening it is fatal.
    /// </summary>
    public bool UseSurrogates { get; init; }

    /// <summary>Size limit of a new lmdb file in bytes (<c>lmdb_map_size</c>); it doubles as needed.</summary>
    public long LmdbMapSize { get; init; } = 16_777_216;

    /// <summary>
    /// What serves the Berkeley DB types where an administrator has chosen it: <c>hash</c> or <c>btree</c>, and <c>lmdb</c>
    /// or <c>cdb</c>. A type that is not in it is served by lmdb.
    /// </summary>
    public IReadOnlyDictionary<string, string> Redirections { get; init; } = new Dictionary<string, string>();

    /// <summary>Say so, once per table, where <see cref="Redirections"/> count.</summary>
    public bool LogsRedirections { get; init; }

    /// <summary>The kind of index behind a type: <c>cdb</c>, or the type itself.</summary>
    public string EngineOf(string type) => Redirections.GetValueOrDefault(type) == "cdb" ? "cdb" : type;

    /// <summary>Longest <c>socketmap:</c> query in bytes; a longer one is not asked.</summary>
    public int SocketmapQueryLimit { get; init; } = 10_000;

    /// <summary>Longest <c>socketmap:</c> reply in bytes; a longer one is an error.</summary>
    public int SocketmapReplyLimit { get; init; } = 100_000;

    /// <summary>The value of a name in main.cf, expanded, or null: tables whose settings stand there ask for <c>NAME_attribute</c>.</summary>
    public Func<string, string?> Parameter { get; init; } = static _ => null;

    /// <summary>Makes a matcher of a list of domains: title for log lines and patterns are given. Plain names without one.</summary>
    public Func<TableRegistry, string, string, Clients.DomainMatcher> MatchDomains { get; init; } = static (_, _, patterns) => Clients.DomainFilter.Names(patterns);

    /// <summary>
    /// Reads files and loads libraries, at the opening of a table, and returns what secures its connections. TLS is a matter
    /// of a library that this one does not know. Null where there is none.
    /// </summary>
    /// <exception cref="TableException">Thrown by it when a file makes no sense.</exception>
    public Func<TableTls, StreamSecurer>? PrepareTls { get; init; }

    /// <summary>Receives plain log lines; called from any thread.</summary>
    public Action<string> Info { get; init; } = static _ => { };

    /// <summary>Receives what stands after <c>warning: </c>; called from any thread.</summary>
    public Action<string> Warning { get; init; } = static _ => { };

    /// <summary>Receives what stands after <c>error: </c>; called from any thread.</summary>
    public Action<string> Error { get; init; } = static _ => { };
}
