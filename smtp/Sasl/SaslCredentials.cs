using Mta.Config;
using Mta.Linux;
using Mta.Text;

namespace Mta.Smtp.Sasl;

/// <summary>A name and what proves it.</summary>
/// <param name="User">As the server knows it.</param>
/// <param name="Password">A password, or <c>oauth2:</c> and where the token is; see <see cref="HasToken"/>.</param>
internal sealed record SaslCredentials(string User, string Password)
{
    private const string TokenMark = "oauth2:";

    /// <summary>In place of a password there is an OAuth 2.0 access token, or the path of a file with one.</summary>
    public bool HasToken => Password.StartsWith(TokenMark, StringComparison.Ordinal);

    /// <summary>Never shown in a log line or a message by accident.</summary>
    public override string ToString() => User;

    /// <summary>
    /// The access token: what follows <c>oauth2:</c>, or the content of the file of that path, read anew for each login,
    /// because somebody else renews it. A file that begins with <c>{</c> has it as <c>access_token</c>.
    /// </summary>
    /// <exception cref="LocalDataException">The file cannot be read or has none.</exception>
    public string ReadToken()
    {
        string source = Password[TokenMark.Length..];
        if (!source.StartsWith('/'))
        {
            return source;
        }

        string text;
        try
        {
            text = TextFile.Read(source).Trim();
        }
        catch (LinuxException error)
        {
            throw new LocalDataException($"token file {source}: {error.Reason}");
        }

        if (text.StartsWith('{'))
        {
            text = TokenIn(text, source);
        }

        return text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0
            ? text
            : throw new LocalDataException($"token file {source}: there is no access token in it");
    }

    private static string TokenIn(string json, string source)
    {
        try
        {
            using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(ByteString.ToBytes(json));
            return document.RootElement.TryGetProperty("access_token", out System.Text.Json.JsonElement token) && token.ValueKind == System.Text.Json.JsonValueKind.String
                ? token.GetString() ?? ""
                : "";
        }
        catch (System.Text.Json.JsonException)
        {
            throw new LocalDataException($"token file {source}: it begins like JSON and is none");
        }
    }
}
