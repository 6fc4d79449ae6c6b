namespace Mta.Smtp.Sasl;

/// <summary>A name and what proves it.</summary>
/// <param name="User">As the server knows it.</param>
/// <param name="Password">A password, or <c>oauth2:</c> and where the token is; see <see cref="HasToken"/>.</param>
internal sealed record SaslCredentials(string User, string Password)
{
    private const string TokenMark = "oauth2:";

    /// <summary>In place of a password there is an OAuth 2.0 access token, or the path of a file with one or with where to get one.</summary>
    public bool HasToken => Password.StartsWith(TokenMark, StringComparison.Ordinal);

    /// <summary>Never shown in a log line or a message by accident.</summary>
    public override string ToString() => User;

    /// <summary>The token, or the path of a file; see <see cref="TokenSource"/>.</summary>
    public string Source => Password[TokenMark.Length..];
}
