using VirtNet.Model;

namespace VirtNet.Host.Networks;

/// <summary>A guest's device on the bridge of a network, as it was when the network stopped.</summary>
/// <param name="Index">The kernel's number of it: another device of the same name is another guest's.</param>
/// <param name="Mac">The host's end of the cable: a hypervisor gives a tap the guest's address with another first byte.</param>
/// <param name="ComesBack">Whether it is plugged again when the network starts: a hypervisor's tap, which nobody else will.</param>
/// <param name="Switches">Isolation and the like, by attribute (IFLA_BRPORT_* in linux/if_link.h).</param>
public sealed record PluggedGuest(
    string Device, int Index, MacAddress? Mac, bool ComesBack, ValueList<KeyValuePair<int, byte>> Switches);
