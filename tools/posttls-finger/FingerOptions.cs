using System.Globalization;
using Mta.Config;
using Mta.Delivery.Security;
using Mta.Service;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.PosttlsFinger;

/// <summary>The command line. Most options become main.cf settings, since the policy code reads those.</summary>
internal sealed class FingerOptions
{
    private const string Explaining = "--explain";

    private const string Usage = """
        usage: posttls-finger [-acCfSvw] [-t conn_tmout] [-T cmd_tmout] [-L logopts] \
        	[-h host_lookup] [-l level] [-d mdalg] [-g grade] [-p protocols] \
        	[-A tafile] [-F CAfile.pem] [-P CApath/] [-s servername] \
        	[ [-H chainfiles] | [-k certfile [-K keyfile]] ] \
        	[-m count] [-r delay] [-o name=value] destination [match ...]
        """;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly Dictionary<string, string> _settings = [];
    private bool _usesProxy;

    public bool HidesDialogue { get; private set; }

    public bool PrintsChain { get; private set; }

    public bool IsLmtp { get; private set; }

    /// <summary>This host's policy counts, not the options.</summary>
    public bool Explains { get; private set; }

    /// <summary><c>any</c>, <c>ipv4</c> or <c>ipv6</c>.</summary>
    public string Family { get; private set; } = "any";

    public bool UsesDns { get; private set; } = true;

    public bool UsesNative { get; private set; }

    /// <summary>Null: dane, or secure without DNSSEC.</summary>
    public TlsLevel? Level { get; private set; }

    public TimeSpan ConnectTimeout { get; private set; } = TimeSpan.FromSeconds(30);

    public TimeSpan CommandTimeout { get; private set; } = TimeSpan.FromSeconds(30);

    public bool LogsSummary { get; private set; } = true;

    public bool LogsUntrusted { get; private set; }

    public bool LogsCertificate { get; private set; } = true;

    public bool LogsMatch { get; private set; } = true;

    public bool LogsSessions { get; private set; }

    /// <summary>How long to wait before the connection is made again; zero: it is not.</summary>
    public int ReconnectDelay { get; private set; }

    /// <summary>How often it is made again at most, while there are servers that were not seen before.</summary>
    public int Reconnects { get; private set; } = 5;

    public string Destination { get; private set; } = "";

    public IReadOnlyList<string> Match { get; private set; } = [];

    public static FingerOptions Parse(CommandLineTool tool)
    {
        FingerOptions options = new() { Explains = tool.Arguments.Contains(Explaining) };
        GetOpt reader = new([.. tool.Arguments.Where(static argument => argument != Explaining)], "a:A:cCd:fF:g:h:H:k:K:l:L:m:M:o:p:P:r:s:St:T:vwX");
        List<(string Name, string Value)> overrides = [];
        while (reader.Next())
        {
            if (reader.IsUnknown || reader.LacksArgument)
            {
                CommandLineTool.PrintRaw($"{tool.Name}: {reader.Error}");
                throw new UsageException(Usage);
            }

            options.Take(reader.Option, reader.Argument, tool, overrides);
        }

        if (reader.Operands.Count == 0)
        {
            throw new UsageException(Usage);
        }

        options.Destination = reader.Operands[0];
        options.Match = [.. reader.Operands.Skip(1)];
        if (options._usesProxy)
        {
            throw new FatalException(options.ReconnectDelay > 0
                ? "The -X and -r options are mutually exclusive"
                : "-X is not implemented: tlsproxy has the server's role only");
        }

        foreach ((string name, string value) in overrides)
        {
            tool.Configuration.Override(name, value);
        }

        return options;
    }

    /// <exception cref="FatalException">It makes no sense.</exception>
    public Delivery.Routing.Destination ParseDestination()
    {
        bool isUnix = Destination.StartsWith("unix:", StringComparison.Ordinal);
        if (isUnix && !IsLmtp)
        {
            throw new FatalException($"unix: destinations are for LMTP (-S): {Printable.Neutralize(Destination)}");
        }

        return Delivery.Routing.Destination.Parse(Destination.StartsWith("inet:", StringComparison.Ordinal) ? Destination[5..] : Destination, IsLmtp);
    }

    /// <summary>The configuration of lookups as the options have it.</summary>
    public void ApplyLookup(Configuration configuration)
    {
        string prefix = IsLmtp ? "lmtp" : "smtp";
        configuration.Override($"{prefix}_dns_support_level", UsesDns ? "dnssec" : "disabled");
        configuration.Override($"{prefix}_host_lookup", string.Join(", ", (string[])[.. UsesDns ? ["dns"] : Array.Empty<string>(), .. UsesNative || !UsesDns ? ["native"] : Array.Empty<string>()]));
        configuration.Override($"{prefix}_address_preference", Family);
        configuration.Override($"{prefix}_randomize_addresses", "no");
        configuration.Override($"{prefix}_balance_inet_protocols", "no");
    }

    /// <summary>The configuration of a level as the options have it: no tables, no authorities but those named.</summary>
    public void Apply(Configuration configuration, TlsLevel level)
    {
        string prefix = IsLmtp ? "lmtp" : "smtp";
        foreach (string name in (string[])["tls_policy_maps", "tls_per_site", "tls_session_cache_database", "tls_CAfile", "tls_CApath", "tls_cert_file", "tls_key_file", "tls_eccert_file", "tls_eckey_file", "tls_dcert_file", "tls_dkey_file", "tls_chain_files", "tls_trust_anchor_file", "tls_servername"])
        {
            configuration.Override($"{prefix}_{name}", "");
        }

        configuration.Override("tls_append_default_CA", "no");
        configuration.Override($"{prefix}_tls_mandatory_protocols", ">=TLSv1");
        configuration.Override($"{prefix}_tls_protocols", ">=TLSv1");
        foreach ((string name, string value) in _settings)
        {
            configuration.Override(name.Length > 0 && name[0] == '_' ? prefix + name : name, value);
        }

        configuration.Override($"{prefix}_tls_security_level", level.Name());
        string match = string.Join(' ', Match);
        configuration.Override($"{prefix}_tls_fingerprint_cert_match", match);
        configuration.Override($"{prefix}_tls_verify_cert_match", match.Length > 0 ? match : "hostname");
        configuration.Override($"{prefix}_tls_secure_cert_match", match.Length > 0 ? match : "nexthop, dot-nexthop");
    }

    private void Take(char option, string argument, CommandLineTool tool, List<(string Name, string Value)> overrides)
    {
        switch (option)
        {
            case 'a':
                Family = argument is "any" or "ipv4" or "ipv6" ? argument : throw new FatalException($"bad -a option value \"{argument}\"");
                break;
            case 'A':
                _settings["_tls_trust_anchor_file"] = _settings.TryGetValue("_tls_trust_anchor_file", out string? earlier) ? $"{earlier} {argument}" : argument;
                break;
            case 'c':
                HidesDialogue = true;
                break;
            case 'C':
                PrintsChain = true;
                break;
            case 'd':
                _settings["_tls_fingerprint_digest"] = argument;
                break;
            case 'f':
                _settings["_tls_force_insecure_host_tlsa_lookup"] = "yes";
                break;
            case 'F':
                _settings["_tls_CAfile"] = argument;
                break;
            case 'g':
                _settings["_tls_mandatory_ciphers"] = _settings["_tls_ciphers"] = argument;
                break;
            case 'h':
                TakeLookup(argument);
                break;
            case 'H':
                _settings["_tls_chain_files"] = _settings.TryGetValue("_tls_chain_files", out string? files) ? $"{files} {argument}" : argument;
                break;
            case 'k':
                _settings["_tls_cert_file"] = argument;
                _settings.TryAdd("_tls_key_file", argument);
                break;
            case 'K':
                _settings["_tls_key_file"] = argument;
                _settings.TryAdd("_tls_cert_file", argument);
                break;
            case 'l':
                Level = TlsLevels.TryParse(argument, out TlsLevel level) ? level : throw new FatalException($"Invalid TLS level \"{argument}\"");
                break;
            case 'L':
                TakeLog(argument);
                break;
            case 'M':
                _settings["_tls_dane_insecure_mx_policy"] = argument;
                break;
            case 'o':
                int equals = argument.IndexOf('=', StringComparison.Ordinal);
                overrides.Add(equals > 0 ? (argument[..equals].Trim(), argument[(equals + 1)..].Trim()) : throw new FatalException($"-o option value \"{argument}\": missing '=' after attribute name"));
                break;
            case 'p':
                _settings["_tls_mandatory_protocols"] = _settings["_tls_protocols"] = argument;
                break;
            case 'P':
                _settings["_tls_CApath"] = argument;
                break;
            case 's':
                _settings["_tls_servername"] = argument;
                break;
            case 'S':
                IsLmtp = true;
                break;
            case 't':
                ConnectTimeout = Seconds(argument);
                break;
            case 'T':
                CommandTimeout = Seconds(argument);
                break;
            case 'v':
                tool.Verbosity++;
                break;
            case 'w':
                _settings["_tls_wrappermode"] = "yes";
                break;
            case 'm':
                Reconnects = Number(argument);
                break;
            case 'r':
                ReconnectDelay = Math.Max(0, Number(argument));
                break;
            case 'X':
                _usesProxy = true;
                break;
        }
    }

    private void TakeLookup(string methods)
    {
        UsesDns = UsesNative = false;
        foreach (string word in TableListSyntax.Split(methods))
        {
            switch (word)
            {
                case "dns":
                    UsesDns = true;
                    break;
                case "native":
                    UsesNative = true;
                    break;
                default:
                    throw new FatalException($"unknown -h option value \"{Printable.Neutralize(word)}\" in \"{Printable.Neutralize(methods)}\"");
            }
        }
    }

    private void TakeLog(string list)
    {
        LogsSummary = LogsUntrusted = LogsCertificate = LogsMatch = LogsSessions = false;
        foreach (string word in TableListSyntax.Split(list))
        {
            switch (Ascii.ToLower(word))
            {
                case "0" or "none":
                    break;
                case "1" or "routine" or "summary":
                    LogsSummary = true;
                    break;
                case "2" or "debug" or "3" or "ssl-expert" or "4" or "ssl-developer" or "verbose":
                    LogsSummary = LogsCertificate = LogsMatch = LogsUntrusted = LogsSessions = true;
                    break;
                case "untrusted":
                    LogsUntrusted = true;
                    break;
                case "peercert":
                    LogsCertificate = true;
                    break;
                case "certmatch":
                    LogsMatch = LogsCertificate = true;
                    break;
                case "cache":
                    LogsSessions = true;
                    break;
                case "ssl-debug" or "ssl-handshake-packet-dump" or "ssl-session-packet-dump":
                    break;
                default:
                    Log.Warn($"unknown -L option value \"{Printable.Neutralize(word)}\" in \"{Printable.Neutralize(list)}\"");
                    break;
            }
        }
    }

    /// <summary>What is logged about TLS from the second connection on.</summary>
    public void SpeakOfSessions()
    {
        LogsCertificate = LogsMatch = LogsUntrusted = false;
        LogsSummary = LogsSessions = true;
    }

    // As atoi() reads it: the digits at the start count, and none are zero.
    private static int Number(string text)
    {
        int start = text.StartsWith('-') ? 1 : 0;
        int end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end == start ? 0 : int.TryParse(text.AsSpan(0, end), CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;
    }

    private static TimeSpan Seconds(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds > 0
        ? TimeSpan.FromSeconds(seconds)
        : throw new FatalException($"bad time limit: {Printable.Neutralize(text)}");
}

/// <summary>The command line makes no sense: usage, exit code 1, nothing else.</summary>
internal sealed class UsageException(string usage) : Exception(usage);
