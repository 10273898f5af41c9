using System.Threading.Channels;
using VirtNet.Fabric.Sharing;
using VirtNet.Model;

namespace VirtNet.Fabric.Serving;

/// <summary>Says to virtnetd, again and again, that this host is in a fabric, and whether what it was told of that is up to date.</summary>
internal sealed class LinkUpkeep(FabricWatch watch, LocalSession local, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>For how long that holds: with this program gone it ends by itself.</summary>
    private const uint LinkSeconds = 12;

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private string? _outage = watch.Outage;

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        local.Connected += _ => Touch();
        watch.Changed += OnWatchChanged;
        await using ITimer timer = time.CreateTimer(_ => Touch(), state: null, TimeSpan.Zero, Interval);
        while (true)
        {
            await _changed.Reader.ReadAsync(cancellationToken);
            if (local.Networks is not { } here)
            {
                continue; // it is said when virtnetd is reached
            }

            try
            {
                await here.KeepLinkedAsync(LinkSeconds, watch.Outage, cancellationToken);
            }
            catch (VirtNetException)
            {
                // the connection has ended, which LocalSession says
            }
        }
    }

    private void Touch() => _changed.Writer.TryWrite(true);

    /// <summary>It changes with every lease: that is no news here.</summary>
    private void OnWatchChanged()
    {
        string? outage = watch.Outage;
        if (Interlocked.Exchange(ref _outage, outage) != outage)
        {
            Touch();
        }
    }
}
