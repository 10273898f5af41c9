using Microsoft.Extensions.Logging;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ra;

/// <summary>
/// What the advertisers of all networks share. Each hears by a packet socket on its own bridge and all send through one socket,
/// since the kernel holds every ICMPv6 packet of the host against every raw ICMPv6 socket, whatever interface that is bound to.
/// </summary>
internal sealed class RaSockets : IAsyncDisposable
{
    public RaSockets(KeptSockets kept, TimeProvider clock, ILogger logger)
    {
        using OpenedSoFar opened = new();
        Kept = kept;
        Groups = new GroupMemberships(kept);
        Sender = opened.Add(new Ipv6Sender());
        Loop = new DatagramLoop("virtnet-ra", kept, clock, logger);
        opened.Keep();
    }

    public KeptSockets Kept { get; }

    public DatagramLoop Loop { get; }

    public GroupMemberships Groups { get; }

    public Ipv6Sender Sender { get; }

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        Groups.Dispose();
        Sender.Dispose();
    }
}
