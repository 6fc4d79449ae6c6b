using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mta.Text;

namespace Mta.Sasl;

/// <summary>SCRAM-SHA-256 (RFC 5802, RFC 7677): the sums, and what a server keeps instead of a password.</summary>
public sealed record ScramVerifier(int Iterations, byte[] Salt, byte[] StoredKey, byte[] ServerKey)
{
    public const string Mechanism = "SCRAM-SHA-256";

    /// <summary>More would keep a processor busy for seconds at one try.</summary>
    public const int MaxIterations = 1_000_000;

    /// <summary>Reads <c>SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY</c>, the parts in base64.</summary>
    public static bool TryParse(string text, out ScramVerifier verifier)
    {
        verifier = new ScramVerifier(0, [], [], []);
        string[] parts = text.Split('$');
        if (parts.Length != 3 || parts[0] != Mechanism)
        {
            return false;
        }

        string[] first = parts[1].Split(':');
        string[] second = parts[2].Split(':');
        if (first.Length != 2 || second.Length != 2
            || !int.TryParse(first[0], NumberStyles.None, CultureInfo.InvariantCulture, out int iterations) || iterations is < 1 or > MaxIterations
            || !Base64Text.TryDecode(first[1], out byte[] salt) || !Base64Text.TryDecode(second[0], out byte[] stored) || !Base64Text.TryDecode(second[1], out byte[] server)
            || stored.Length != 32 || server.Length != 32)
        {
            return false;
        }

        verifier = new ScramVerifier(iterations, salt, stored, server);
        return true;
    }

    public static ScramVerifier Create(byte[] password, byte[] salt, int iterations)
    {
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);
        byte[] client = HMACSHA256.HashData(salted, "Client Key"u8);
        return new ScramVerifier(iterations, salt, SHA256.HashData(client), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    /// <summary>Whether a password is the one this was made from.</summary>
    public bool Matches(byte[] password) => CryptographicOperations.FixedTimeEquals(Create(password, Salt, Iterations).StoredKey, StoredKey);

    /// <summary>Whether a client's proof shows that it knows the password.</summary>
    public bool Proves(byte[] proof, string authMessage)
    {
        if (proof.Length != 32)
        {
            return false;
        }

        byte[] key = HMACSHA256.HashData(StoredKey, ByteString.ToBytes(authMessage));
        for (int i = 0; i < key.Length; i++)
        {
            key[i] ^= proof[i];
        }

        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(key), StoredKey);
    }

    public byte[] ServerSignature(string authMessage) => HMACSHA256.HashData(ServerKey, ByteString.ToBytes(authMessage));
}

/// <summary>Messages of SCRAM: attributes <c>x=value</c> separated by commas (RFC 5802 §5.1).</summary>
public static class ScramText
{
    /// <summary>Reads a message into its attributes, in order; false when it is malformed.</summary>
    public static bool TryParse(string text, out List<(char Name, string Value)> attributes)
    {
        attributes = [];
        foreach (string part in text.Split(','))
        {
            if (part.Length < 2 || part[1] != '=' || attributes.Count > 20)
            {
                return false;
            }

            attributes.Add((part[0], part[2..]));
        }

        return attributes.Count > 0;
    }

    /// <summary>A name as an attribute's value, without commas and equals signs.</summary>
    public static string EncodeName(string name) => name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    public static bool TryDecodeName(string text, out string name)
    {
        var plain = new StringBuilder(text.Length);
        name = "";
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '=')
            {
                plain.Append(text[i]);
            }
            else if (text.AsSpan(i).StartsWith("=2C"))
            {
                plain.Append(',');
                i += 2;
            }
            else if (text.AsSpan(i).StartsWith("=3D"))
            {
                plain.Append('=');
                i += 2;
            }
            else
            {
                return false;
            }
        }

        name = plain.ToString();
        return name.Length > 0;
    }

    public static string Nonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
}
