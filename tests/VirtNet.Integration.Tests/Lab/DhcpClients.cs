namespace VirtNet.Integration.Tests.Lab;

/// <summary>Real DHCP clients, kept from writing anything but the address and the routes of their own namespace.</summary>
internal static class DhcpClients
{
    private const string UdhcpcScript = """
        #!/bin/sh
        case $1 in bound|renew) ;; *) exit 0 ;; esac
        ip addr replace "$ip/$mask" dev "$interface"
        [ -z "$router" ] || ip route replace default via "$router" dev "$interface"
        echo "ip=$ip router=$router dns=$dns domain=$domain"
        """;

    private const string DhclientScript = """
        #!/bin/sh
        case $reason in BOUND|RENEW|REBOOT) ;; *) exit 0 ;; esac
        ip addr replace "$new_ip_address/$new_subnet_mask" dev "$interface"
        [ -z "$new_routers" ] || ip route replace default via "$new_routers" dev "$interface"
        echo "ip=$new_ip_address router=$new_routers dns=$new_domain_name_servers domain=$new_domain_name"
        """;

    /// <summary>Gets an address for <c>eth0</c>.</summary>
    /// <returns>The words ip=, router=, dns=, domain= that the client was told.</returns>
    public static async Task<string> ObtainAsync(this NetworkNamespace guest, string client, string hostName, string scratch)
    {
        string files = Directory.CreateDirectory(Path.Combine(scratch, guest.Name)).FullName;
        string script = Path.Combine(files, client + ".script");
        await File.WriteAllTextAsync(script, client == "udhcpc" ? UdhcpcScript : DhclientScript);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string output = client == "udhcpc"
            ? await guest.RunAsync("udhcpc", "-i", "eth0", "-f", "-q", "-n", "-s", script, "-x", $"hostname:{hostName}")
            : await DhclientAsync(guest, hostName, files, script);
        return output.Split('\n').Last(line => line.StartsWith("ip=", StringComparison.Ordinal));
    }

    /// <summary>The address that udhcpc gets.</summary>
    public static async Task<string> ObtainAddressAsync(this NetworkNamespace guest, string hostName, string scratch) =>
        (await guest.ObtainAsync("udhcpc", hostName, scratch)).Split(' ')[0]["ip=".Length..];

    private static async Task<string> DhclientAsync(NetworkNamespace guest, string hostName, string files, string script)
    {
        string configuration = Path.Combine(files, "dhclient.conf");
        await File.WriteAllTextAsync(configuration, $"send host-name \"{hostName}\";\n");
        return await guest.RunAsync(
            "dhclient", "-1", "-sf", script, "-cf", configuration,
            "-lf", Path.Combine(files, "leases"), "-pf", Path.Combine(files, "pid"), "eth0");
    }
}
