using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ports;

/// <summary>Behind which ports the clients of a network's leases are.</summary>
internal sealed class LeasePorts(NetworkLeases leases, IGuestPorts ports)
{
    /// <summary>
    /// Where it was when it got the lease, as long as that port is there: the bridge's table follows whoever sends frames
    /// with its MAC. A guest that moved to another port of the bridge meanwhile keeps its lease until that ends.
    /// </summary>
    public int Of(Lease lease) =>
        IsNoted(lease, out int port) ? port
        : lease.Mac is { } mac ? ports.FindPort(mac)
        : GuestPort.Unknown;

    /// <summary>
    /// Notes where the client of a lease is that was just recorded, unless it is known to be where it was: behind a port that is
    /// down nobody is any more once the client was heard behind another one.
    /// </summary>
    /// <param name="find">Where its message came from; asked for only where it matters.</param>
    public void Note(Lease lease, Func<int> find)
    {
        bool isNoted = IsNoted(lease, out int noted);
        if (isNoted && noted == GuestPort.Relay)
        {
            return;
        }

        int port = find();
        if (!isNoted || (port > 0 && port != noted && !ports.RunningNow.Contains(noted)))
        {
            leases.NotePort(AddressKey.Of(lease.Address), port);
        }
    }

    /// <summary>
    /// Whether the client of a lease still runs while another card sends its client id. RFC 2131 makes a client known by its
    /// id: a machine may change its card. A copy of it, or a guest that wants another's address, has that id while the other is
    /// there, behind another port that is up. Behind one port (a bridge inside a guest) nothing tells a copy from a card that was
    /// changed.
    /// </summary>
    /// <param name="mac">Who sends the client id now.</param>
    public bool IsElsewhere(Lease lease, MacAddress mac) =>
        leases.PortOf(AddressKey.Of(lease.Address)) is > 0 and int port && ports.FindSender(mac) != port
        && ports.RunningNow.Contains(port);

    private bool IsNoted(Lease lease, out int port)
    {
        port = leases.PortOf(AddressKey.Of(lease.Address));
        return port == GuestPort.Relay || ports.IsThere(port);
    }
}
