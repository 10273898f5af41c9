namespace VirtNet.Linux.Netlink;

/// <summary>The kernel's netlink families that are used here (linux/netlink.h).</summary>
internal enum NetlinkFamily
{
    Route = 0,

    /// <summary>Who has which socket.</summary>
    SocketDiagnosis = 4,
    Netfilter = 12,
}

/// <summary>Message types, of rtnetlink where not common to all (linux/netlink.h, linux/rtnetlink.h).</summary>
internal enum NetlinkType : ushort
{
    Error = 2,
    Done = 3,
    NewLink = 16,
    DeleteLink = 17,
    GetLink = 18,
    SetLink = 19,
    NewAddress = 20,
    DeleteAddress = 21,
    GetAddress = 22,
    NewRoute = 24,
    DeleteRoute = 25,
    GetRoute = 26,
    NewNeighbour = 28,
    DeleteNeighbour = 29,
    GetNeighbour = 30,
    GetRule = 34,
    GetQdisc = 38,
    GetClass = 42,
    GetFilter = 46,
    NewPrefix = 52,
    NewForwarding = 80,
}

/// <summary>Flags of a request or of an answer (linux/netlink.h).</summary>
[Flags]
internal enum NetlinkFlags : ushort
{
    None = 0,
    Request = 0x1,
    Multi = 0x2,
    Acknowledge = 0x4,

    /// <summary>Sends the requester a copy of what is announced.</summary>
    Echo = 0x8,
    DumpInterrupted = 0x10,
    Replace = 0x100,
    Exclusive = 0x200,
    Dump = 0x300,
    Create = 0x400,

    /// <summary>Beside what is there under the same key.</summary>
    Append = 0x800,
}

/// <summary>Multicast groups of rtnetlink and of nfnetlink.</summary>
internal static class NetlinkGroup
{
    public const int Link = 1;
    public const int Neighbour = 3;
    public const int Ipv4Address = 5;
    public const int Ipv4Route = 7;
    public const int Ipv6Address = 9;
    public const int Ipv6Route = 11;
    public const int Ipv6Prefix = 18;
    public const int Ipv4Forwarding = 24;
    public const int Ipv6Forwarding = 25;

    /// <summary>In the netfilter family.</summary>
    public const int NfTables = 7;
}

/// <summary>Address families as the kernel numbers them.</summary>
internal static class KernelFamily
{
    public const byte Unspecified = 0;
    public const byte Ipv4 = 2;
    public const byte Bridge = 7;
    public const byte Ipv6 = 10;

    public static byte Of(System.Net.IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Ipv6 : Ipv4;
}
