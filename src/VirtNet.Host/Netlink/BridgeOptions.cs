using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>What virtnet sets or reads of a bridge (IFLA_BR_* in linux/if_link.h).</summary>
/// <param name="ForwardDelay">In hundredths of a second.</param>
/// <param name="Stp">0 = off, 1 = the kernel's, 2 = a program's.</param>
internal sealed record BridgeOptions(uint ForwardDelay, uint Stp, bool VlanFiltering)
{
    public const string Kind = "bridge";

    public const uint KernelStp = 1;

    private const int ForwardDelayAttribute = 1;
    private const int StpAttribute = 5;
    private const int VlanFilteringAttribute = 7;

    public static BridgeOptions Parse(NetlinkAttributes attributes)
    {
        uint delay = 0;
        uint stp = 0;
        bool vlanFiltering = false;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case ForwardDelayAttribute:
                    delay = attribute.AsUInt32();
                    break;
                case StpAttribute:
                    stp = attribute.AsUInt32();
                    break;
                case VlanFilteringAttribute:
                    vlanFiltering = attribute.AsByte() != 0;
                    break;
            }
        }

        return new BridgeOptions(delay, stp, vlanFiltering);
    }

    /// <summary>Writes those given; the kernel applies a forward delay before STP, whatever their order here.</summary>
    public static void Write(ref NetlinkWriter writer, uint? forwardDelay = null, bool? stp = null, bool? vlanFiltering = null)
    {
        int info = writer.BeginNested(LinkAttribute.Info);
        writer.WriteAttribute(LinkAttribute.InfoKind, Kind);
        int data = writer.BeginNested(LinkAttribute.InfoData);
        if (forwardDelay is { } delay)
        {
            writer.WriteAttribute(ForwardDelayAttribute, delay);
        }

        if (stp is { } on)
        {
            writer.WriteAttribute(StpAttribute, on ? 1u : 0u);
        }

        if (vlanFiltering is { } filtering)
        {
            writer.WriteAttribute(VlanFilteringAttribute, filtering ? (byte)1 : (byte)0);
        }

        writer.EndNested(data);
        writer.EndNested(info);
    }
}
