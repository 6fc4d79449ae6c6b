using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Mta.Text;

namespace Mta.Smtp.Sasl;

/// <summary>Where access tokens come from (RFC 6749 §3.2), and what is shown there: the content of a credentials file.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Path">With the query, if there is one.</param>
/// <param name="RefreshToken">Empty: the client itself is the owner of the mailbox (RFC 6749 §4.4).</param>
/// <param name="CaFile">Authorities that vouch for the endpoint's certificate.</param>
internal sealed record TokenEndpoint(bool IsTls, string Host, int Port, string Path, string ClientId, string ClientSecret, string RefreshToken, string Scope, string CaFile)
{
    private const string SystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

    /// <summary>As log lines have it: without what is secret.</summary>
    public string Name => $"{(IsTls ? "https" : "http")}://{Host}:{Port}{Path.Split('?')[0]}";

    /// <summary>The form that asks for a token.</summary>
    public string Form(string refreshToken)
    {
        string form = refreshToken.Length > 0 ? $"grant_type=refresh_token&refresh_token={Encode(refreshToken)}" : "grant_type=client_credentials";
        form += $"&client_id={Encode(ClientId)}";
        form += ClientSecret.Length > 0 ? $"&client_secret={Encode(ClientSecret)}" : "";
        return form + (Scope.Length > 0 ? $"&scope={Encode(Scope)}" : "");
    }

    /// <param name="root">An object with <c>token_endpoint</c>.</param>
    /// <param name="file">Named in errors.</param>
    /// <exception cref="LocalDataException">It makes no sense, or would send secrets in the clear.</exception>
    public static TokenEndpoint Parse(JsonElement root, string file)
    {
        string address = TextOf(root, "token_endpoint");
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0 || uri.Host.Length == 0)
        {
            throw new LocalDataException($"token file {file}: bad token_endpoint: {Printable.Neutralize(address)}");
        }

        string host = uri.IdnHost;
        bool isTls = uri.Scheme == "https";
        if (!isTls && !(IPAddress.TryParse(host, out IPAddress? literal) && IPAddress.IsLoopback(literal)))
        {
            throw new LocalDataException($"token file {file}: token_endpoint must begin with https, unless it is an address of this host: {Printable.Neutralize(address)}");
        }

        string authorities = TextOf(root, "ca_file");
        return new TokenEndpoint(
            isTls,
            host,
            uri.Port,
            uri.PathAndQuery,
            TextOf(root, "client_id"),
            TextOf(root, "client_secret"),
            TextOf(root, "refresh_token"),
            TextOf(root, "scope"),
            authorities.Length > 0 ? authorities : SystemAuthorities);
    }

    /// <summary>The file with another refresh token in the old one's place, all else as it was.</summary>
    public static byte[] WithRefreshToken(JsonElement root, string refreshToken)
    {
        ArrayBufferWriter<byte> content = new();
        using (Utf8JsonWriter writer = new(content, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in root.EnumerateObject())
            {
                if (property.Name != "refresh_token")
                {
                    property.WriteTo(writer);
                }
            }

            writer.WriteString("refresh_token", refreshToken);
            writer.WriteEndObject();
        }

        return [.. content.WrittenSpan, (byte)'\n'];
    }

    /// <summary>A text of an object; empty when it is not there, or not a text.</summary>
    public static string TextOf(JsonElement root, string name)
    {
        try
        {
            return root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
        }
        catch (InvalidOperationException)
        {
            // RFC 8259 §8.2: half of a surrogate pair, or bytes that are no UTF-8, are no text.
            return "";
        }
    }

    private static string Encode(string text) => Uri.EscapeDataString(text);
}

/// <summary>What a token endpoint has handed out.</summary>
/// <param name="Lifetime">How long the token counts.</param>
/// <param name="RefreshToken">To be shown from now on; empty: the old one stays.</param>
internal sealed record IssuedToken(string Token, TimeSpan Lifetime, string RefreshToken)
{
    private const int MaxTold = 200;
    private static readonly TimeSpan Unsaid = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Reads an answer (RFC 6749 §5).</summary>
    /// <exception cref="IOException">It is a refusal, or not an answer at all.</exception>
    public static IssuedToken Parse(int status, byte[] body)
    {
        JsonElement root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            root = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            root = default;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new IOException($"status {status}, and no JSON object");
        }

        if (status != (int)HttpStatusCode.OK)
        {
            string told = $"{TokenEndpoint.TextOf(root, "error")}: {TokenEndpoint.TextOf(root, "error_description")}";
            throw new IOException($"status {status}: {Printable.Neutralize(told.Length > MaxTold ? told[..MaxTold] : told)}");
        }

        string token = TokenEndpoint.TextOf(root, "access_token");
        if (token.Length == 0 || token.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            throw new IOException("there is no access token in the answer");
        }

        TimeSpan lifetime = Unsaid;
        if (root.TryGetProperty("expires_in", out JsonElement expires)
            && double.TryParse(expires.ValueKind == JsonValueKind.String ? TokenEndpoint.TextOf(root, "expires_in") : expires.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && !double.IsNaN(seconds))
        {
            lifetime = TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest.TotalSeconds));
        }

        return new IssuedToken(token, lifetime, TokenEndpoint.TextOf(root, "refresh_token"));
    }
}
