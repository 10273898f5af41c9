namespace VirtNet.Integration.Tests.Lab;

/// <summary>Clients that run beside the guest's other programs and look after both families on <c>eth0</c>.</summary>
internal static class DualStackClients
{
    private const string Dhcpcd = "/usr/sbin/dhcpcd";
    private const string Networkd = "/lib/systemd/systemd-networkd";

    /// <summary>What both keep, they keep where the namespace has something of its own.</summary>
    private const string OwnFolders = "set -e; mount -t tmpfs none /run; mount -t tmpfs none /var/lib; ";

    /// <param name="duid">What it calls itself, in hexadecimal digits; null = what it makes up.</param>
    public static async Task<BackgroundProgram> StartDhcpcdAsync(this NetworkNamespace guest, string scratch, string? duid = null)
    {
        Assert.SkipUnless(File.Exists(Dhcpcd), "needs dhcpcd-base");
        string configuration = Path.Combine(scratch, guest.Name + ".dhcpcd");
        await File.WriteAllTextAsync(configuration,
            """
            hostname
            duid
            option domain_name_servers, domain_name
            require dhcp_server_identifier
            nohook resolv.conf, hostname, ntp
            noipv4ll
            noarp
            ia_na

            """,
            TestContext.Current.CancellationToken);
        return guest.Start(
            "sh",
            "-c",
            OwnFolders + "mkdir /var/lib/dhcpcd; [ -z \"$2\" ] || echo $2 >/var/lib/dhcpcd/duid; exec dhcpcd -B -d -f \"$1\" -h dhcpcd eth0",
            "sh",
            configuration,
            duid is null ? "" : DhcpClients.Octets(duid));
    }

    /// <param name="uuid">What it calls itself, in hexadecimal digits; null = by its card.</param>
    public static async Task<BackgroundProgram> StartNetworkdAsync(this NetworkNamespace guest, string scratch, string? uuid = null)
    {
        Assert.SkipUnless(File.Exists(Networkd), "needs systemd");
        string folder = Directory.CreateDirectory(Path.Combine(scratch, guest.Name + ".networkd")).FullName;
        string raw = uuid is null ? "" : DhcpClients.Octets(uuid);
        string identity = uuid is null ? "DUIDType=link-layer" : $"DUIDType=uuid\nDUIDRawData={raw}\nIAID=1";
        string identityIpv4 = uuid is null ? "ClientIdentifier=mac" : $"ClientIdentifier=duid\n{identity}";
        await File.WriteAllTextAsync(Path.Combine(folder, "guest.network"),
            $"""
            [Match]
            Name=eth0
            [Network]
            DHCP=yes
            [DHCPv4]
            SendHostname=yes
            Hostname=networkd
            {identityIpv4}
            [DHCPv6]
            SendHostname=yes
            Hostname=networkd
            {identity}

            """,
            TestContext.Current.CancellationToken);

        // Where /sys cannot be written it takes itself to be in a container, and does not wait for udev.
        return guest.Start(
            "sh",
            "-c",
            OwnFolders + """
                mount -o remount,ro /sys
                mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases
                chmod -R a+rwX /run/systemd
                cp "$1"/guest.network /run/systemd/network/
                exec "$2"
                """,
            "sh",
            folder,
            Networkd);
    }
}
