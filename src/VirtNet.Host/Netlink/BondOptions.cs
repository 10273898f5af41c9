using System.Net;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>What is told of a bond (IFLA_BOND_* in linux/if_link.h). Times are milliseconds; 0 = off.</summary>
internal sealed record BondOptions
{
    public const string Kind = "bond";

    private const int ModeAttribute = 1;
    private const int MiiIntervalAttribute = 3;
    private const int UpDelayAttribute = 4;
    private const int DownDelayAttribute = 5;
    private const int UseCarrierAttribute = 6;
    private const int ArpIntervalAttribute = 7;
    private const int ArpTargetAttribute = 8;
    private const int ArpValidateAttribute = 9;

    public byte Mode { get; init; }

    public uint MiiInterval { get; init; }

    public uint UpDelay { get; init; }

    public uint DownDelay { get; init; }

    public bool UseCarrier { get; init; }

    public uint ArpInterval { get; init; }

    /// <summary>The first of the addresses that are asked for.</summary>
    public IPAddress? ArpTarget { get; init; }

    /// <summary>0 none, 1 active, 2 backup, 3 all.</summary>
    public uint ArpValidate { get; init; }

    public static BondOptions Parse(NetlinkAttributes attributes)
    {
        BondOptions bond = new();
        foreach (NetlinkAttribute attribute in attributes)
        {
            bond = attribute.Type switch
            {
                ModeAttribute => bond with { Mode = attribute.AsByte() },
                MiiIntervalAttribute => bond with { MiiInterval = attribute.AsUInt32() },
                UpDelayAttribute => bond with { UpDelay = attribute.AsUInt32() },
                DownDelayAttribute => bond with { DownDelay = attribute.AsUInt32() },
                UseCarrierAttribute => bond with { UseCarrier = attribute.AsByte() != 0 },
                ArpIntervalAttribute => bond with { ArpInterval = attribute.AsUInt32() },
                ArpTargetAttribute => bond with { ArpTarget = First(attribute.AsNested()) },
                ArpValidateAttribute => bond with { ArpValidate = attribute.AsUInt32() },
                _ => bond,
            };
        }

        return bond;
    }

    private static IPAddress? First(NetlinkAttributes addresses) =>
        addresses.MoveNext() ? addresses.Current.AsAddress() : null;
}
