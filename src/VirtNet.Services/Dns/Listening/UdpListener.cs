using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Dns.Listening;

/// <summary>
/// Port 53 of one address of a bridge, by UDP. What came through any other interface is dropped without a word, so that
/// nobody but guests and this host itself is ever answered.
/// </summary>
internal sealed class UdpListener : IReplyChannel
{
    /// <summary>Enough for a burst of all guests at once.</summary>
    private const int ReceiveBuffer = 1 << 20;

    private readonly DnsEngine _engine;
    private readonly DnsNetwork _network;
    private readonly int _bridgeIndex;

    public UdpListener(DatagramLoop loop, DnsEngine engine, DnsNetwork network, NetEndpoint local, int bridgeIndex)
    {
        _engine = engine;
        _network = network;
        _bridgeIndex = bridgeIndex;

        // The address may still be under its check for duplicates.
        Socket = loop.Open(new DatagramSocketOptions(local) { IsKept = true, FreeBind = true, ReceiveBuffer = ReceiveBuffer }, OnDatagram);
    }

    public DatagramSocket Socket { get; private set; }

    public bool IsStream => false;

    /// <summary>Questions dropped because of the interface they came through.</summary>
    public long FromElsewhere { get; private set; }

    public Span<byte> Rent() => Socket.Rent();

    public void Send(int length, NetEndpoint peer) => Socket.Send(length, peer);

    private void OnDatagram(DatagramSocket socket, in Datagram datagram)
    {
        Socket ??= socket; // in one that was taken over something may wait before its opening has ended
        // For what this host sends to its own address the kernel names the interface that has the address.
        if (datagram.InterfaceIndex != _bridgeIndex)
        {
            FromElsewhere++;
            return;
        }

        _engine.OnQuestion(_network, this, datagram.Peer, datagram.Payload);
    }
}
