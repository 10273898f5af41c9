using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ra;

/// <summary>
/// What the advertisers of all networks share. Each hears by a packet socket on its own bridge and all send through one socket,
/// since the kernel holds every ICMPv6 packet of the host against every raw ICMPv6 socket, whatever interface that is bound to.
/// </summary>
internal sealed class RaSockets(KeptSockets kept, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    public KeptSockets Kept => kept;

    public DatagramLoop Loop { get; } = new("virtnet-ra", kept, clock, logger);

    public GroupMemberships Groups { get; } = new(kept);

    public Ipv6Sender Sender { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        Groups.Dispose();
        Sender.Dispose();
    }
}
