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

    /// <summary>Notes where the client of a lease is that was just recorded, unless it is known to be where it was.</summary>
    /// <param name="find">Where its message came from; asked for only where it matters.</param>
    public void Note(Lease lease, Func<int> find)
    {
        if (!IsNoted(lease, out _))
        {
            leases.NotePort(AddressKey.Of(lease.Address), find());
        }
    }

    private bool IsNoted(Lease lease, out int port)
    {
        port = leases.PortOf(AddressKey.Of(lease.Address));
        return port == GuestPort.Relay || ports.IsThere(port);
    }
}
