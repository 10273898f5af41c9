namespace VirtNet.Model.Publishing;

/// <summary>
/// One <c>&lt;peer&gt;</c>: what guests of another network may reach in this one, by the addresses that both have. The other way round
/// only as far as that network says the same of this one.
/// </summary>
/// <param name="Network">Its name, whether there is such a network or not: in force while it runs.</param>
/// <param name="Protocol">Null = everything.</param>
/// <param name="Ports">Empty = all ports of the protocol.</param>
public sealed record NetworkPeer(string Network, PublishedProtocol? Protocol, ValueList<PortRange> Ports)
{
    /// <returns>Half a sentence; null where it may be.</returns>
    public string? WhyImpossible(NetworkDefinition network) =>
        !network.OwnsBridge ? $"a network in mode {network.Forward.Mode.Name()} has no peers: its guests are on another network"
        : Network == network.Name ? "a network is not its own peer: its guests reach each other anyway"
        : null;
}
