using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using VirtNet.Daemon.Networks;
using VirtNet.Host.Networks;
using VirtNet.Linux;
using VirtNet.Services.Leases;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Gives memory back once things are quiet. Starting many networks, serving many guests at once, or looking at what others
/// changed leaves tens of megabytes behind, in the managed heap and in that of the nftables library, that a daemon which
/// then idles for weeks would hold. While nothing happens it sleeps.
/// </summary>
internal sealed class MemoryTrimmer(
    NetworkEvents events, INetworkServices services, INetworkHost host, TimeProvider clock)
    : BackgroundService, ILeaseObserver
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(400);

    /// <summary>Octets allocated between two looks when nothing much happens: some renewals, a list or two.</summary>
    private const long QuietAllocation = 256 * 1024;

    /// <summary>Octets allocated since the last time that are worth a collection of everything.</summary>
    private const long WorthIt = 4 * 1024 * 1024;

    private readonly Channel<bool> _activity =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void OnChange(in LeaseChange change) => _activity.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using IDisposable networks = events.Subscribe(_ => _activity.Writer.TryWrite(true));
        using IDisposable leases = services.ObserveLeases(this);
        host.Looked += () => _activity.Writer.TryWrite(true);
        long trimmedAt = 0;
        while (await _activity.Reader.WaitToReadAsync(stoppingToken))
        {
            long allocated;
            long before;
            do
            {
                _activity.Reader.TryRead(out _);
                before = GC.GetTotalAllocatedBytes();
                await Task.Delay(LookInterval, clock, stoppingToken);
                allocated = GC.GetTotalAllocatedBytes();
            }
            while (allocated - before > QuietAllocation);

            if (allocated - trimmedAt > WorthIt)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                _ = Libc.TrimHeap(0);
                trimmedAt = GC.GetTotalAllocatedBytes();
            }
        }
    }
}
