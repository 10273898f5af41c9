namespace VirtNet.Host.Link;

/// <summary>That a network's bridge is up. It goes down before its rules go, so no guest is ever without them.</summary>
internal sealed record BridgeUp(string Bridge) : HostResource(Ranks.Up)
{
    public override string Key => $"link {Bridge} up";

    public override string Kind => "link";

    public override string? Device => Bridge;
}
