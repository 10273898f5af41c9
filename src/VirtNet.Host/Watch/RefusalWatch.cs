using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using VirtNet.Host.Netlink;
using VirtNet.Host.Spanning;

namespace VirtNet.Host.Watch;

/// <summary>
/// Says which guests tried to use what is another's. The kernel notes it, one thing of a kind for a port and some minutes, however
/// often they try; here is looked now and then what it has noted, while there is a network that holds its guests to what is theirs.
/// </summary>
internal sealed class RefusalWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private readonly SpanFirewall _firewall;
    private readonly RtnetlinkClient _netlink;
    private readonly ILogger<RefusalWatch> _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _networks = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _watching;
    private HashSet<Refusal> _said = [];

    public RefusalWatch(SpanFirewall firewall, RtnetlinkClient netlink, TimeProvider time, ILogger<RefusalWatch> logger)
    {
        _firewall = firewall;
        _netlink = netlink;
        _logger = logger;
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watching = WatchAsync();
    }

    /// <param name="network">Its name; null = its guests are held to nothing any more.</param>
    public void Watch(string bridge, string? network)
    {
        lock (_gate)
        {
            bool idle = _networks.Count == 0;
            if (network is null)
            {
                _networks.Remove(bridge);
            }
            else
            {
                _networks[bridge] = network;
            }

            if (idle != (_networks.Count == 0))
            {
                TimeSpan period = idle ? s_interval : Timeout.InfiniteTimeSpan;
                _timer.Change(period, period);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _wake.Writer.TryComplete();
        await _watching;
    }

    private async Task WatchAsync()
    {
        await foreach (bool _ in _wake.Reader.ReadAllAsync())
        {
            try
            {
                Say(await _firewall.ListRefusedAsync(CancellationToken.None));
            }
            catch (Exception e) // it is asked again
            {
                _logger.RefusalsUnknown(e.Message);
            }
        }
    }

    private void Say(IReadOnlyList<Refusal> refused)
    {
        foreach (Refusal each in refused.Where(each => !_said.Contains(each)))
        {
            string? network;
            lock (_gate)
            {
                network = _networks.GetValueOrDefault(each.Bridge);
            }

            if (network is not null)
            {
                _logger.Refused(network, _netlink.NameOf(each.Port), each.What);
            }
        }

        _said = [.. refused];
    }
}
