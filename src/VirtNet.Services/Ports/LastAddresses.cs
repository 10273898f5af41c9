using System.Net.Sockets;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Ports;

/// <summary>
/// Who gets the last addresses of a network's ranges. One guest that invents clients could lease them all; so as many as
/// there are ports without a lease are kept for those ports, one each. A port that is the bridge's only one may take all.
/// </summary>
internal static class LastAddresses
{
    /// <summary>As many ports as a bridge can have (BR_MAX_PORTS): with more addresses left nobody needs to look.</summary>
    public const int MaxPorts = 1024;

    /// <summary>
    /// How many guests may be plugged in while a list of ports holds: a rush of clients is over in less, and must not have
    /// taken the last address before the list knows of a newcomer.
    /// </summary>
    private const int MaxNewPorts = 16;

    /// <summary>Whether an address is not for this client, because as few are left as are kept for others.</summary>
    /// <param name="left">Addresses that could be given out.</param>
    /// <param name="findPort">The client's port; asked for only where it matters.</param>
    public static bool AreKept(
        int left, AddressFamily family, NetworkLeases leases, IGuestPorts ports, Func<int> findPort)
    {
        if (left > MaxPorts)
        {
            return false;
        }

        if (left > ports.Running.Count + MaxNewPorts)
        {
            return false;
        }

        IReadOnlySet<int> running = ports.RunningNow;
        if (left > running.Count || running.Count <= 1)
        {
            return false;
        }

        int port = findPort();
        if (running.Contains(port) && !leases.HasLeaseBehind(port, family))
        {
            return false; // it is one of those for whom they are kept
        }

        return left <= running.Count(other => other != port && !leases.HasLeaseBehind(other, family));
    }
}
