using VirtNet.Services.Dns.Forwarding;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Dns.Answers;

/// <summary>What answering one network's questions needs. The zone is replaced whole when the definition changes.</summary>
internal sealed class DnsNetwork(string name, string bridge, LocalZone zone, ILeaseNames leases, NetworkShare share)
{
    private volatile LocalZone _zone = zone;

    public string Name { get; } = name;

    public string Bridge { get; } = bridge;

    public ILeaseNames Leases { get; } = leases;

    /// <summary>For the loop's thread only.</summary>
    public NetworkShare Share { get; } = share;

    public LocalZone Zone
    {
        get => _zone;
        set => _zone = value;
    }
}
