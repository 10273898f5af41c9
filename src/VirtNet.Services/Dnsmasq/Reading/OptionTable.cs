using System.Collections.Frozen;

namespace VirtNet.Services.Dnsmasq.Reading;

/// <summary>The options of dnsmasq's configuration files (2.90 and 2.91), and which of them guests never notice.</summary>
internal static class OptionTable
{
    private const string WithoutValue =
        """
        no-hosts no-poll no-daemon bogus-priv selfmx filterwin2k filter-A filter-AAAA strict-order no-resolv expand-hosts localmx
        no-negcache no-round-robin domain-needed bind-interfaces read-ethers keep-in-foreground dhcp-authoritative localise-queries
        no-ping leasefile-ro script-on-renewal clear-on-reload tftp-secure tftp-no-fail tftp-lowercase tftp-single-port
        tftp-no-blocksize log-dhcp dhcp-no-override stop-dns-rebind all-servers dhcp-fqdn rebind-localhost-ok strip-mac strip-subnet
        proxy-dnssec dhcp-sequential-ip conntrack dhcp-client-update enable-ra bind-dynamic dnssec dnssec-debug dnssec-no-timecheck
        quiet-dhcp quiet-dhcp6 quiet-ra dns-loop-detect script-arp dhcp-rapid-commit dhcp-ignore-clid log-debug quiet-tftp no-ident
        """;

    private const string WithOrWithout =
        """
        log-queries user group resolv-file cache-size dhcp-leasefile local-service pid-file conf-file enable-dbus enable-ubus
        bootp-dynamic dhcp-ignore-names enable-tftp tftp-unique-root log-async dhcp-broadcast dhcp-alternate-port dhcp-proxy
        dhcp-generate-names add-mac add-subnet connmark-allowlist-enable dnssec-check-unsigned umbrella fast-dns-retry
        use-stale-cache
        """;

    private const string WithValue =
        """
        servers-file mx-host mx-target port dhcp-lease dhcp-host dhcp-range dhcp-option dhcp-boot domain domain-suffix interface
        listen-address bogus-nxdomain ignore-address filter-rr server rev-server local address conf-script local-ttl cache-rr
        addn-hosts hostsdir query-port except-interface no-dhcp-interface no-dhcpv4-interface no-dhcpv6-interface dhcp-lease-max
        alias dhcp-vendorclass dhcp-userclass dhcp-ignore edns-packet-max srv-host txt-record caa-record dns-rr dhcp-mac dhcp-script
        conf-dir log-facility dns-forward-max tftp-root tftp-max tftp-mtu ptr-record naptr-record bridge-interface shared-network
        dhcp-option-force dhcp-circuitid dhcp-remoteid dhcp-subscrid dhcp-pxe-vendor interface-name dhcp-hostsfile dhcp-optsfile
        dhcp-hostsdir dhcp-optsdir tftp-port-range rebind-domain-ok dhcp-match dhcp-name-match neg-ttl max-ttl min-cache-ttl
        max-cache-ttl dhcp-scriptuser min-port max-port cname pxe-prompt pxe-service tag-if add-cpe-id dhcp-luascript dhcp-duid
        host-record auth-zone auth-server auth-ttl auth-soa auth-sec-servers auth-peer ipset nftset connmark-allowlist synth-domain
        trust-anchor dnssec-timestamp dnssec-limits dhcp-relay ra-param dhcp-ttl dhcp-reply-delay dumpfile dumpmask dynamic-host
        port-limit max-tcp-connections
        """;

    /// <summary>Its log, its processes and files, how it asks upstreams and remembers: nothing that a guest could tell.</summary>
    private const string Unnoticed =
        """
        no-poll no-daemon no-negcache bind-interfaces keep-in-foreground no-ping leasefile-ro script-on-renewal clear-on-reload
        tftp-single-port log-dhcp all-servers strip-mac strip-subnet proxy-dnssec bind-dynamic dnssec-debug dnssec-no-timecheck
        quiet-dhcp quiet-dhcp6 quiet-ra dns-loop-detect script-arp dhcp-rapid-commit log-debug quiet-tftp no-ident log-queries user
        group cache-size dhcp-leasefile local-service pid-file enable-dbus enable-ubus log-async connmark-allowlist-enable
        dnssec-check-unsigned fast-dns-retry use-stale-cache dhcp-lease cache-rr query-port dhcp-lease-max edns-packet-max
        dhcp-script log-facility dns-forward-max tftp-max tftp-port-range dhcp-scriptuser min-port max-port dhcp-luascript
        trust-anchor dnssec-timestamp dnssec-limits dumpfile dumpmask port-limit max-tcp-connections dhcp-reply-delay dhcp-duid
        no-round-robin conntrack ipset nftset auth-peer
        """;

    private static readonly FrozenSet<string> WithoutValues = Names(WithoutValue);
    private static readonly FrozenSet<string> WithOrWithoutValues = Names(WithOrWithout);
    private static readonly FrozenSet<string> WithValues = Names(WithValue);
    private static readonly FrozenSet<string> UnnoticedOnes = Names(Unnoticed);

    public static bool IsKnown(string option) =>
        WithoutValues.Contains(option) || WithOrWithoutValues.Contains(option) || WithValues.Contains(option);

    /// <summary>Whether a line has a value exactly where its option takes one.</summary>
    public static bool HasItsValue(ConfLine line) =>
        line.Value is null ? !WithValues.Contains(line.Option) : !WithoutValues.Contains(line.Option);

    public static bool IsUnnoticed(string option) => UnnoticedOnes.Contains(option);

    private static FrozenSet<string> Names(string text) =>
        text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
