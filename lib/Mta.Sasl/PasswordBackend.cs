using System.Security.Cryptography;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Sasl;

/// <summary>
/// Names and passwords in a lookup table: the key is the login name, the value a hash of crypt(3) or a SCRAM-SHA-256
/// verifier. PLAIN and LOGIN work with both, SCRAM-SHA-256 with a verifier, EXTERNAL with the name in a client
/// certificate. Passwords in the clear are not accepted from the table.
/// </summary>
/// <param name="realm">Appended to login names without a domain (<c>smtpd_sasl_local_domain</c>); may be empty.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
public sealed class PasswordBackend(TableList table, string realm) : ISaslBackend
{
    private const int MaxName = 256;
    private const int MaxPassword = 1024;

    // Checks of unknown names cost what those of known ones do: nobody learns by the clock which names exist.
    private const string DecoySetting = "$6$rounds=5000$c0ffee0ddba11$";

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly byte[] DecoySecret = RandomNumberGenerator.GetBytes(32);

    private static readonly SaslMechanism[] Usual =
    [
        new("PLAIN", SaslMechanism.PropertiesOf("PLAIN")),
        new("LOGIN", SaslMechanism.PropertiesOf("LOGIN")),
        new(ScramVerifier.Mechanism, SaslMechanism.PropertiesOf(ScramVerifier.Mechanism)),
        new("EXTERNAL", SaslProperties.None),
    ];

    // A hash takes a processor for long: others must get through.
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount));

    public ValueTask<IReadOnlyList<SaslMechanism>?> MechanismsAsync(CancellationToken stop) => new(Usual);

    public ISaslExchange Begin(SaslConnection connection) => new Exchange(this, connection);

    private ValueTask<LookupResult> FindAsync(string name, CancellationToken stop) =>
        table.LookupAsync(realm.Length > 0 && !name.Contains('@') ? $"{name}@{realm}" : name, stop: stop);

    private async ValueTask<SaslStep> CheckAsync(string name, string password, CancellationToken stop)
    {
        string user = Printable.Neutralize(name);
        if (name.Length is 0 or > MaxName || password.Length is 0 or > MaxPassword || password.Contains('\0') || name.Contains('\0'))
        {
            return SaslStep.Failed("authentication failure", user);
        }

        LookupResult found = await FindAsync(name, stop);
        if (found.IsFailed)
        {
            return SaslStep.Temporary("Temporary lookup failure", user);
        }

        string stored = found.IsFound ? found.Value.Trim() : "";
        await _hashing.WaitAsync(stop);
        bool matches;
        try
        {
            matches = await Task.Run(() => Matches(password, stored), stop);
        }
        catch (DllNotFoundException error)
        {
            Log.Warn($"SASL: libcrypt is not available: {error.Message}");
            return SaslStep.Temporary("Authentication backend error", user);
        }
        finally
        {
            _hashing.Release();
        }

        return matches && found.IsFound ? SaslStep.Done(user) : SaslStep.Failed("authentication failure", user);
    }

    private static bool Matches(string password, string stored)
    {
        if (ScramVerifier.TryParse(stored, out ScramVerifier verifier))
        {
            return verifier.Matches(ByteString.ToBytes(password));
        }

        if (stored.StartsWith("{CRYPT}", StringComparison.OrdinalIgnoreCase))
        {
            stored = stored["{CRYPT}".Length..];
        }

        bool isHash = stored.Length >= 13;
        string? hash = Crypt.TryHash(password, isHash ? stored : DecoySetting);
        return isHash && hash is not null && CryptographicOperations.FixedTimeEquals(ByteString.ToBytes(hash), ByteString.ToBytes(stored));
    }

    private async ValueTask<(LookupResult Found, ScramVerifier Verifier)> VerifierAsync(string name, CancellationToken stop)
    {
        LookupResult found = await FindAsync(name, stop);
        if (found.IsFound && ScramVerifier.TryParse(found.Value.Trim(), out ScramVerifier verifier))
        {
            return (found, verifier);
        }

        // The same salt each time, as a real name would have.
        byte[] salt = HMACSHA256.HashData(DecoySecret, ByteString.ToBytes(name))[..16];
        return (found.IsFailed ? found : LookupResult.NotFound, new ScramVerifier(4096, salt, new byte[32], new byte[32]));
    }

    private sealed class Exchange(PasswordBackend backend, SaslConnection about) : ISaslExchange
    {
        private string _mechanism = "";
        private int _step;
        private string _name = "";
        private string _authMessage = "";
        private string _nonce = "";
        private string _header = "";
        private bool _isKnown;
        private bool _isProven;
        private ScramVerifier? _verifier;

        public async ValueTask<SaslStep> StartAsync(string mechanism, string? initial, CancellationToken stop)
        {
            _mechanism = mechanism.ToUpperInvariant();
            if (initial is not null)
            {
                return Base64Text.TryDecode(initial, out byte[] data)
                    ? await TakeAsync(ByteString.FromBytes(data), stop)
                    : SaslStep.Failed("Invalid base64 data in initial response");
            }

            return _mechanism == "LOGIN" ? SaslStep.Challenge(Base64Text.Encode("Username:")) : SaslStep.Challenge("");
        }

        public ValueTask<SaslStep> ContinueAsync(string response, CancellationToken stop) => Base64Text.TryDecode(response, out byte[] data)
            ? TakeAsync(ByteString.FromBytes(data), stop)
            : new(SaslStep.Failed("Invalid base64 data in continued response", Printable.Neutralize(_name)));

        public void Dispose()
        {
        }

        private ValueTask<SaslStep> TakeAsync(string data, CancellationToken stop) => _mechanism switch
        {
            "PLAIN" => PlainAsync(data, stop),
            "LOGIN" => LoginAsync(data, stop),
            ScramVerifier.Mechanism => ScramAsync(data, stop),
            "EXTERNAL" => ExternalAsync(data, stop),
            _ => new(SaslStep.Failed("Invalid authentication mechanism")),
        };

        // RFC 4616: authorization identity, login name, password.
        private ValueTask<SaslStep> PlainAsync(string data, CancellationToken stop)
        {
            string[] parts = data.Split('\0');
            if (parts.Length != 3)
            {
                return new(SaslStep.Failed("bad protocol / cancel"));
            }

            // Nobody acts in another's name.
            return parts[0].Length > 0 && parts[0] != parts[1]
                ? new(SaslStep.Failed("authentication failure", Printable.Neutralize(parts[1])))
                : backend.CheckAsync(parts[1], parts[2], stop);
        }

        private ValueTask<SaslStep> LoginAsync(string data, CancellationToken stop)
        {
            if (_step++ == 0)
            {
                _name = data;
                return new(SaslStep.Challenge(Base64Text.Encode("Password:")));
            }

            return backend.CheckAsync(_name, data, stop);
        }

        // The identity is that of the certificate; what the client asks for may only be the same (RFC 4422 appendix A).
        // Authorities certify names that are none of ours: the table has to know it.
        private async ValueTask<SaslStep> ExternalAsync(string data, CancellationToken stop)
        {
            string? user = about.CertificateUser;
            if (user is not { Length: > 0 and <= MaxName } || user.Contains('\0') || (data.Length > 0 && data != user))
            {
                return SaslStep.Failed("authentication failure", Printable.Neutralize(data));
            }

            LookupResult found = await backend.FindAsync(user, stop);
            return found.IsFailed ? SaslStep.Temporary("Temporary lookup failure", Printable.Neutralize(user))
                : found.IsFound ? SaslStep.Done(Printable.Neutralize(user))
                : SaslStep.Failed("authentication failure", Printable.Neutralize(user));
        }

        private async ValueTask<SaslStep> ScramAsync(string data, CancellationToken stop)
        {
            switch (_step++)
            {
                case 0:
                    return await ScramFirstAsync(data, stop);
                case 1:
                    return ScramFinal(data);
                default:
                    return _isProven && data.Length == 0 ? SaslStep.Done(Printable.Neutralize(_name)) : SaslStep.Failed("bad protocol / cancel", Printable.Neutralize(_name));
            }
        }

        private async ValueTask<SaslStep> ScramFirstAsync(string data, CancellationToken stop)
        {
            // gs2-header: "n," or "y," (no channel binding offered), then an authorization identity that may be empty.
            int first = data.IndexOf(',');
            int second = first < 0 ? -1 : data.IndexOf(',', first + 1);
            if (second < 0 || data[..first] is not ("n" or "y"))
            {
                return SaslStep.Failed("bad protocol / cancel");
            }

            _header = data[..(second + 1)];
            string authorization = data[(first + 1)..second];
            string bare = data[(second + 1)..];
            if (!ScramText.TryParse(bare, out List<(char Name, string Value)> attributes) || attributes.Count < 2
                || attributes[0].Name != 'n' || attributes[1].Name != 'r' || attributes[1].Value.Length is 0 or > 1024
                || !ScramText.TryDecodeName(attributes[0].Value, out _name) || _name.Length > MaxName
                || (authorization.Length > 0 && (!authorization.StartsWith("a=", StringComparison.Ordinal) || !ScramText.TryDecodeName(authorization[2..], out string asked) || asked != _name)))
            {
                return SaslStep.Failed("bad protocol / cancel", Printable.Neutralize(_name));
            }

            (LookupResult found, _verifier) = await backend.VerifierAsync(_name, stop);
            if (found.IsFailed)
            {
                return SaslStep.Temporary("Temporary lookup failure", Printable.Neutralize(_name));
            }

            _isKnown = found.IsFound;
            _nonce = attributes[1].Value + ScramText.Nonce();
            string reply = $"r={_nonce},s={Base64Text.Encode(_verifier.Salt)},i={_verifier.Iterations}";
            _authMessage = $"{bare},{reply}";
            return SaslStep.Challenge(Base64Text.Encode(reply));
        }

        private SaslStep ScramFinal(string data)
        {
            string user = Printable.Neutralize(_name);
            int proofAt = data.LastIndexOf(",p=", StringComparison.Ordinal);
            if (proofAt < 0 || _verifier is null
                || !ScramText.TryParse(data, out List<(char Name, string Value)> attributes) || attributes.Count < 3
                || attributes[0] != ('c', Base64Text.Encode(_header)) || attributes[1] != ('r', _nonce)
                || !Base64Text.TryDecode(data[(proofAt + 3)..], out byte[] proof))
            {
                return SaslStep.Failed("bad protocol / cancel", user);
            }

            string message = $"{_authMessage},{data[..proofAt]}";
            if (!_verifier.Proves(proof, message) || !_isKnown)
            {
                return SaslStep.Failed("authentication failure", user);
            }

            _isProven = true;
            return SaslStep.Challenge(Base64Text.Encode($"v={Base64Text.Encode(_verifier.ServerSignature(message))}"));
        }
    }
}
