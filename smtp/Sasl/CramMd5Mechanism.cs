using System.Security.Cryptography;
using Mta.Text;

namespace Mta.Smtp.Sasl;

/// <summary>CRAM-MD5 (RFC 2195): the password keys a sum over what the server sent.</summary>
internal sealed class CramMd5Mechanism(SaslCredentials credentials) : SaslMechanism("CRAM-MD5")
{
    private bool _hasAnswered;

    public override SaslReply Answer(string challenge)
    {
        if (_hasAnswered)
        {
            return SaslReply.Fail(GenericFailure);
        }

        _hasAnswered = true;
#pragma warning disable CA5351 // The mechanism is defined with MD5 (RFC 2195).
        byte[] digest = HMACMD5.HashData(ByteString.ToBytes(credentials.Password), ByteString.ToBytes(challenge));
#pragma warning restore CA5351
        return SaslReply.Send($"{credentials.User} {Convert.ToHexStringLower(digest)}");
    }
}
