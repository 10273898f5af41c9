namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>Options whose values have a form of their own (IANA, BOOTP and DHCP parameters; DHCPv6).</summary>
internal static class OptionCodes
{
    public const int DomainSearch = 119;
    public const int SipServers = 120;
    public const int NtpServersIpv6 = 56;
}
