namespace VirtNet.Services.Dhcp4;

/// <summary>What one network's DHCPv4 did so far. Written by one thread; readers may see a number a moment late.</summary>
internal sealed class Dhcp4Counters
{
    private readonly long[] _drops = new long[Enum.GetValues<Dhcp4Drop>().Length];

    public long Received { get; set; }

    public long Offers { get; set; }

    public long Acknowledgements { get; set; }

    public long Refusals { get; set; }

    public long Releases { get; set; }

    public long Declines { get; set; }

    /// <summary>Addresses that some machine was found to use without a lease.</summary>
    public long Conflicts { get; set; }

    public long Drops(Dhcp4Drop reason) => Volatile.Read(ref _drops[(int)reason]);

    public void Drop(Dhcp4Drop reason) => _drops[(int)reason]++;

    public IEnumerable<NetworkCounter> All() =>
    [
        new("dhcp4.received", Received),
        new("dhcp4.offers", Offers),
        new("dhcp4.acknowledgements", Acknowledgements),
        new("dhcp4.refusals", Refusals),
        new("dhcp4.releases", Releases),
        new("dhcp4.declines", Declines),
        new("dhcp4.conflicts", Conflicts),
        .. Enum.GetValues<Dhcp4Drop>().Select(
            reason => new NetworkCounter("dhcp4.dropped." + NetworkCounter.NameOf(reason), Drops(reason))),
    ];

    public void Count(Dhcp4Decision decision)
    {
        switch (decision)
        {
            case Dhcp4Decision.Offer:
                Offers++;
                break;
            case Dhcp4Decision.Acknowledge or Dhcp4Decision.Boot or Dhcp4Decision.Inform or Dhcp4Decision.BootItem:
                Acknowledgements++;
                break;
            case Dhcp4Decision.Refuse:
                Refusals++;
                break;
            case Dhcp4Decision.Release:
                Releases++;
                break;
            case Dhcp4Decision.Decline:
                Declines++;
                break;
            case Dhcp4Decision.Ignore ignore:
                Drop(ignore.Reason);
                break;
            default:
                break;
        }
    }
}
