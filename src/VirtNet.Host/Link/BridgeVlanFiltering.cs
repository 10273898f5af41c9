namespace VirtNet.Host.Link;

/// <summary>VLAN filtering of a bridge, which <c>macTableManager='libvirt'</c> builds on.</summary>
internal sealed record BridgeVlanFiltering(string Bridge) : HostResource(Ranks.VlanFiltering)
{
    public override string Key => $"vlan filtering of {Bridge}";

    public override string Kind => "link";

    public override string? Device => Bridge;

    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    /// <summary>Of a bridge of the host, as with libvirt: it may be that somebody else filters, too.</summary>
    public override bool Stays => Owner is null;

    /// <summary>Kernels may be built without it.</summary>
    public override bool BestEffort => true;
}
