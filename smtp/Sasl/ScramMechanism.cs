using System.Globalization;
using System.Security.Cryptography;
using Mta.Sasl;
using Mta.Text;

namespace Mta.Smtp.Sasl;

/// <summary>
/// SCRAM without channel binding (RFC 5802, RFC 7677): both sides show that they know the password, and neither says
/// it. A server that takes the login without its own proof is not believed.
/// </summary>
internal sealed class ScramMechanism : SaslMechanism
{
    // More would keep a processor busy for seconds at a stranger's word.
    private const int MaxIterations = 1_000_000;
    private const int MinIterations = 4096;
    private const string NoBinding = "n,";

    private readonly HashAlgorithmName _hash;
    private readonly SaslCredentials _credentials;
    private readonly string _header;
    private readonly string _bare;
    private readonly string _nonce;
    private string _serverSignature = "";
    private int _step;

    public ScramMechanism(string name, HashAlgorithmName hash, SaslCredentials credentials, string authorization, string nonce)
        : base(name)
    {
        _hash = hash;
        _credentials = credentials;
        _nonce = nonce;
        _header = authorization.Length == 0 ? NoBinding + "," : $"{NoBinding}a={ScramText.EncodeName(authorization)},";
        _bare = $"n={ScramText.EncodeName(credentials.User)},r={nonce}";
    }

    public override string Initial => _header + _bare;

    public override bool IsSatisfied => _step == 2;

    public override SaslReply Answer(string challenge)
    {
        switch (_step++)
        {
            case 0:
                return Prove(challenge);
            case 1 when CryptographicOperations.FixedTimeEquals(ByteString.ToBytes(challenge), ByteString.ToBytes("v=" + _serverSignature)):
                return SaslReply.Send("");
            default:
                _step = -1;
                return SaslReply.Fail(ProtocolError);
        }
    }

    // The server's first message: r=NONCE,s=SALT,i=COUNT.
    private SaslReply Prove(string challenge)
    {
        string nonce = "";
        int iterations = 0;
        byte[]? salt = null;
        foreach (string part in challenge.Split(',', 20))
        {
            string value = part.Length > 2 ? part[2..] : "";
            switch (part.Length > 1 && part[1] == '=' ? part[0] : '\0')
            {
                case 'r':
                    nonce = value;
                    break;
                case 's':
                    salt = SaslBase64.TryDecode(value, out byte[] bytes, out _) ? bytes : null;
                    break;
                case 'i':
                    iterations = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;
                    break;
                case 'm':
                    // An extension that must be understood, and is not (RFC 5802 §5.1).
                    return SaslReply.Fail(ProtocolError);
            }
        }

        if (salt is null || salt.Length == 0 || nonce.Length <= _nonce.Length || !nonce.StartsWith(_nonce, StringComparison.Ordinal)
            || iterations is < MinIterations or > MaxIterations)
        {
            return SaslReply.Fail(ProtocolError);
        }

        string final = $"c={Convert.ToBase64String(ByteString.ToBytes(_header))},r={nonce}";
        byte[] message = ByteString.ToBytes($"{_bare},{challenge},{final}");
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(ByteString.ToBytes(_credentials.Password), salt, iterations, _hash, Hash([]).Length);
        byte[] proof = Hmac(salted, "Client Key"u8);
        byte[] signature = Hmac(Hash(proof), message);
        for (int i = 0; i < proof.Length; i++)
        {
            proof[i] ^= signature[i];
        }

        _serverSignature = Convert.ToBase64String(Hmac(Hmac(salted, "Server Key"u8), message));
        return SaslReply.Send($"{final},p={Convert.ToBase64String(proof)}");
    }

    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));

    private byte[] Hash(ReadOnlySpan<byte> data) => CryptographicOperations.HashData(_hash, data);

    private byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) => CryptographicOperations.HmacData(_hash, key, data);
}
