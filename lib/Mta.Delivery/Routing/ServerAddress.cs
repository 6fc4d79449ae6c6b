using System.Net;

namespace Mta.Delivery.Routing;

/// <summary>One address of one server.</summary>
/// <param name="Host">Name of the server, as logged; of this host for a Unix socket.</param>
/// <param name="EndPoint">Null for a Unix socket.</param>
/// <param name="UnixPath">Path of a Unix socket; else empty.</param>
public sealed record ServerAddress(string Host, IPEndPoint? EndPoint, string UnixPath, int Preference)
{
    private string? _name;
    private string? _nameWithPort;

    /// <summary><c>host[address]</c>: how replies and failures name the server.</summary>
    public string Name => _name ??= EndPoint is null ? $"{Host}[{UnixPath}]" : $"{Host}[{EndPoint.Address}]";

    /// <summary><c>host[address]:port</c>: how <c>relay=</c> and warnings name it.</summary>
    public string NameWithPort => _nameWithPort ??= EndPoint is null ? Name : $"{Name}:{EndPoint.Port}";

    /// <summary>The address alone, as tables by address have it.</summary>
    public string AddressText => EndPoint?.Address.ToString() ?? UnixPath;

    /// <summary>What sessions to this address are kept under.</summary>
    public string Key => EndPoint?.ToString() ?? UnixPath;
}
