using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>What virtnet sets or reads of a bridge (IFLA_BR_* in linux/if_link.h).</summary>
/// <param name="ForwardDelay">In hundredths of a second.</param>
/// <param name="Stp">0 = off, 1 = the kernel's, 2 = a program's.</param>
/// <param name="Filters4">Whether IPv4 in its frames passes the rules for packets, whatever other bridges do.</param>
/// <param name="Filters6">The same of IPv6.</param>
internal sealed record BridgeOptions(uint ForwardDelay, uint Stp, bool VlanFiltering, bool Filters4 = false, bool Filters6 = false)
{
    public const string Kind = "bridge";

    public const uint KernelStp = 1;

    private const int ForwardDelayAttribute = 1;
    private const int StpAttribute = 5;
    private const int VlanFilteringAttribute = 7;
    private const int Filter4Attribute = 36; // IFLA_BR_NF_CALL_IPTABLES
    private const int Filter6Attribute = 37; // IFLA_BR_NF_CALL_IP6TABLES

    public static BridgeOptions Parse(NetlinkAttributes attributes)
    {
        uint delay = 0;
        uint stp = 0;
        bool vlanFiltering = false;
        bool filters4 = false;
        bool filters6 = false;
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
                case Filter4Attribute:
                    filters4 = attribute.AsByte() != 0;
                    break;
                case Filter6Attribute:
                    filters6 = attribute.AsByte() != 0;
                    break;
            }
        }

        return new BridgeOptions(delay, stp, vlanFiltering, filters4, filters6);
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
