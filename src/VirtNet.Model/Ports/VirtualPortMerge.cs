namespace VirtNet.Model.Ports;

/// <summary>
/// What a switch is told about a port comes from the guest's interface, the network and the portgroup together. Each may
/// give a part; two may give the same parameter only if they agree.
/// </summary>
internal static class VirtualPortMerge
{
    /// <returns>Null when none of the three names a type.</returns>
    public static VirtualPort? Merge(VirtualPort? ofInterface, VirtualPort? ofNetwork, VirtualPort? ofPortGroup)
    {
        if (ofInterface?.Type is null && ofNetwork?.Type is null && ofPortGroup?.Type is null)
        {
            return null;
        }

        VirtualPort merged = Add(Add(ofInterface ?? new VirtualPort(Type: null), ofNetwork), ofPortGroup);
        return VirtualPortRules.ExtraOf(merged) is { } extra
            ? throw VirtualPortRules.Refused(VirtualPortRules.ExtraText(merged, extra))
            : merged;
    }

    private static VirtualPort Add(VirtualPort port, VirtualPort? more)
    {
        if (more is null)
        {
            return port;
        }

        if (port.Type is { } one && more.Type is { } other && one != other)
        {
            throw Mismatch("types", $"{VirtualPortRules.NameOf(one)} and {VirtualPortRules.NameOf(other)}");
        }

        VirtualPortType? type = port.Type ?? more.Type;

        // A parameter that the type does not have is left behind, as in libvirt, not refused.
        bool isQbg = type is null or VirtualPortType.Vepa8021Qbg;
        bool hasInterface = type is null or VirtualPortType.OpenVSwitch or VirtualPortType.MidoNet;
        bool hasProfile = type is null or VirtualPortType.VnLink8021Qbh or VirtualPortType.OpenVSwitch;
        return new VirtualPort(type)
        {
            ManagerId = Agree(port.ManagerId, more.ManagerId, isQbg, "managerids"),
            TypeId = Agree(port.TypeId, more.TypeId, isQbg, "typeids"),
            TypeIdVersion = Agree(port.TypeIdVersion, more.TypeIdVersion, isQbg, "typeidversions"),
            InstanceId = Agree(port.InstanceId, more.InstanceId, isQbg, "instanceids", quote: "'"),
            InterfaceId = Agree(port.InterfaceId, more.InterfaceId, hasInterface, "interfaceids", quote: "'"),
            ProfileId = Agree(port.ProfileId, more.ProfileId, hasProfile, "profileids"),
        };
    }

    private static T? Agree<T>(T? one, T? other, bool applies, string what, string quote = "")
        where T : struct
    {
        if (!applies || other is not { } added)
        {
            return one;
        }

        return one is not { } given || given.Equals(added)
            ? added
            : throw Mismatch(what, $"{quote}{given}{quote} and {quote}{added}{quote}");
    }

    private static string? Agree(string? one, string? other, bool applies, string what)
    {
        if (!applies || string.IsNullOrEmpty(other))
        {
            return one;
        }

        return string.IsNullOrEmpty(one) || one == other ? other : throw Mismatch(what, $"'{one}' and '{other}'");
    }

    private static VirtNetException Mismatch(string what, string values) =>
        VirtualPortRules.Refused($"attempt to merge virtualports with mismatched {what} ({values})");
}
