using System.Collections.Concurrent;
using System.Text.Json;
using Mta.Config;
using Mta.Dns;
using Mta.Linux;
using Mta.Text;
using NLog;

namespace Mta.Smtp.Sasl;

/// <summary>
/// Access tokens of credentials files: what a file holds, or what the token endpoint that it names hands out. Such tokens are
/// kept until shortly before they expire; one request at a time is made for a file, and none soon after one that failed.
/// Thread-safe.
/// </summary>
internal sealed class TokenSource(TimeProvider time)
{
    /// <summary>A whole request: name, connection, TLS, answer.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>How long a failure, or a token that a server does not like, keeps the endpoint from being asked again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan MostMargin = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly NativeNames _names = new();

    /// <summary>For tests: a shorter <see cref="Deadline"/>.</summary>
    public TimeSpan Limit { get; init; } = Deadline;

    /// <param name="source">The token itself; or, beginning with a slash, the path of a file.</param>
    /// <exception cref="LocalDataException">There is none now.</exception>
    public async ValueTask<string> FindAsync(string source, CancellationToken stop)
    {
        if (!source.StartsWith('/'))
        {
            return source;
        }

        JsonElement? json = ReadFile(source, out string text);
        if (json is not { } root)
        {
            return Checked(text, source);
        }

        if (!root.TryGetProperty("token_endpoint", out _))
        {
            return Checked(TokenEndpoint.TextOf(root, "access_token"), source);
        }

        TokenEndpoint endpoint = TokenEndpoint.Parse(root, source);
        Entry entry = _entries.GetOrAdd(source, static _ => new Entry());
        await entry.Turn.WaitAsync(stop);
        try
        {
            if (entry.Of != endpoint)
            {
                // Somebody has changed the file: what is known is of the old one.
                entry.Forget();
                entry.Of = endpoint;
                entry.RefreshToken = endpoint.RefreshToken;
            }

            return await UseAsync(entry, endpoint, root, source, stop);
        }
        finally
        {
            entry.Turn.Release();
        }
    }

    /// <summary>A server has refused a token: the next login does not try it again, if there can be another by then.</summary>
    public void Reject(string source, string token)
    {
        if (_entries.TryGetValue(source, out Entry? entry) && entry.Token == token && time.GetUtcNow() - entry.Asked >= Pause)
        {
            entry.Forget();
        }
    }

    // Null: it is no JSON, and the text is what there is.
    private static JsonElement? ReadFile(string path, out string text)
    {
        try
        {
            text = TextFile.Read(path).Trim();
        }
        catch (LinuxException error)
        {
            throw new LocalDataException($"token file {path}: {error.Reason}");
        }

        if (!text.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(ByteString.ToBytes(text));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new LocalDataException($"token file {path}: it begins like JSON and is none");
        }
    }

    private static string Checked(string token, string file) =>
        token.Length > 0 && token.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0
            ? token
            : throw new LocalDataException($"token file {file}: there is no access token in it");

    private async ValueTask<string> UseAsync(Entry entry, TokenEndpoint endpoint, JsonElement root, string file, CancellationToken stop)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (entry.Token.Length > 0 && now < entry.Expires)
        {
            return entry.Token;
        }

        if (entry.Failure.Length > 0 && now - entry.Asked < Pause)
        {
            throw new LocalDataException(entry.Failure);
        }

        entry.Forget();
        entry.Asked = now;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        try
        {
            (int status, byte[] body) = await TokenRequest.PostAsync(endpoint, endpoint.Form(entry.RefreshToken), _names, limit.Token);
            IssuedToken issued = IssuedToken.Parse(status, body);
            TimeSpan margin = issued.Lifetime / 10 < MostMargin ? issued.Lifetime / 10 : MostMargin;
            entry.Token = issued.Token;
            entry.Expires = now + issued.Lifetime - margin;
            if (issued.RefreshToken.Length > 0 && issued.RefreshToken != entry.RefreshToken)
            {
                entry.RefreshToken = issued.RefreshToken;
                entry.Of = Keep(file, root, issued.RefreshToken) ? endpoint with { RefreshToken = issued.RefreshToken } : endpoint;
            }

            return issued.Token;
        }
        catch (IOException failure)
        {
            throw Failed(entry, endpoint, failure.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw Failed(entry, endpoint, "no answer in time");
        }
    }

    private static LocalDataException Failed(Entry entry, TokenEndpoint endpoint, string reason)
    {
        entry.Failure = $"token endpoint {endpoint.Name}: {reason}";
        return new LocalDataException(entry.Failure);
    }

    // Endpoints that hand out new refresh tokens may let the old ones expire: the next process must find the new one.
    private static bool Keep(string file, JsonElement root, string refreshToken)
    {
        string temporary = $"{file}.new";
        try
        {
            int mode = Posix.Stat(file).Permissions & 0x1FF;
            Posix.TryUnlink(temporary);
            using (FileHandle handle = Posix.Open(temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, mode))
            {
                Posix.WriteAll(handle, TokenEndpoint.WithRefreshToken(root, refreshToken));
                Posix.Fsync(handle);
            }

            Posix.Rename(temporary, file);
            return true;
        }
        catch (LinuxException error)
        {
            Log.Warn($"token file {file}: the new refresh token cannot be kept there: {error.Reason}");
            return false;
        }
    }

    // Owned by whoever has its turn.
    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public TokenEndpoint? Of { get; set; }

        public string RefreshToken { get; set; } = "";

        public volatile string Token = "";

        public DateTimeOffset Expires { get; set; }

        public DateTimeOffset Asked { get; set; }

        public string Failure { get; set; } = "";

        public void Forget()
        {
            Token = "";
            Failure = "";
        }
    }
}
