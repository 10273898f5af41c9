using System.Collections.Immutable;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Netlink;

/// <summary>How a bridge treats one of its ports (IFLA_BRPORT_* in linux/if_link.h).</summary>
/// <param name="Switches">Hairpin, learning, flooding, isolation and the like: all that is one byte, by attribute.</param>
internal sealed record BridgePort(PortState State, ImmutableArray<KeyValuePair<int, byte>> Switches)
{
    private const int StateAttribute = 1;
    private const int HairpinAttribute = 4; // IFLA_BRPORT_MODE
    private const int LearningAttribute = 8;
    private const int SuppressionAttribute = 32;
    private const int LockAttribute = 39;

    /// <summary>
    /// Mode, guard, protect, fast leave, learning, flooding (three), multicast to unicast, neighbours, isolated, locked.
    /// </summary>
    private static readonly int[] SwitchAttributes = [4, 5, 6, 7, 8, 9, 27, 28, 30, 32, 33, LockAttribute];

    /// <summary>Whether the bridge finds out from what arrives there who is behind it.</summary>
    public bool Learns => ValueOf(LearningAttribute) != 0;

    /// <summary>Whether the bridge answers there for neighbours that it knows of, and does not ask who is behind it for them.</summary>
    public bool Suppresses => ValueOf(SuppressionAttribute) == 1;

    /// <summary>Whether the kernel can keep a port to what it knows to be behind it (Linux 5.18).</summary>
    public bool CanBeLocked => ValueOf(LockAttribute) is not null;

    /// <summary>Whether nobody but whom the bridge knows to be behind it gets anything in there.</summary>
    public bool IsLocked => ValueOf(LockAttribute) == 1;

    /// <summary>Whether that is so for good, as nothing that arrives there changes what the bridge knows: virtnet's way to lock a port.</summary>
    public bool IsClosed => IsLocked && !Learns;

    /// <summary>As it is without virtnet's lock.</summary>
    public BridgePort Opened => IsClosed ? With(LearningAttribute, true).With(LockAttribute, false) : this;

    /// <summary>Whether frames go out by it that came in by it.</summary>
    public bool IsHairpin => ValueOf(HairpinAttribute) == 1;

    /// <summary>This setting alone: a message with it changes no others.</summary>
    public static BridgePort Hairpin(bool on) => new(PortState.Disabled, [Switch(HairpinAttribute, on)]);

    /// <summary>The same settings, but no hairpin.</summary>
    public BridgePort WithoutHairpin() => With(HairpinAttribute, false);

    /// <summary>These settings alone: a message with them changes no others.</summary>
    public static BridgePort Of(bool learns, bool suppresses) => new(
        PortState.Disabled, [Switch(LearningAttribute, learns), Switch(SuppressionAttribute, suppresses)]);

    /// <inheritdoc cref="Of"/>
    public static BridgePort Lock(bool closed) => new(
        PortState.Disabled, [Switch(LockAttribute, closed), Switch(LearningAttribute, !closed)]);

    public static BridgePort Parse(NetlinkAttributes attributes)
    {
        PortState state = PortState.Disabled;
        ImmutableArray<KeyValuePair<int, byte>>.Builder switches =
            ImmutableArray.CreateBuilder<KeyValuePair<int, byte>>(SwitchAttributes.Length);
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == StateAttribute)
            {
                state = (PortState)attribute.AsByte();
            }
            else if (SwitchAttributes.Contains(attribute.Type))
            {
                switches.Add(new(attribute.Type, attribute.AsByte()));
            }
        }

        return new BridgePort(state, switches.DrainToImmutable());
    }

    /// <summary>The kernel refuses this while its own STP runs on the bridge.</summary>
    public static void WriteState(ref NetlinkWriter writer, PortState state) =>
        writer.WriteAttribute(StateAttribute, (byte)state);

    public void WriteSwitches(ref NetlinkWriter writer)
    {
        foreach ((int attribute, byte value) in Switches)
        {
            writer.WriteAttribute(attribute, value);
        }
    }

    private static KeyValuePair<int, byte> Switch(int attribute, bool on) => new(attribute, on ? (byte)1 : (byte)0);

    private BridgePort With(int attribute, bool on) =>
        this with { Switches = [.. Switches.Select(each => each.Key == attribute ? Switch(attribute, on) : each)] };

    private byte? ValueOf(int attribute)
    {
        foreach ((int each, byte value) in Switches)
        {
            if (each == attribute)
            {
                return value;
            }
        }

        return null;
    }
}

/// <summary>Where a port stands in the spanning tree (linux/if_bridge.h).</summary>
internal enum PortState : byte
{
    Disabled = 0,
    Listening = 1,
    Learning = 2,
    Forwarding = 3,
    Blocking = 4,
}
