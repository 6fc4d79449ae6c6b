using Mta.Linux;

namespace Mta.Mail.Protocols;

/// <summary>A connection whose last message was answered.</summary>
/// <param name="Stream">Owned by whoever holds this.</param>
/// <param name="IsAsked">The request for another message went out with the end of the last one: its greeting is here or on its way.</param>
/// <param name="Received">What was read of that greeting already.</param>
internal readonly record struct KeptConnection(SocketStream Stream, bool IsAsked = false, ReadOnlyMemory<byte> Received = default);
