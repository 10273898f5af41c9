namespace VirtNet.Model;

/// <summary>VLAN tags of a network, portgroup or port.</summary>
public sealed record Vlan(bool Trunk, ValueList<VlanTag> Tags);

/// <summary>One tag, 0..4095.</summary>
public sealed record VlanTag(ushort Id, VlanNativeMode? NativeMode = null);

public enum VlanNativeMode
{
    Tagged,
    Untagged,
}
