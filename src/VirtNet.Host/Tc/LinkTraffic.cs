using VirtNet.Host.Netlink;

namespace VirtNet.Host.Tc;

/// <summary>
/// Traffic control of one link, as the kernel has it. The kernel is asked for what is needed, once; so this is good for one look.
/// </summary>
internal sealed class LinkTraffic
{
    private const string Htb = "htb";
    private const ulong Kilobyte = 1000;
    private const ulong BurstUnit = 1024;

    private readonly RtnetlinkClient _netlink;
    private readonly int _link;
    private readonly Lazy<TrafficControlMessage?> _root;
    private readonly Lazy<TrafficControlMessage?> _ingress;
    private readonly Lazy<List<TrafficControlMessage>> _classes;

    public LinkTraffic(RtnetlinkClient netlink, int link)
    {
        _netlink = netlink;
        _link = link;
        _root = new(() => netlink.FindQdisc(link, TrafficControlMessage.Root));
        _ingress = new(() => netlink.FindQdisc(link, TrafficControlMessage.Ingress));
        _classes = new(() => netlink.ListClasses(link));
    }

    /// <summary>Whether somebody set a discipline for what comes in, of any kind.</summary>
    public bool OrdersWhatComesIn => _ingress.Value is not null;

    /// <summary>Whether that is of the kind that virtnet sets.</summary>
    public bool LimitsWhatComesIn => _ingress.Value is { Kind: TcMarks.IngressKind };

    /// <summary>Whether somebody set a discipline for what goes out.</summary>
    public bool OrdersWhatGoesOut => _root.Value is { Handle: not 0 };

    /// <returns>The resource as the link has it; null where it has not, or where it is somebody else's.</returns>
    public HostResource? Read(TrafficLimit wanted) => wanted switch
    {
        OutboundLimit limit => IsLimited(limit) ? limit : null,
        _ when !IsShaped(wanted) => null,
        InboundShape shape => Read(shape),
        GuaranteedClass guarantee => Read(guarantee),
        FairQueue queue => _netlink.FindQdisc(_link, TcMarks.Handle | queue.ClassId) is { Kind: "sfq" } ? queue : null,
        _ => throw new InvalidOperationException($"{wanted} is no traffic control"),
    };

    /// <summary>On a network's own bridge all is its own.</summary>
    public bool IsShaped(TrafficLimit wanted) =>
        _root.Value is { Kind: Htb, Handle: TcMarks.Handle } root
        && (wanted.Owner is not null || root.RateToQuantum == TcMarks.RateToQuantum(wanted.Mark));

    private bool IsLimited(OutboundLimit limit) =>
        LimitsWhatComesIn
        && _netlink.ListFilters(_link, TrafficControlMessage.IngressHandle).Exists(
            filter => filter.Priority == TcMarks.FilterPriority && filter.FlowId == TcMarks.FlowId(limit.Mark));

    private InboundShape? Read(InboundShape wanted) =>
        Class(InboundShape.WholeClass) is { } whole && Class(InboundShape.SharedClass) is { } shared
            ? wanted with
            {
                Average = whole.Rate / Kilobyte,
                Peak = whole.Ceiling / Kilobyte == wanted.Ceiling ? wanted.Peak : whole.Ceiling / Kilobyte,
                Burst = IsBurst(shared, wanted.Burst) ? wanted.Burst : shared.Burst / BurstUnit,
                Unreserved = shared.Rate / Kilobyte,
            }
            : null;

    private GuaranteedClass? Read(GuaranteedClass wanted) =>
        Class(wanted.ClassId) is { } found
            ? wanted with { Floor = found.Rate / Kilobyte, Ceiling = found.Ceiling / Kilobyte }
            : null;

    /// <summary>The kernel holds a burst as the time it takes, so it comes back a little rounded.</summary>
    private static bool IsBurst(TrafficControlMessage found, ulong wanted) =>
        wanted == 0 || Math.Abs(((double)found.Burst / (wanted * BurstUnit)) - 1) < 0.02;

    private TrafficControlMessage? Class(uint id) => _classes.Value.Find(found => found.Handle == (TcMarks.Handle | id));
}
