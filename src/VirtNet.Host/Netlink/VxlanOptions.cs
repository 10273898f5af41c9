using System.Buffers.Binary;
using System.Net;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>What virtnet sets and reads of a VXLAN tunnel (IFLA_VXLAN_* in linux/if_link.h).</summary>
/// <param name="Vni">The number of the network in it.</param>
/// <param name="Local">The address of this host that it sends from; null = whichever.</param>
/// <param name="Port">Of UDP.</param>
/// <param name="Learns">Whether it finds out from what arrives behind which host a MAC address is.</param>
internal sealed record VxlanOptions(uint Vni, IPAddress? Local, ushort Port, bool Learns)
{
    public const string Kind = "vxlan";

    private const int VniAttribute = 1;
    private const int LocalAttribute = 4;
    private const int LearningAttribute = 7;
    private const int PortAttribute = 15;
    private const int Local6Attribute = 17;

    public static VxlanOptions Parse(NetlinkAttributes attributes)
    {
        VxlanOptions options = new(Vni: 0, Local: null, Port: 0, Learns: false);
        foreach (NetlinkAttribute attribute in attributes)
        {
            options = attribute.Type switch
            {
                VniAttribute => options with { Vni = attribute.AsUInt32() },
                LocalAttribute or Local6Attribute => options with { Local = attribute.AsAddress() },
                LearningAttribute => options with { Learns = attribute.AsByte() != 0 },
                PortAttribute when attribute.Value.Length == 2 =>
                    options with { Port = BinaryPrimitives.ReadUInt16BigEndian(attribute.Value) },
                _ => options,
            };
        }

        return options;
    }

    public void Write(ref NetlinkWriter writer)
    {
        Span<byte> port = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, Port);
        int info = writer.BeginNested(LinkAttribute.Info);
        writer.WriteAttribute(LinkAttribute.InfoKind, Kind);
        int data = writer.BeginNested(LinkAttribute.InfoData);
        writer.WriteAttribute(VniAttribute, Vni);
        if (Local is { } local)
        {
            writer.WriteAttribute(KernelFamily.Of(local) == KernelFamily.Ipv6 ? Local6Attribute : LocalAttribute, local.GetAddressBytes());
        }

        writer.WriteAttribute(LearningAttribute, Learns ? (byte)1 : (byte)0);
        writer.WriteAttribute(PortAttribute, port);
        writer.EndNested(data);
        writer.EndNested(info);
    }
}
