namespace VirtNet.Model.Updates;

/// <summary>The <c>&lt;ip&gt;</c> whose ranges or reservations an update is about.</summary>
internal sealed record DhcpParent(NetworkDefinition Definition, int Index)
{
    public IpDefinition Ip => Definition.Ips[Index];

    /// <summary>
    /// A given index counts all <c>&lt;ip&gt;</c>s; -1 stands for the one with DHCP, else the first IPv4, else the first.
    /// </summary>
    public static DhcpParent Find(UpdateRequest request)
    {
        ValueList<IpDefinition> ips = request.Definition.Ips;
        int index = request.ParentIndex;
        if (index >= ips.Count)
        {
            throw VirtNetException.OperationInvalid(
                $"couldn't update dhcp host entry - no <ip> element found at index {index} in network '{request.Network}'");
        }

        if (index < 0)
        {
            index = ips.IndexOf(ip => ip.HasDhcp);
            index = index < 0 ? ips.IndexOf(ip => !ip.IsIpv6) : index;
            index = index < 0 ? ips.IndexOf(ip => ip.IsIpv6) : index;
        }

        return index >= 0
            ? new DhcpParent(request.Definition, index)
            : throw VirtNetException.OperationInvalid(
                $"couldn't update dhcp host entry - no <ip> element found in network '{request.Network}'");
    }

    public NetworkDefinition With(IpDefinition ip) => Definition with { Ips = Definition.Ips.Replacing(Index, ip) };

    /// <summary>One subnet of a family has DHCP at most.</summary>
    public void RefuseSecondDhcp()
    {
        IpDefinition parent = Ip;
        for (int i = 0; i < Definition.Ips.Count; i++)
        {
            IpDefinition other = Definition.Ips[i];
            if (i != Index && other.IsIpv6 == parent.IsIpv6 && other.HasDhcp)
            {
                throw VirtNetException.OperationInvalid(
                    $"dhcp is supported only for a single {(parent.IsIpv6 ? "IPv6" : "IPv4")} address on each network");
            }
        }
    }
}
