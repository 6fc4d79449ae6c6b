using System.Net;
using System.Net.Sockets;

namespace Mta.Dns.Tests;

public sealed class NativeNamesTests
{
    private readonly NativeNames _names = new();

    [Fact]
    public async Task Localhost_has_a_loopback_address()
    {
        NativeAddresses answer = await _names.AddressesAsync("localhost", AddressFamily.InterNetwork, default);
        Assert.Contains(IPAddress.Loopback, answer.Addresses);
    }

    [Fact]
    public async Task Loopback_has_a_name() =>
        Assert.NotEqual("", (await _names.NameAsync(IPAddress.Loopback, default)).Name);

    [Fact]
    public async Task Full_queue_fails_temporarily()
    {
        NativeNames none = new(maxThreads: 0, maxWaiting: 0);
        Assert.True((await none.AddressesAsync("localhost", AddressFamily.Unspecified, default)).IsTemporary);
    }

    [Fact]
    public async Task Many_lookups_at_once_are_all_answered()
    {
        NativeAddresses[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => _names.AddressesAsync("127.0.0.1", AddressFamily.Unspecified, default).AsTask()));
        Assert.All(answers, answer => Assert.Equal(0, answer.Code));
    }
}
