namespace VirtNet.Host.Iptables;

/// <summary>IPv4 and IPv6 have a set of tables each, and programs of their own.</summary>
internal sealed record IptablesFamily(bool IsIpv6, string Program, string Save, string Restore, string Reject)
{
    public static readonly IptablesFamily Ipv4 =
        new(IsIpv6: false, "iptables", "iptables-save", "iptables-restore", "REJECT --reject-with icmp-port-unreachable");

    public static readonly IptablesFamily Ipv6 =
        new(IsIpv6: true, "ip6tables", "ip6tables-save", "ip6tables-restore", "REJECT --reject-with icmp6-port-unreachable");

    public static readonly IptablesFamily[] Both = [Ipv4, Ipv6];
}
