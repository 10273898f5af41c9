namespace VirtNet.Model.Xml;

/// <summary>
/// Which elements and attributes a <c>&lt;network&gt;</c> document may hold, for telling authors about those that are
/// ignored. It says nothing about values: readers and schema do.
/// </summary>
internal sealed class ElementShape(string name, string[] attributes, params ElementShape[] children)
{
    public string Name { get; } = name;

    public string[] Attributes { get; } = attributes;

    public ElementShape[] Children { get; } = children;

    /// <summary>Whether a second such element is read too. Elsewhere the first one counts.</summary>
    public bool Repeats { get; init; }

    /// <summary>Anything goes inside.</summary>
    public bool Free { get; init; }

    public ElementShape? Child(string child) => Array.Find(Children, shape => shape.Name == child);
}

internal static class NetworkShape
{
    private static readonly string[] None = [];

    private static readonly string[] Rates = ["average", "peak", "burst", "floor"];

    private static readonly ElementShape Bandwidth = new("bandwidth", ["classID"],
        new ElementShape("inbound", Rates),
        new ElementShape("outbound", Rates));

    private static readonly ElementShape Vlan = new("vlan", ["trunk"],
        new ElementShape("tag", ["id", "nativeMode"]) { Repeats = true });

    private static readonly ElementShape VirtualPort = new("virtualport", ["type"],
        new ElementShape("parameters",
            ["managerid", "typeid", "typeidversion", "instanceid", "interfaceid", "profileid"]));

    private static readonly ElementShape Lease = new("lease", ["expiry", "unit"]);

    public static ElementShape Root { get; } = new("network", ["ipv6", "trustGuestRxFilters", "connections"],
        new ElementShape("name", None),
        new ElementShape("uuid", None),
        new ElementShape("title", None),
        new ElementShape("description", None),
        new ElementShape("metadata", None) { Free = true },
        new ElementShape("forward", ["mode", "dev", "managed"],
            new ElementShape("driver", ["name", "model"]),
            new ElementShape("nat", ["ipv6"],
                new ElementShape("address", ["start", "end"]),
                new ElementShape("port", ["start", "end"])),
            new ElementShape("pf", ["dev"]),
            new ElementShape("interface", ["dev", "connections"]) { Repeats = true },
            new ElementShape("address", ["type", "domain", "bus", "slot", "function", "multifunction"]) { Repeats = true }),
        new ElementShape("bridge", ["name", "zone", "stp", "delay", "macTableManager"]),
        new ElementShape("mtu", ["size"]),
        new ElementShape("mac", ["address"]),
        new ElementShape("domain", ["name", "localOnly", "register"]),
        new ElementShape("dns", ["enable", "forwardPlainNames"],
            new ElementShape("forwarder", ["domain", "addr", "port"]) { Repeats = true },
            new ElementShape("txt", ["name", "value"]) { Repeats = true },
            new ElementShape("srv",
                ["service", "protocol", "domain", "target", "port", "priority", "weight"]) { Repeats = true },
            new ElementShape("host", ["ip"], new ElementShape("hostname", None) { Repeats = true }) { Repeats = true }),
        Vlan,
        Bandwidth,
        new ElementShape("port", ["isolated"]),
        new ElementShape("ip", ["family", "address", "netmask", "prefix", "localPtr"],
            new ElementShape("tftp", ["root"]),
            new ElementShape("dhcp", None,
                new ElementShape("range", ["start", "end"], Lease) { Repeats = true },
                new ElementShape("host", ["mac", "id", "name", "ip"], Lease) { Repeats = true },
                new ElementShape("bootp", ["file", "server"]))) { Repeats = true },
        new ElementShape("route", ["family", "address", "netmask", "prefix", "gateway", "metric"]) { Repeats = true },
        VirtualPort,
        new ElementShape("portgroup", ["name", "default", "trustGuestRxFilters"],
            Vlan, VirtualPort, Bandwidth) { Repeats = true });
}
