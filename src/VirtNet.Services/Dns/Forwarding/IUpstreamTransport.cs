using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Forwarding;

/// <summary>
/// How questions reach upstreams. Responses to datagrams come back through <see cref="Forwarder.OnResponse"/>, with the
/// same port object that <see cref="Send"/> gave. The loop's thread only.
/// </summary>
internal interface IUpstreamTransport
{
    /// <summary>A buffer for one question; to be filled and sent before the next is rented.</summary>
    Span<byte> Rent();

    /// <summary>
    /// Sends the first octets of the rented buffer from a port that cannot be guessed, and returns that port. Throws
    /// <see cref="SystemCallException"/> where there is none; then nothing has left, and the buffer can be rented again.
    /// </summary>
    object Send(int length, NetEndpoint server);

    /// <summary>
    /// Asks over TCP; how many at a time is for the caller to bound. The outcome comes once, on the loop's thread: the response without its length, or nothing on failure.
    /// </summary>
    void AskByStream(NetEndpoint server, ReadOnlySpan<byte> question, Action<ReadOnlyMemory<byte>> outcome);
}
