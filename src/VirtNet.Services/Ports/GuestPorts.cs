using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ports;

/// <summary>The ports of one bridge, as the kernel knows them.</summary>
/// <param name="kernel">Shared by all bridges of a loop.</param>
internal sealed class GuestPorts(int bridge, BridgePorts kernel, TimeProvider clock) : IGuestPorts
{
    /// <summary>A list takes the kernel longer than anything else here; only who is short of addresses wants one.</summary>
    private static readonly TimeSpan ListHolds = TimeSpan.FromSeconds(1);

    /// <summary>A message waits for its turn that long at most; the kernel counts a MAC's age in hundredths of a second.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FreshListHolds = TimeSpan.FromMilliseconds(100);

    private HashSet<int>? _running;
    private long _listedAt;

    public IReadOnlySet<int> Running => List(ListHolds);

    public IReadOnlySet<int> RunningNow => List(FreshListHolds);

    // Not whether it is still on this bridge: numbers are not used twice, and a guest that was moved is still that guest.
    public bool IsThere(int port) => port > 0 && Libc.InterfaceName(port) is not null;

    public int FindPort(MacAddress mac) => kernel.FindPort(bridge, mac);

    public int FindSender(MacAddress mac) => kernel.FindPort(bridge, mac, Lately);

    public string NameOf(int port) => port switch
    {
        GuestPort.Relay => "a relay",
        GuestPort.Unknown => "an unknown port",
        _ => Libc.InterfaceName(port) ?? "a port that is gone",
    };

    private HashSet<int> List(TimeSpan holds)
    {
        if (_running is null || clock.GetElapsedTime(_listedAt) >= holds)
        {
            _running = kernel.ListRunning(bridge);
            _listedAt = clock.GetTimestamp();
        }

        return _running;
    }
}
