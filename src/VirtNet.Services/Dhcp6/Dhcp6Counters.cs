namespace VirtNet.Services.Dhcp6;

/// <summary>What one network's DHCPv6 did so far. Written by one thread; readers may see a number a moment late.</summary>
internal sealed class Dhcp6Counters
{
    private readonly long[] _drops = new long[Enum.GetValues<Dhcp6Drop>().Length];

    public long Received { get; set; }

    public long Answers { get; private set; }

    public void Drop(Dhcp6Drop reason) => _drops[(int)reason]++;

    public void Count(Dhcp6Decision decision)
    {
        if (decision is Dhcp6Decision.Ignore ignore)
        {
            Drop(ignore.Reason);
        }
        else
        {
            Answers++;
        }
    }

    public IEnumerable<NetworkCounter> All() =>
    [
        new("dhcp6.received", Received),
        new("dhcp6.answers", Answers),
        .. Enum.GetValues<Dhcp6Drop>().Select(
            reason => new NetworkCounter("dhcp6.dropped." + NetworkCounter.NameOf(reason), Volatile.Read(ref _drops[(int)reason]))),
    ];
}
