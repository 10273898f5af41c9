using System.Net;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host;

/// <summary>What guests of another network that runs may reach in a network.</summary>
/// <param name="Network">The other one's name, for people.</param>
/// <param name="Bridge">Behind which they are.</param>
/// <param name="Subnets">Where they are: their addresses stay as they are.</param>
/// <param name="Protocol">Null = everything.</param>
/// <param name="Ports">Empty = all ports of the protocol.</param>
public sealed record HostPeer(
    string Network, string Bridge, ValueList<IPNetwork> Subnets, PublishedProtocol? Protocol, ValueList<PortRange> Ports)
{
    private static readonly ValueList<PortRange> s_everyPort = [new PortRange(0, ushort.MaxValue)];

    /// <summary>As rules name them: all ports are a range. None where there is no protocol.</summary>
    internal ValueList<PortRange> Opened => Protocol is null ? [] : Ports.Count == 0 ? s_everyPort : Ports;

    public override string ToString() =>
        $"{Network}{(Protocol is { } protocol ? $" by {protocol.Name()}" : "")}{(Ports.Count > 0 ? $" {PortRange.Format(Ports)}" : "")}";
}
