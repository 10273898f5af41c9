namespace VirtNet.Model.Updates;

/// <summary>virNetworkUpdateCommand. The numbers are ABI; a client may send others, and is told so.</summary>
public enum NetworkUpdateCommand : uint
{
    None = 0,
    Modify = 1,
    Delete = 2,
    AddLast = 3,
    AddFirst = 4,
}

/// <summary>virNetworkUpdateSection. The numbers are ABI; a client may send others, and is told so.</summary>
public enum NetworkUpdateSection : uint
{
    None = 0,
    Bridge = 1,
    Domain = 2,
    Ip = 3,
    IpDhcpHost = 4,
    IpDhcpRange = 5,
    Forward = 6,
    ForwardInterface = 7,
    ForwardPf = 8,
    PortGroup = 9,
    DnsHost = 10,
    DnsTxt = 11,
    DnsSrv = 12,
}
