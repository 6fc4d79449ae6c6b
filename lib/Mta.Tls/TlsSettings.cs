namespace Mta.Tls;

/// <summary>Where own certificates and keys are: main.cf's <c>*_tls_chain_files</c>, or the older pairs.</summary>
public sealed record TlsCredentialFiles
{
    /// <summary>Each holds keys and certificates; where there are any, the pairs do not count.</summary>
    public IReadOnlyList<string> Chains { get; init; } = [];

    public string Certificate { get; init; } = "";

    public string Key { get; init; } = "";

    public string DsaCertificate { get; init; } = "";

    public string DsaKey { get; init; } = "";

    public string EcCertificate { get; init; } = "";

    public string EcKey { get; init; } = "";

    public bool IsEmpty => Chains.Count == 0 && Certificate.Length == 0 && DsaCertificate.Length == 0 && EcCertificate.Length == 0;

    /// <summary>The files that are read, each once.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            List<string> files = Chains.Count > 0 ? [.. Chains] : [];
            if (Chains.Count == 0)
            {
                foreach (string file in (ReadOnlySpan<string>)[Certificate, Key, DsaCertificate, DsaKey, EcCertificate, EcKey])
                {
                    if (file.Length > 0 && !files.Contains(file))
                    {
                        files.Add(file);
                    }
                }
            }

            return files;
        }
    }
}

/// <summary>What both sides set up alike.</summary>
public abstract record TlsSettings
{
    public TlsCredentialFiles Credentials { get; init; } = new();

    /// <summary>File with trusted authorities; empty is none. Read at once.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Directory with trusted authorities by hash; empty is none. Read when one is needed.</summary>
    public string CaPath { get; init; } = "";

    /// <summary>The system's authorities are trusted too.</summary>
    public bool TrustsSystem { get; init; }

    /// <summary>Certificates above the peer's own, at most.</summary>
    public int VerifyDepth { get; init; } = 9;

    /// <summary>Key exchange groups, best first; those that the library lacks are left out. None: the library's own.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Further options of the library (SSL_OP_...).</summary>
    public ulong Options { get; init; }
}

/// <summary>A server's set-up, read once at start.</summary>
public sealed record TlsServerSettings : TlsSettings
{
    public TlsProtocols Protocols { get; init; }

    /// <summary>In the library's notation.</summary>
    public string Ciphers { get; init; } = "DEFAULT";

    /// <summary>The server's order of ciphers counts.</summary>
    public bool PrefersOwnOrder { get; init; }

    /// <summary>Clients are asked for a certificate. What they send is judged after the handshake.</summary>
    public bool AsksForCertificate { get; init; }

    /// <summary>A certificate that is meant for servers is as good as one for clients.</summary>
    public bool TrustsServerCertificates { get; init; }

    /// <summary>File with parameters of a finite-field exchange; empty lets the library choose.</summary>
    public string DhParameters { get; init; } = "";

    /// <summary>Tickets of another service, or of one with other rules, do not count here: anything that tells them apart.</summary>
    public string SessionContext { get; init; } = "";

    /// <summary>Cipher of tickets; empty is no tickets.</summary>
    public string TicketCipher { get; init; } = "aes-256-cbc";

    /// <summary>Keys of tickets; null is no tickets.</summary>
    public TicketKeys? TicketKeys { get; init; }

    /// <summary>Up to TLS 1.2, sessions have numbers though none can be resumed by its number: some clients want one.</summary>
    public bool AlwaysIssuesSessionIds { get; init; }

    /// <summary>How long a session may be resumed.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>A client's set-up, read once at start.</summary>
public sealed record TlsClientSettings : TlsSettings
{
}

/// <summary>One DANE record (RFC 6698 §2.1).</summary>
public readonly record struct TlsaRecord(byte Usage, byte Selector, byte Matching, byte[] Data);

/// <summary>What a client demands of one connection.</summary>
public sealed record TlsClientOptions
{
    public TlsProtocols Protocols { get; init; }

    /// <summary>In the library's notation.</summary>
    public string Ciphers { get; init; } = "DEFAULT";

    /// <summary>Name sent to the server; empty is none.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Where there are any, these decide about the certificate instead of the authorities.</summary>
    public IReadOnlyList<TlsaRecord> Tlsa { get; init; } = [];

    /// <summary>Names of which the certificate of a usage 2 record must have one; none: names are not looked at.</summary>
    public IReadOnlyList<string> TlsaNames { get; init; } = [];

    /// <summary>A wildcard stands for several labels too.</summary>
    public bool MultiLabelWildcards { get; init; } = true;

    /// <summary>An earlier session to resume, as <see cref="TlsStream.NewSession"/> gave it; null is none.</summary>
    public byte[]? Session { get; init; }

    /// <summary>Tickets that the server sends are kept.</summary>
    public bool KeepsSession { get; init; }
}
