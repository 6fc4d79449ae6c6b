using System.Diagnostics;

namespace Mta.Tls.Tests;

/// <summary>Authorities, keys and certificates, made once by the openssl command in a directory of their own.</summary>
public sealed class Certificates : IDisposable
{
    public Certificates()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("tls-test-").FullName;
        Run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Test-CA");
        Make("server", "/CN=mx.example.test", "DNS:mx.example.test,DNS:*.wild.example.test");
        Make("client", "/CN=client.example.test", "DNS:client.example.test");
        Make("server-only", "/CN=relay.example.test", "DNS:relay.example.test\nextendedKeyUsage=serverAuth");
        Make("code", "/CN=code.example.test", "DNS:code.example.test\nextendedKeyUsage=codeSigning");
        Make("other", "/CN=other.example.test", "DNS:other.example.test");
        Run("req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.crt -days 30 -subj /CN=self.example.test");
        Join("self");
    }

    public string Directory { get; }

    public string Path(string name) => System.IO.Path.Combine(Directory, name);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private void Make(string name, string subject, string alternatives)
    {
        File.WriteAllText(Path(name + ".ext"), $"subjectAltName={alternatives}\n");
        Run($"req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj {subject}");
        Run($"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.crt -days 10 -extfile {name}.ext");
        Join(name);
    }

    private void Join(string name) => File.WriteAllText(Path(name + ".pem"), File.ReadAllText(Path(name + ".key")) + File.ReadAllText(Path(name + ".crt")));

    private void Run(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = Directory, RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors + output.Result);
    }
}
