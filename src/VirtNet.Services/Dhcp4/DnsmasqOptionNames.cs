namespace VirtNet.Services.Dhcp4;

/// <summary>How the value of an option is written in a <c>dhcp-option=</c> line.</summary>
internal enum DnsmasqOptionForm
{
    /// <summary>Not known: by the looks of the value.</summary>
    ByLooks,
    Addresses,
    Text,
    Octet,
    Short,
    Long,

    /// <summary>Domain names in DNS form.</summary>
    Names,

    /// <summary>Classless routes.</summary>
    Routes,
}

/// <summary>dnsmasq's names of DHCPv4 options (<c>dnsmasq --help dhcp</c>) and the forms of their values (RFC 2132).</summary>
internal static class DnsmasqOptionNames
{
    private readonly record struct Known(byte Code, string Name, DnsmasqOptionForm Form);

    private static readonly Known[] Options =
    [
        new(1, "netmask", DnsmasqOptionForm.Addresses),
        new(2, "time-offset", DnsmasqOptionForm.Long),
        new(3, "router", DnsmasqOptionForm.Addresses),
        new(6, "dns-server", DnsmasqOptionForm.Addresses),
        new(7, "log-server", DnsmasqOptionForm.Addresses),
        new(9, "lpr-server", DnsmasqOptionForm.Addresses),
        new(13, "boot-file-size", DnsmasqOptionForm.Short),
        new(15, "domain-name", DnsmasqOptionForm.Text),
        new(16, "swap-server", DnsmasqOptionForm.Addresses),
        new(17, "root-path", DnsmasqOptionForm.Text),
        new(18, "extension-path", DnsmasqOptionForm.Text),
        new(19, "ip-forward-enable", DnsmasqOptionForm.Octet),
        new(20, "non-local-source-routing", DnsmasqOptionForm.Octet),
        new(21, "policy-filter", DnsmasqOptionForm.Addresses),
        new(22, "max-datagram-reassembly", DnsmasqOptionForm.Short),
        new(23, "default-ttl", DnsmasqOptionForm.Octet),
        new(26, "mtu", DnsmasqOptionForm.Short),
        new(27, "all-subnets-local", DnsmasqOptionForm.Octet),
        new(28, "broadcast", DnsmasqOptionForm.Addresses),
        new(31, "router-discovery", DnsmasqOptionForm.Octet),
        new(32, "router-solicitation", DnsmasqOptionForm.Addresses),
        new(33, "static-route", DnsmasqOptionForm.Addresses),
        new(34, "trailer-encapsulation", DnsmasqOptionForm.Octet),
        new(35, "arp-timeout", DnsmasqOptionForm.Long),
        new(36, "ethernet-encap", DnsmasqOptionForm.Octet),
        new(37, "tcp-ttl", DnsmasqOptionForm.Octet),
        new(38, "tcp-keepalive", DnsmasqOptionForm.Long),
        new(40, "nis-domain", DnsmasqOptionForm.Text),
        new(41, "nis-server", DnsmasqOptionForm.Addresses),
        new(42, "ntp-server", DnsmasqOptionForm.Addresses),
        new(44, "netbios-ns", DnsmasqOptionForm.Addresses),
        new(45, "netbios-dd", DnsmasqOptionForm.Addresses),
        new(46, "netbios-nodetype", DnsmasqOptionForm.Octet),
        new(47, "netbios-scope", DnsmasqOptionForm.ByLooks),
        new(48, "x-windows-fs", DnsmasqOptionForm.Addresses),
        new(49, "x-windows-dm", DnsmasqOptionForm.Addresses),
        new(58, "T1", DnsmasqOptionForm.Long),
        new(59, "T2", DnsmasqOptionForm.Long),
        new(60, "vendor-class", DnsmasqOptionForm.Text),
        new(64, "nis+-domain", DnsmasqOptionForm.Text),
        new(65, "nis+-server", DnsmasqOptionForm.Addresses),
        new(66, "tftp-server", DnsmasqOptionForm.Text),
        new(67, "bootfile-name", DnsmasqOptionForm.Text),
        new(68, "mobile-ip-home", DnsmasqOptionForm.Addresses),
        new(69, "smtp-server", DnsmasqOptionForm.Addresses),
        new(70, "pop3-server", DnsmasqOptionForm.Addresses),
        new(71, "nntp-server", DnsmasqOptionForm.Addresses),
        new(74, "irc-server", DnsmasqOptionForm.Addresses),
        new(77, "user-class", DnsmasqOptionForm.ByLooks),
        new(100, "posix-timezone", DnsmasqOptionForm.Text),
        new(101, "tzdb-timezone", DnsmasqOptionForm.Text),
        new(108, "ipv6-only", DnsmasqOptionForm.Long),
        new(119, "domain-search", DnsmasqOptionForm.Names),
        new(120, "sip-server", DnsmasqOptionForm.ByLooks),
        new(121, "classless-static-route", DnsmasqOptionForm.Routes),
        new(150, "tftp-server-address", DnsmasqOptionForm.Addresses),
        new(249, "", DnsmasqOptionForm.Routes), // Microsoft's number for 121
    ];

    public static bool TryFind(string name, out byte code)
    {
        foreach (Known option in Options)
        {
            if (name.Length > 0 && option.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                code = option.Code;
                return true;
            }
        }

        code = 0;
        return false;
    }

    public static DnsmasqOptionForm FormOf(byte code)
    {
        foreach (Known option in Options)
        {
            if (option.Code == code)
            {
                return option.Form;
            }
        }

        return DnsmasqOptionForm.ByLooks;
    }
}
