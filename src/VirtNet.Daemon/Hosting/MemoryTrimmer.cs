using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using VirtNet.Daemon.Networks;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Gives memory back once things are quiet after networks came and went. Starting many of them leaves tens of megabytes
/// behind, in the managed heap and in that of the nftables library, that a daemon which then idles for weeks would hold.
/// </summary>
internal sealed partial class MemoryTrimmer(EventHub events, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);

    private readonly Channel<bool> _activity =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using IDisposable subscription = events.Subscribe(_ => _activity.Writer.TryWrite(true));
        while (await _activity.Reader.WaitToReadAsync(stoppingToken))
        {
            while (_activity.Reader.TryRead(out _))
            {
                await Task.Delay(Quiet, clock, stoppingToken);
            }

            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _ = TrimHeap(0);
        }
    }

    /// <summary>malloc_trim(3): returns the free memory of all arenas to the kernel.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint keep);
}
