using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>The packages of <c>eng/package</c> on a system that has nothing of virtnet, from the first installation to the purge.</summary>
public class PackageTests
{
    private const string Apt = "DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Options::=--force-unsafe-io ";

    /// <summary>What a host has: links, rules, users, and the files but for those that say what is installed.</summary>
    private const string HostState =
        "ip -br link | awk '{ print $1 }'; nft list ruleset; iptables-save | grep -v '^#'; cut -d: -f1 /etc/passwd /etc/group | sort; "
        + "find /etc /run /usr /var -xdev "
        + @"\( -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/log -o -path /run/systemd -o -path /run/udev -o -path /run/log \) "
        + "-prune -o ! -name '*-' ! -name 'xtables.lock' -print | sort";

    [Theory]
    [InlineData(null)]
    [InlineData("trixie")]
    public async Task A_package_is_installed_upgraded_removed_and_purged_without_a_trace(string? release)
    {
        await using BootedSystem system = await BootedSystem.StartLastingAsync(release);
        await system.RunAsync("ip link add br-lan type bridge; ip link set br-lan alias virtnet:not-a-uuid");
        await system.RunAsync("nft add table inet filter; iptables-save >/dev/null; ip netns add guest; ip netns delete guest");
        string before = await system.RunAsync(HostState);

        await system.RunAsync(Apt + "install /packages/now/virtnet[_d]*.deb");
        await DefaultIsUpAsync(system);
        await GuestGetsALeaseAsync(system);
        string index = await IndexAsync(system);
        string daemon = await DaemonAsync(system);

        await system.RunAsync(Apt + "install /packages/next/virtnet[_d]*.deb");
        Assert.NotEqual(daemon, await DaemonAsync(system));
        Assert.Equal(index, await IndexAsync(system));
        await GuestGoesOnAsync(system);
        await system.RunAsync(Apt + "install --allow-downgrades /packages/now/virtnet[_d]*.deb");
        Assert.Equal(index, await IndexAsync(system));
        await GuestGoesOnAsync(system);

        string said = await system.RunAsync(Apt + "remove virtnet virtnetd 2>&1");
        Assert.Contains("networks go on as they are, without addresses and names for new guests: default", said, StringComparison.Ordinal);
        Assert.Equal(index, await IndexAsync(system));
        Assert.NotEqual(0, (await system.TryAsync("pidof virtnetd")).ExitCode);
        await system.RunAsync(Apt + "install /packages/now/virtnet[_d]*.deb");
        Assert.Equal(index, await IndexAsync(system));
        await GuestGoesOnAsync(system);

        await system.RunAsync(Apt + "remove virtnet virtnetd; ip netns delete guest; " + Apt + "purge virtnet virtnetd");
        Assert.Equal(before, await system.RunAsync(HostState));
    }

    [Fact]
    public async Task What_is_installed_is_up_after_a_boot_and_leaves_what_is_others()
    {
        await using BootedSystem system = await BootedSystem.StartLastingAsync();
        await InsteadOfAnInstallationFromSourceAsync(system);

        await system.RebootAsync();
        await DefaultIsUpAsync(system);

        await PurgeWithIptablesAsync(system);
        await LeaveDefaultOutAsync(system);
    }

    /// <summary>The commands of virtnet-operations(7).</summary>
    [Fact]
    public async Task What_was_saved_of_a_host_or_of_one_network_is_there_again_with_its_leases()
    {
        await using BootedSystem system = await BootedSystem.StartLastingAsync("trixie");
        await system.RunAsync(Apt + "install /packages/now/*.deb");
        await GuestGetsALeaseAsync(system);
        string identity = await system.RunAsync("virtnet -q net-uuid default");
        await system.RunAsync("systemctl stop virtnetd; tar -C / -czf /root/virtnet.tar.gz etc/virtnet var/lib/virtnet; systemctl start virtnetd");
        await system.RunAsync(Apt + "purge virtnet virtnetd");

        await system.RunAsync("echo virtnetd virtnetd/default-network boolean false | debconf-set-selections; " + Apt + "install /packages/now/*.deb");
        await system.RunAsync(
            "systemctl stop virtnetd.socket virtnetd-ro.socket virtnetd; tar -C / -xzf /root/virtnet.tar.gz; "
            + "chown -R virtnet: /etc/virtnet/networks /var/lib/virtnet; systemctl start virtnetd.socket virtnetd-ro.socket virtnetd");
        await system.RunAsync("virtnet net-start $(virtnet -q net-list --inactive --autostart --name)");
        await DefaultIsUpAsync(system);
        Assert.Equal(identity, await system.RunAsync("virtnet -q net-uuid default"));
        await GuestHasItsLeaseAsync(system);

        await Wait.UntilAsync(
            async () => (await system.TryAsync("grep -q ip-address /var/lib/virtnet/virbr0.status")).ExitCode == 0, "the status file to be written");
        await system.RunAsync(
            "mkdir -p copy/etc/libvirt/qemu/networks copy/var/lib/libvirt/dnsmasq; "
            + "virtnet net-dumpxml default --inactive >copy/etc/libvirt/qemu/networks/default.xml; "
            + "cp /var/lib/virtnet/virbr0.status copy/var/lib/libvirt/dnsmasq/; virtnet net-destroy default; virtnet net-undefine default");
        await system.RunAsync("virtnet import-libvirt --from copy default; virtnet net-start default");
        await GuestHasItsLeaseAsync(system);
    }

    private static async Task GuestHasItsLeaseAsync(BootedSystem system)
    {
        Assert.Contains(
            await system.RunAsync("cat /tmp/lease"), await system.RunAsync("virtnet -q net-dhcp-leases default"), StringComparison.Ordinal);
        await system.RunAsync("ip link set g0 master virbr0 up");
        await GuestGoesOnAsync(system);
    }

    private static async Task DefaultIsUpAsync(BootedSystem system)
    {
        Assert.Matches("^ *default +active +yes +yes$", await system.RunAsync("virtnet -q net-list --all"));
        await DaemonAsync(system);
    }

    /// <returns>Its process.</returns>
    private static async Task<string> DaemonAsync(BootedSystem system)
    {
        string process = await system.OneHealthyDaemonAsync();
        Assert.Equal("enabled", await system.RunAsync("systemctl is-enabled virtnetd.service virtnetd.socket virtnetd-ro.socket | uniq"));
        return process;
    }

    private static Task<string> IndexAsync(BootedSystem system) => system.RunAsync("cat /sys/class/net/virbr0/ifindex");

    private static async Task GuestGetsALeaseAsync(BootedSystem system)
    {
        await system.RunAsync(
            "ip netns add guest; ip link add g0 type veth peer name eth0 netns guest; ip link set g0 master virbr0 up; "
            + "ip -n guest link set eth0 up; ip netns exec guest udhcpc -i eth0 -n -q -s /src/tests/box/lease.sh");
        Assert.Contains(
            await system.RunAsync("cat /tmp/lease"), await system.RunAsync("virtnet -q net-dhcp-leases default"), StringComparison.Ordinal);
    }

    private static Task<string> GuestGoesOnAsync(BootedSystem system) => system.RunAsync(
        "ip netns exec guest udhcpc -i eth0 -n -q -s /src/tests/box/lease.sh && virtnet -q net-dhcp-leases default | grep -q \"$(cat /tmp/lease)/\"");

    /// <summary>Programs and folders as earlier versions' <c>eng/install</c> left them, and a network that runs.</summary>
    private static async Task InsteadOfAnInstallationFromSourceAsync(BootedSystem system)
    {
        await system.RunAsync("/src/eng/install --programs /programs");
        await system.RunAsync(
            "mkdir /usr/lib/virtnet; mv /usr/sbin/virtnetd /usr/bin/virtnet /usr/lib/virtnet; "
            + "ln -s ../lib/virtnet/virtnetd /usr/sbin/virtnetd; ln -s ../lib/virtnet/virtnet /usr/bin/virtnet; systemctl restart virtnetd");
        await system.RunAsync(
            "virtnet -q net-define /usr/share/virtnet/networks/default.xml; virtnet -q net-autostart default; virtnet -q net-start default; "
            + "echo 'coexist = \"report\"' >/etc/virtnet/virtnetd.conf");
        string index = await IndexAsync(system);
        string identity = await system.RunAsync("virtnet -q net-uuid default");

        await system.RunAsync(Apt + "-o Dpkg::Options::=--force-confold install /packages/now/virtnet[_d]*.deb");

        Assert.Equal(index, await IndexAsync(system));
        Assert.Equal(identity, await system.RunAsync("virtnet -q net-uuid default"));
        Assert.Equal("coexist = \"report\"", await system.RunAsync("cat /etc/virtnet/virtnetd.conf"));
        Assert.NotEqual(0, (await system.TryAsync("test -e /usr/lib/virtnet")).ExitCode);
        await DefaultIsUpAsync(system);
    }

    /// <summary>Rules in chains that others use, too; purged without a removal before.</summary>
    private static async Task PurgeWithIptablesAsync(BootedSystem system)
    {
        const string Others = "-A LIBVIRT_FWI -d 192.168.122.7/32 -o virbr0 -p tcp -m tcp --dport 80 -j ACCEPT";
        await system.RunAsync("echo 'firewall_backend = \"iptables\"' >/etc/virtnet/virtnetd.conf; systemctl restart virtnetd");
        await DefaultIsUpAsync(system);
        Assert.Contains("-A LIBVIRT_PRT -s 192.168.122.0/24", await system.RunAsync("iptables-save"), StringComparison.Ordinal);
        await system.RunAsync("iptables " + Others);

        await system.RunAsync(Apt + "purge virtnet virtnetd");

        Assert.NotEqual(0, (await system.TryAsync("ip link show virbr0")).ExitCode);
        Assert.Equal(Others, await system.RunAsync("iptables-save | grep -e '^-A LIBVIRT_'"));
        Assert.Equal("", (await system.TryAsync("ip6tables-save | grep LIBVIRT; nft list table inet virtnet; getent passwd virtnet")).Output);
    }

    private static async Task LeaveDefaultOutAsync(BootedSystem system)
    {
        await system.RunAsync("echo virtnetd virtnetd/default-network boolean false | debconf-set-selections");
        await system.RunAsync(Apt + "install /packages/now/virtnet[_d]*.deb");
        Assert.Equal("", await system.RunAsync("virtnet -q net-list --all"));
        await DaemonAsync(system);

        await system.RunAsync(Apt + "purge virtnet virtnetd; ip link add lan type bridge; ip address add 192.168.122.9/24 dev lan; ip link set lan up");
        string said = await system.RunAsync(Apt + "install /packages/now/virtnet[_d]*.deb 2>&1");
        Assert.Contains("the network default is left out, as there is a route of this host to 192.168.122.0/24", said, StringComparison.Ordinal);
        Assert.Equal("", await system.RunAsync("virtnet -q net-list --all"));
    }
}
