namespace VirtNet.Model;

/// <summary>Traffic limits; inbound is towards the guests. Only a port carries a class id (3 and up).</summary>
public sealed record Bandwidth(BandwidthLimit? Inbound, BandwidthLimit? Outbound)
{
    public uint? ClassId { get; init; }
}

/// <summary>Rates in kilobytes (1000) a second, burst in kilobytes (1024); 0 = not given. Floor is for ports only.</summary>
public sealed record BandwidthLimit(ulong Average, ulong Peak = 0, ulong Floor = 0, ulong Burst = 0);
