using System.Runtime.InteropServices;
using VirtNet.Host.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Link;

/// <summary>The bridge that a network owns.</summary>
internal sealed record BridgeLink(string Name) : HostResource(Ranks.Bridge)
{
    private const string AliasPrefix = "virtnet:";

    // The kernel's bounds while STP is on, in hundredths of a second: it raises and lowers what is outside.
    private const ulong MinForwardDelay = 200;
    private const ulong MaxForwardDelay = 3000;

    private const uint EthernetMtu = 1500;

    public override string Key => KeyOf(Name);

    public override string Kind => "link";

    public override string? Device => Name;

    public override string Summary =>
        $"bridge {Name}{(Mac is { } mac ? $" mac {mac}" : "")}{(Mtu is { } mtu ? $" mtu {mtu}" : "")}"
        + $" stp {(Stp ? "on" : "off")} forward delay {ForwardDelay / 100.0:0.##} s";

    /// <summary>Null = whatever the kernel chose.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>Null = the kernel's default, which follows the ports.</summary>
    public uint? Mtu { get; init; }

    public bool Stp { get; init; }

    /// <summary>In hundredths of a second, as the kernel ends up holding it.</summary>
    public uint ForwardDelay { get; init; }

    /// <summary>Whether the link's alias names its owner.</summary>
    public bool Marked { get; init; } = true;

    public string Alias => Marked ? AliasOf(Owner ?? Guid.Empty) : "";

    public static string KeyOf(string bridge) => $"bridge {bridge}";

    public static BridgeLink For(NetworkDefinition network, Bridge bridge)
    {
        ulong delay = Math.Min(bridge.Delay, int.MaxValue / 100) * 100;
        return new BridgeLink(bridge.Name!)
        {
            Mac = network.Mac,
            Mtu = network.Mtu == 0 ? null : network.Mtu,
            Stp = bridge.Stp,
            ForwardDelay = (uint)(bridge.Stp ? Math.Clamp(delay, MinForwardDelay, MaxForwardDelay) : delay),
        };
    }

    /// <summary>
    /// This bridge where it ran as another one before: once an MTU was set, the kernel no longer chooses, so who does not
    /// ask for one any more gets Ethernet's.
    /// </summary>
    public BridgeLink InPlaceOf(BridgeLink? former) =>
        Mtu is null && former is { Mtu: not null } && former.Name == Name ? this with { Mtu = EthernetMtu } : this;

    /// <summary>What the host has of this bridge; properties that this one leaves open are left out.</summary>
    public BridgeLink Observe(LinkMessage link) => new(link.Name)
    {
        Owner = Owner,
        Marked = OwnerOf(link) == Owner,
        Mac = Mac is null ? null : link.Mac,
        Mtu = Mtu is null ? null : link.Mtu,
        Stp = link.Bridge is { Stp: not 0 },
        ForwardDelay = link.Bridge?.ForwardDelay ?? 0,
    };

    /// <summary>
    /// What a bridge bears from its first moment until it bears its alias, which the kernel takes of no link that it is still making:
    /// the number of its group. Who finds it so follows a daemon that was killed in between.
    /// </summary>
    public static uint FirstGroupOf(Guid owner)
    {
        Span<byte> bytes = stackalloc byte[16];
        owner.TryWriteBytes(bytes);
        uint group = 0;
        foreach (uint part in MemoryMarshal.Cast<byte, uint>(bytes))
        {
            group ^= part;
        }

        return Math.Max(1, group & int.MaxValue); // 0 is the group of all links, and programs take no negative ones
    }

    /// <summary>Whether this is a bridge that was made for a network and does not bear its alias yet.</summary>
    public static bool IsUnfinished(LinkMessage link, Guid owner) =>
        link.Kind == BridgeOptions.Kind && link.Alias is null or "" && link.Group == FirstGroupOf(owner);

    /// <summary>Whose bridge this is, by its alias; null where it is not virtnet's.</summary>
    public static Guid? OwnerOf(LinkMessage link) => link.Kind == BridgeOptions.Kind ? MarkIn(link.Alias) : null;

    /// <summary>The alias of a link that belongs to a network.</summary>
    public static string AliasOf(Guid owner) => AliasPrefix + owner;

    /// <summary>The network that an alias names; null where it is not virtnet's.</summary>
    public static Guid? MarkIn(string? text) =>
        text is { } alias
        && alias.StartsWith(AliasPrefix, StringComparison.Ordinal)
        && Guid.TryParse(alias.AsSpan(AliasPrefix.Length), out Guid owner)
            ? owner
            : null;
}
