namespace VirtNet.Model.Ports;

/// <summary>
/// Which guest has which MAC addresses on a network: the file <c>BRIDGE.macs</c>, from which libvirt's NSS module finds
/// guests by their names.
/// </summary>
public sealed record MacMap(ValueList<GuestMacs> Guests)
{
    /// <summary>Guests by name, the addresses of each in the order of its ports.</summary>
    public static MacMap Of(IEnumerable<NetworkPort> ports) => new(
        ports.GroupBy(port => port.OwnerName, StringComparer.Ordinal)
            .OrderBy(guest => guest.Key, StringComparer.Ordinal)
            .Select(guest => new GuestMacs(guest.Key, guest.Select(port => port.Mac).Distinct().ToValueList()))
            .ToValueList());
}

/// <summary>One guest's addresses.</summary>
public sealed record GuestMacs(string Guest, ValueList<MacAddress> Macs);
