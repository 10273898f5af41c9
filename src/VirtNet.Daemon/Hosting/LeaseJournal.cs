using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Networks;
using VirtNet.Services.Leases;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Hosting;

/// <summary>
/// Writes into the log who got which address, and who lost it; renewals are not worth a line. It writes apart from the
/// leases' lock, and leaves lines out before it holds anybody up.
/// </summary>
internal sealed partial class LeaseJournal(NetworkRegistry registry, INetworkServices services, ILogger<LeaseJournal> logger)
    : BackgroundService, ILeaseObserver
{
    private const int MaxWaiting = 4096; // a few hundred KiB, and more than is given in a second

    private readonly Channel<Line> _lines =
        Channel.CreateBounded<Line>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private long _leftOut;
    private IDisposable? _observation;

    public void OnChange(in LeaseChange change)
    {
        if (change.Event == LeaseEvent.Renewed || !registry.TryFind(change.Lease.Network, out NetworkActor? network))
        {
            return;
        }

        if (!_lines.Writer.TryWrite(new Line(network.Identity.Name, change)))
        {
            Interlocked.Increment(ref _leftOut);
        }
    }

    /// <summary>It listens before anything that starts behind it can give a lease.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _observation = services.ObserveLeases(this);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _observation?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (Line line in _lines.Reader.ReadAllAsync(stoppingToken))
        {
            Write(line.Network, line.Change);
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var leftOut)
            {
                LogLeftOut(leftOut);
            }
        }
    }

    private void Write(string network, in LeaseChange change)
    {
        Lease lease = change.Lease;
        string client = lease.Mac?.ToString() ?? lease.ClientId ?? "an unknown client";
        string name = lease.HostName is { } own ? $" ({own})" : "";
        if (change.Event == LeaseEvent.Added)
        {
            LogGiven(network, client, name, lease.Address);
        }
        else
        {
            LogLost(network, client, name, lease.Address, change.Event == LeaseEvent.Expired ? "expired" : "given back");
        }
    }

    [LoggerMessage(EventId = 160, Level = LogLevel.Information, Message = "Network {Network}: {Client}{Name} has {Address}")]
    private partial void LogGiven(string network, string client, string name, System.Net.IPAddress address);

    [LoggerMessage(EventId = 161, Level = LogLevel.Information,
        Message = "Network {Network}: {Client}{Name} no longer has {Address}: the lease is {How}")]
    private partial void LogLost(string network, string client, string name, System.Net.IPAddress address, string how);

    [LoggerMessage(EventId = 162, Level = LogLevel.Information, Message = "{Count} changes of leases came too fast for the log")]
    private partial void LogLeftOut(long count);

    private readonly record struct Line(string Network, LeaseChange Change);
}
