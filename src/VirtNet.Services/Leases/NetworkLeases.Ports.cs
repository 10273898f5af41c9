using System.Net.Sockets;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Leases;

/// <content>
/// Behind which port of the bridge each lease was given. It is remembered, not looked up: a guest that sends frames with
/// another's MAC moves that MAC to its own port in the bridge's table at once.
/// </content>
internal sealed partial class NetworkLeases
{
    private readonly Tally<(int Port, AddressFamily Family)> _behindPort = new();

    /// <summary>Where a lease's client was when it got the lease; <see cref="GuestPort.Unknown"/> if nobody noted it.</summary>
    public int PortOf(AddressKey address)
    {
        lock (Sync)
        {
            return _byAddress.GetValueOrDefault(address)?.Port ?? GuestPort.Unknown;
        }
    }

    /// <summary>Notes where a lease's client is.</summary>
    public void NotePort(AddressKey address, int port)
    {
        lock (Sync)
        {
            if (_byAddress.TryGetValue(address, out Entry? entry) && entry.Port != port)
            {
                CountPort(entry, -1);
                MoveName(entry, port);
                CountPort(entry, 1);
            }
        }
    }

    /// <summary>Whether any client behind this port has a lease of this family.</summary>
    public bool HasLeaseBehind(int port, AddressFamily family)
    {
        lock (Sync)
        {
            return _behindPort[(port, family)] > 0;
        }
    }

    private void CountPort(Entry entry, int by)
    {
        if (entry.Port != GuestPort.Unknown)
        {
            _behindPort.Add((entry.Port, FamilyOf(entry)), by);
        }
    }
}
