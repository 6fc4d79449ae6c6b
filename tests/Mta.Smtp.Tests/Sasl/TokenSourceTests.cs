using System.Net;
using System.Net.Sockets;
using System.Text;
using Mta.Smtp.Sasl;
using Mta.Tests;

namespace Mta.Smtp.Tests.Sasl;

/// <summary>Access tokens from files and from token endpoints, good, bad and hostile ones.</summary>
public sealed class TokenSourceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokens-");
    private readonly TestClock _clock = new();
    private readonly List<string> _forms = [];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TokenSource _source;
    private Func<NetworkStream, int, Task> _answer = static (_, _) => Task.CompletedTask;
    private int _asked;

    public TokenSourceTests()
    {
        _source = new TokenSource(_clock) { Limit = TimeSpan.FromSeconds(20) };
        _listener.Start();
        _ = ServeAsync();
    }

    private string FilePath => Path.Combine(_folder.FullName, "token");

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_token_comes_from_its_file_anew_each_time()
    {
        await File.WriteAllTextAsync(FilePath, "first\n");
        Assert.Equal("first", await FindAsync());
        await File.WriteAllTextAsync(FilePath, """{"access_token": "second", "expires_in": 3599}""");
        Assert.Equal("second", await FindAsync());
        Assert.Equal("inline", await _source.FindAsync("inline", default));
    }

    [Theory]
    [InlineData("""{"error": "no"}""", "there is no access token in it")]
    [InlineData("{broken", "it begins like JSON and is none")]
    [InlineData("two words", "there is no access token in it")]
    [InlineData("""{"token_endpoint": "http://token.example/x"}""", "token_endpoint must begin with https")]
    [InlineData("""{"token_endpoint": "ftp://127.0.0.1/x"}""", "bad token_endpoint")]
    [InlineData("""{"token_endpoint": "https://user:secret@token.example/x"}""", "bad token_endpoint")]
    [InlineData("""{"token_endpoint": 5}""", "bad token_endpoint")]
    public async Task A_file_that_makes_no_sense_is_no_token(string content, string reason)
    {
        await File.WriteAllTextAsync(FilePath, content);
        Assert.Contains(reason, (await Assert.ThrowsAsync<LocalDataException>(FindAsync)).Message, StringComparison.Ordinal);
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task A_token_of_an_endpoint_is_used_until_it_expires()
    {
        WriteFile();
        Answer(static number => $$"""{"access_token": "token{{number}}", "expires_in": 3600, "token_type": "Bearer"}""");
        Assert.Equal("token1", await FindAsync());
        _clock.Passed += TimeSpan.FromSeconds(3500);
        Assert.Equal("token1", await FindAsync());
        _clock.Passed += TimeSpan.FromSeconds(60);
        Assert.Equal("token2", await FindAsync());
        Assert.Equal("grant_type=refresh_token&refresh_token=r%2F1&client_id=me&client_secret=s%20%26t&scope=mail%20offline", _forms[0]);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Without_a_refresh_token_the_client_speaks_for_itself()
    {
        await File.WriteAllTextAsync(FilePath, $$"""{"token_endpoint": "http://127.0.0.1:{{Port}}/t", "client_id": "me", "client_secret": "x", "scope": "https://outlook.office365.com/.default"}""");
        Answer(static _ => """{"access_token": "app", "expires_in": "60"}""");
        Assert.Equal("app", await FindAsync());
        Assert.Equal("grant_type=client_credentials&client_id=me&client_secret=x&scope=https%3A%2F%2Foutlook.office365.com%2F.default", _forms[0]);
    }

    [Fact]
    public async Task Many_logins_at_once_ask_once()
    {
        WriteFile();
        Answer(static number => $$"""{"access_token": "token{{number}}"}""");
        string[] tokens = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FindAsync()));
        Assert.All(tokens, static token => Assert.Equal("token1", token));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_new_refresh_token_replaces_the_old_one_in_the_file()
    {
        WriteFile();
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Answer(static number => $$"""{"access_token": "token{{number}}", "expires_in": 100, "refresh_token": "r/{{number + 1}}"}""");
        Assert.Equal("token1", await FindAsync());
        string kept = await File.ReadAllTextAsync(FilePath);
        Assert.Contains("\"refresh_token\": \"r/2\"", kept, StringComparison.Ordinal);
        Assert.Contains("\"client_secret\": \"s \\u0026t\"", kept, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        _clock.Passed += TimeSpan.FromSeconds(200);
        Assert.Equal("token2", await FindAsync());
        Assert.Contains("refresh_token=r%2F2&", _forms[1], StringComparison.Ordinal);
        Assert.Equal(["token"], _folder.GetFiles().Select(static file => file.Name));
    }

    [Fact]
    public async Task Another_file_in_the_place_of_the_old_one_counts_at_once()
    {
        WriteFile();
        Answer(static number => $$"""{"access_token": "token{{number}}"}""");
        Assert.Equal("token1", await FindAsync());
        WriteFile("r/9");
        Assert.Equal("token2", await FindAsync());
        Assert.Contains("refresh_token=r%2F9&", _forms[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_a_server_refuses_is_not_used_again_once_it_is_old_enough()
    {
        WriteFile();
        Answer(static number => $$"""{"access_token": "token{{number}}", "expires_in": 3600}""");
        Assert.Equal("token1", await FindAsync());
        _source.Reject(FilePath, "token1");
        Assert.Equal("token1", await FindAsync());
        _clock.Passed += TokenSource.Pause;
        _source.Reject(FilePath, "another");
        Assert.Equal("token1", await FindAsync());
        _source.Reject(FilePath, "token1");
        Assert.Equal("token2", await FindAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 66\r\n\r\n{\"error\": \"invalid_grant\", \"error_description\": \"gone\\u0007 away\"}", "status 400: invalid_grant: gone? away")]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nOops", "status 500, and no JSON object")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "status 302, and no JSON object")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "there is no access token in the answer")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "status 200, and no JSON object")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\n{\"access_token\": \"a\\r\\nRSET\"}", "there is no access token in the answer")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n{\"access_token\": \"\\ud800\"}", "there is no access token in the answer")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n{\"error\": \"\xff\", \"error_description\": \"bytes\"}", "status 400: : bytes")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "the connection is lost")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{}", "the answer is too long, or malformed")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", "the answer is too long, or malformed")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}", "the answer is too long, or malformed")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "the answer is too long, or malformed")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", "the answer is too long, or malformed")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n{}", "the answer is too long, or malformed")]
    [InlineData("220 mail.example ESMTP\r\n", "the answer is too long, or malformed")]
    [InlineData("", "the connection is lost")]
    public async Task Another_answer_is_a_reason_to_wait(string answer, string reason)
    {
        WriteFile();
        _answer = async (stream, _) => await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
        string message = (await Assert.ThrowsAsync<LocalDataException>(FindAsync)).Message;
        Assert.Equal($"token endpoint http://127.0.0.1:{Port}/t: {reason}", message);

        // Not asked again at once, then asked again.
        Assert.Equal(message, (await Assert.ThrowsAsync<LocalDataException>(FindAsync)).Message);
        Assert.Equal(1, _asked);
        _clock.Passed += TokenSource.Pause;
        Answer(static _ => """{"access_token": "better"}""");
        Assert.Equal("better", await FindAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n{\"acc\r\n16\r\ness_token\": \"chunked\"}\r\n0\r\n\r\n", "chunked")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 23\r\n\r\n{\"access_token\": \"x.y\"}", "x.y")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n{\"access_token\": \"toend\"}", "toend")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n{\"access_token\": \"undated\", \"expires_in\": \"NaN\"}", "undated")]
    public async Task Answers_come_in_every_form_that_http_has(string answer, string token)
    {
        WriteFile();
        _answer = async (stream, _) =>
        {
            foreach (byte next in Encoding.Latin1.GetBytes(answer))
            {
                stream.WriteByte(next);
                await stream.FlushAsync();
            }
        };
        Assert.Equal(token, await FindAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Header: again\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "body without an end ")]
    [InlineData("", "one line without an end ")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10\r\n0123456789abcdef\r\n")]
    public async Task An_endless_answer_ends(string head, string part)
    {
        WriteFile();
        _answer = async (stream, _) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head));
            byte[] more = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(part, 100)));
            for (int i = 0; i < 10000; i++)
            {
                await stream.WriteAsync(more);
            }
        };
        Assert.Contains("the answer is too long, or malformed", (await Assert.ThrowsAsync<LocalDataException>(FindAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_endpoint_costs_its_time_limit_only()
    {
        WriteFile();
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = (_, _) => end.Task;
        TokenSource impatient = new(_clock) { Limit = TimeSpan.FromMilliseconds(200) };
        LocalDataException failure = await Assert.ThrowsAsync<LocalDataException>(async () => await impatient.FindAsync(FilePath, default));
        Assert.EndsWith("no answer in time", failure.Message, StringComparison.Ordinal);
        end.SetResult();
    }

    [Fact]
    public async Task Nobody_there_is_a_reason_to_wait()
    {
        WriteFile();
        _listener.Stop();
        Assert.EndsWith("Connection refused", (await Assert.ThrowsAsync<LocalDataException>(FindAsync)).Message, StringComparison.Ordinal);
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private async Task<string> FindAsync() => await _source.FindAsync(FilePath, default);

    private void WriteFile(string refreshToken = "r/1") =>
        File.WriteAllText(FilePath, $$"""{"token_endpoint": "http://127.0.0.1:{{Port}}/t", "client_id": "me", "client_secret": "s &t", "refresh_token": "{{refreshToken}}", "scope": "mail offline"}""");

    private void Answer(Func<int, string> json) => _answer = async (stream, number) =>
    {
        string body = json(number);
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
    };

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                NetworkStream stream = client.GetStream();
                using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
                int length = 0;
                for (string? line = await reader.ReadLineAsync(); !string.IsNullOrEmpty(line); line = await reader.ReadLineAsync())
                {
                    length = line.StartsWith("Content-Length: ", StringComparison.Ordinal) ? int.Parse(line[16..], System.Globalization.CultureInfo.InvariantCulture) : length;
                }

                char[] form = new char[length];
                await reader.ReadBlockAsync(form);
                _forms.Add(new string(form));
                try
                {
                    await _answer(stream, ++_asked);
                }
                catch (IOException)
                {
                    // The client has heard enough.
                }
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException or IOException)
        {
            // The test is over.
        }
    }
}
