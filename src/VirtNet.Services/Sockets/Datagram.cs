namespace VirtNet.Services.Sockets;

/// <summary>A borrowed look at one datagram that came in; valid until the handler returns.</summary>
/// <param name="payload">What UDP carried.</param>
/// <param name="peer">Who sent it.</param>
/// <param name="destination">
/// The address it was sent to (a broadcast or multicast address too); none if the socket was opened without packet
/// information.
/// </param>
/// <param name="interfaceIndex">
/// The interface it came in through: for IPv4 the loopback's when this host sent it to itself. 0 without packet
/// information.
/// </param>
internal readonly ref struct Datagram(
    ReadOnlySpan<byte> payload, NetEndpoint peer, NetAddress destination, int interfaceIndex)
{
    public ReadOnlySpan<byte> Payload { get; } = payload;

    public NetEndpoint Peer { get; } = peer;

    public NetAddress Destination { get; } = destination;

    public int InterfaceIndex { get; } = interfaceIndex;
}

/// <summary>
/// Handles one datagram on the loop's thread. It must not block; answers go out through <see cref="DatagramSocket.Rent"/>
/// and <see cref="DatagramSocket.Send"/>, together with those of the other datagrams of the same batch.
/// </summary>
internal delegate void DatagramHandler(DatagramSocket socket, in Datagram datagram);

/// <summary>
/// Hears, on the loop's thread, that a datagram sent to a peer did not get there: the kernel would not send it, or a host
/// on the way said that nobody is there.
/// </summary>
/// <param name="interfaceIndex">The interface through which a host said so; 0 if the kernel did.</param>
/// <param name="start">Its first octets, as many as are known; borrowed.</param>
internal delegate void UndeliveredHandler(
    DatagramSocket socket, NetEndpoint peer, int interfaceIndex, ReadOnlySpan<byte> start);
