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
    /// <param name="clientId">What it calls itself, in hexadecimal digits; null = as it does anyway.</param>
    /// <returns>The words ip=, router=, dns=, domain= that the client was told.</returns>
    public static async Task<string> ObtainAsync(
        this NetworkNamespace guest, string client, string hostName, string scratch, string? clientId = null)
    {
        string files = Directory.CreateDirectory(Path.Combine(scratch, guest.Name)).FullName;
        string script = Path.Combine(files, client + ".script");
        await File.WriteAllTextAsync(script, client == "udhcpc" ? UdhcpcScript : DhclientScript);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string output = client == "udhcpc"
            ? await guest.RunAsync("udhcpc", ["-i", "eth0", "-f", "-q", "-n", "-s", script, "-x", $"hostname:{hostName}", .. clientId is null ? Array.Empty<string>() : ["-C", "-x", $"0x3d:{clientId}"]])
            : await DhclientAsync(guest, hostName, files, script, clientId);
        return output.Split('\n').Last(line => line.StartsWith("ip=", StringComparison.Ordinal));
    }

    /// <summary>The address that udhcpc gets.</summary>
    public static async Task<string> ObtainAddressAsync(this NetworkNamespace guest, string hostName, string scratch) =>
        (await guest.ObtainAsync("udhcpc", hostName, scratch)).Split(' ')[0]["ip=".Length..];

    /// <summary>Hexadecimal digits as clients' files have them: octets with colons between.</summary>
    public static string Octets(string digits) => string.Join(':', Convert.FromHexString(digits).Select(octet => $"{octet:x2}"));

    private static async Task<string> DhclientAsync(
        NetworkNamespace guest, string hostName, string files, string script, string? clientId)
    {
        string configuration = Path.Combine(files, "dhclient.conf");
        string identity = clientId is null ? ""
            : $"send dhcp-client-identifier {Octets(clientId)};\n";
        await File.WriteAllTextAsync(configuration, $"send host-name \"{hostName}\";\n{identity}");
        return await guest.RunAsync(
            "dhclient", "-1", "-sf", script, "-cf", configuration,
            "-lf", Path.Combine(files, "leases"), "-pf", Path.Combine(files, "pid"), "eth0");
    }
}
