using System.Runtime.InteropServices;

namespace VirtNet.Host.Tc;

/// <summary>Something of traffic control that a network sets on a bridge, its own or one of the host's.</summary>
internal abstract record TrafficLimit(int Rank, string Bridge) : HostResource(Rank)
{
    /// <summary>
    /// What the kernel keeps with it, to tell it from what others set on a bridge of the host, also after a restart of the daemon.
    /// </summary>
    public ushort Mark { get; init; }

    public override string Kind => "qdisc";

    public override string? Device => Bridge;

    /// <summary>The same for all time; never 0, which is what no mark would look like.</summary>
    public static ushort MarkOf(Guid network)
    {
        ushort folded = 0;
        foreach (ushort part in MemoryMarshal.Cast<byte, ushort>(network.ToByteArray(bigEndian: true)))
        {
            folded ^= part;
        }

        return Math.Max(folded, (ushort)1);
    }
}
