namespace VirtNet.Model.Publishing;

/// <summary>
/// One <c>&lt;peer&gt;</c>: what guests of another network may reach in this one. Only where that says the same of this one, both ways.
/// </summary>
/// <param name="Protocol">Null = everything.</param>
/// <param name="Ports">Empty = all ports of the protocol.</param>
public sealed record NetworkPeer(string Network, PublishedProtocol? Protocol, ValueList<PortRange> Ports);
