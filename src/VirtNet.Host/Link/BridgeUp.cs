namespace VirtNet.Host.Link;

/// <summary>
/// That a network's bridge is up, and with IPv6 reached by its link-local address: the way out that guests are advertised. The bridge goes
/// down before its rules go, so no guest is ever without them.
/// </summary>
internal sealed record BridgeUp(string Bridge) : HostResource(Ranks.Up)
{
    /// <summary>
    /// Whether it has a link-local IPv6 address, or gets it from the kernel with its first port. Who takes a bridge over may have told the
    /// kernel to give none (NetworkManager does).
    /// </summary>
    public bool LinkLocal { get; init; }

    public override string Key => $"link {Bridge} up";

    public override string Kind => "link";

    public override string? Device => Bridge;
}
