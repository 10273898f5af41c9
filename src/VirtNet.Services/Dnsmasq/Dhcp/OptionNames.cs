namespace VirtNet.Services.Dnsmasq.Dhcp;

/// <summary>dnsmasq's names of DHCP options and the forms of their values (<c>dnsmasq --help dhcp</c> and <c>dhcp6</c>).</summary>
internal sealed class OptionNames
{
    private readonly Known[] _options;

    private OptionNames(Known[] options) => _options = options;

    public static OptionNames Ipv4 { get; } = new(
    [
        new(1, "netmask", OptionKind.Addresses),
        new(2, "time-offset", OptionKind.Open, size: 4),
        new(3, "router", OptionKind.Addresses),
        new(6, "dns-server", OptionKind.Addresses),
        new(7, "log-server", OptionKind.Addresses),
        new(9, "lpr-server", OptionKind.Addresses),
        new(12, "hostname", OptionKind.Text, isInternal: true),
        new(13, "boot-file-size", OptionKind.Open, size: 2),
        new(15, "domain-name", OptionKind.Text),
        new(16, "swap-server", OptionKind.Addresses),
        new(17, "root-path", OptionKind.Text),
        new(18, "extension-path", OptionKind.Text),
        new(19, "ip-forward-enable", OptionKind.Open, size: 1),
        new(20, "non-local-source-routing", OptionKind.Open, size: 1),
        new(21, "policy-filter", OptionKind.Addresses),
        new(22, "max-datagram-reassembly", OptionKind.Open, size: 2),
        new(23, "default-ttl", OptionKind.Open, size: 1),
        new(26, "mtu", OptionKind.Open, size: 2),
        new(27, "all-subnets-local", OptionKind.Open, size: 1),
        new(28, "broadcast", OptionKind.Addresses, isInternal: true),
        new(31, "router-discovery", OptionKind.Open, size: 1),
        new(32, "router-solicitation", OptionKind.Addresses),
        new(33, "static-route", OptionKind.Addresses),
        new(34, "trailer-encapsulation", OptionKind.Open, size: 1),
        new(35, "arp-timeout", OptionKind.Open, size: 4),
        new(36, "ethernet-encap", OptionKind.Open, size: 1),
        new(37, "tcp-ttl", OptionKind.Open, size: 1),
        new(38, "tcp-keepalive", OptionKind.Open, size: 4),
        new(40, "nis-domain", OptionKind.Text),
        new(41, "nis-server", OptionKind.Addresses),
        new(42, "ntp-server", OptionKind.Addresses),
        new(43, "vendor-encap", OptionKind.Open, isInternal: true),
        new(44, "netbios-ns", OptionKind.Addresses),
        new(45, "netbios-dd", OptionKind.Addresses),
        new(46, "netbios-nodetype", OptionKind.Open, size: 1),
        new(47, "netbios-scope", OptionKind.Open),
        new(48, "x-windows-fs", OptionKind.Addresses),
        new(49, "x-windows-dm", OptionKind.Addresses),
        new(50, "requested-address", OptionKind.Addresses, isInternal: true),
        new(51, "lease-time", OptionKind.Time, isInternal: true),
        new(52, "option-overload", OptionKind.Open, isInternal: true),
        new(53, "message-type", OptionKind.Open, isInternal: true),
        new(54, "server-identifier", OptionKind.Addresses, isInternal: true),
        new(55, "parameter-request", OptionKind.Open, isInternal: true),
        new(56, "message", OptionKind.Open, isInternal: true),
        new(57, "max-message-size", OptionKind.Open, isInternal: true),
        new(58, "T1", OptionKind.Time),
        new(59, "T2", OptionKind.Time),
        new(60, "vendor-class", OptionKind.Open),
        new(61, "client-id", OptionKind.Open, isInternal: true),
        new(64, "nis+-domain", OptionKind.Text),
        new(65, "nis+-server", OptionKind.Addresses),
        new(66, "tftp-server", OptionKind.Text),
        new(67, "bootfile-name", OptionKind.Text),
        new(68, "mobile-ip-home", OptionKind.Addresses),
        new(69, "smtp-server", OptionKind.Addresses),
        new(70, "pop3-server", OptionKind.Addresses),
        new(71, "nntp-server", OptionKind.Addresses),
        new(74, "irc-server", OptionKind.Addresses),
        new(77, "user-class", OptionKind.Open),
        new(80, "rapid-commit", OptionKind.Open),
        new(81, "FQDN", OptionKind.Open, isInternal: true),
        new(82, "agent-id", OptionKind.Open, isInternal: true),
        new(93, "client-arch", OptionKind.Open, size: 2),
        new(94, "client-interface-id", OptionKind.Open),
        new(97, "client-machine-id", OptionKind.Open),
        new(100, "posix-timezone", OptionKind.Text),
        new(101, "tzdb-timezone", OptionKind.Text),
        new(108, "ipv6-only", OptionKind.Open, size: 4),
        new(118, "subnet-select", OptionKind.Open, isInternal: true),
        new(119, "domain-search", OptionKind.Names),
        new(120, "sip-server", OptionKind.Open),
        new(121, "classless-static-route", OptionKind.Open),
        new(125, "vendor-id-encap", OptionKind.Open),
        new(150, "tftp-server-address", OptionKind.Addresses),
        new(OptionLine.NextServer, "server-ip-address", OptionKind.Addresses),
    ]);

    public static OptionNames Ipv6 { get; } = new(
    [
        new(1, "client-id", OptionKind.Open, isInternal: true),
        new(2, "server-id", OptionKind.Open, isInternal: true),
        new(3, "ia-na", OptionKind.Open, isInternal: true),
        new(4, "ia-ta", OptionKind.Open, isInternal: true),
        new(5, "iaaddr", OptionKind.Open, isInternal: true),
        new(6, "oro", OptionKind.Open, isInternal: true),
        new(7, "preference", OptionKind.Open, isInternal: true),
        new(12, "unicast", OptionKind.Open, isInternal: true),
        new(13, "status", OptionKind.Open, isInternal: true),
        new(14, "rapid-commit", OptionKind.Open, isInternal: true),
        new(15, "user-class", OptionKind.Strings, isInternal: true),
        new(16, "vendor-class", OptionKind.Strings, isInternal: true),
        new(17, "vendor-opts", OptionKind.Open, isInternal: true),
        new(21, "sip-server-domain", OptionKind.Names),
        new(22, "sip-server", OptionKind.Addresses),
        new(23, "dns-server", OptionKind.Addresses),
        new(24, "domain-search", OptionKind.Names),
        new(27, "nis-server", OptionKind.Addresses),
        new(28, "nis+-server", OptionKind.Addresses),
        new(29, "nis-domain", OptionKind.Names),
        new(30, "nis+-domain", OptionKind.Names),
        new(31, "sntp-server", OptionKind.Addresses),
        new(32, "information-refresh-time", OptionKind.Time),
        new(39, "FQDN", OptionKind.Names, isInternal: true),
        new(41, "posix-timezone", OptionKind.Text),
        new(42, "tzdb-timezone", OptionKind.Text),
        new(56, "ntp-server", OptionKind.Open),
        new(59, "bootfile-url", OptionKind.Text),
        new(60, "bootfile-param", OptionKind.Strings),
    ]);

    /// <param name="forMatch">Whether options that only the server itself may send count too.</param>
    public int? Find(string name, bool forMatch)
    {
        foreach (Known option in _options)
        {
            if (option.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return forMatch || !option.IsInternal ? option.Code : null;
            }
        }

        return null;
    }

    public OptionShape ShapeOf(int code)
    {
        foreach (Known option in _options)
        {
            if (option.Code == code)
            {
                return option.Shape;
            }
        }

        return default;
    }

    private readonly struct Known(int code, string name, OptionKind kind, int size = 0, bool isInternal = false)
    {
        public int Code { get; } = code;

        public string Name { get; } = name;

        public OptionShape Shape { get; } = new(kind, size);

        public bool IsInternal { get; } = isInternal;
    }
}
