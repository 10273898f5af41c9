using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests;

/// <summary>libvirt's NSS modules find our guests: by the names they gave themselves, and by their names as guests.</summary>
public class NssTests
{
    [Fact]
    public async Task The_host_finds_guests_by_name()
    {
        Assert.SkipUnless(File.Exists("/lib/x86_64-linux-gnu/libnss_libvirt_guest.so.2"), "needs libnss-libvirt");
        await using NetworkLab lab = await NetworkLab.StartAsync();
        await lab.NetworkAsync("default", LabNetworks.Default);
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        string mac = (await guest.RunAsync("cat", "/sys/class/net/eth0/address")).Trim();
        string port = Path.Combine(lab.Scratch, "port.xml");
        await File.WriteAllTextAsync(
            port,
            $"""
            <networkport>
              <uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid>
              <owner><name>shop</name><uuid>3e3fce45-4f53-4fa7-bb32-11f34168b82b</uuid></owner>
              <mac address='{mac}'/>
            </networkport>
            """,
            TestContext.Current.CancellationToken);
        await lab.VirtnetAsync("net-port-create", "default", port);
        string address = await guest.ObtainAddressAsync("web", lab.Scratch);

        await Wait.UntilAsync(async () => await LookUpAsync(lab, "libvirt", "web") == address, "the name that the guest gave");
        Assert.Equal(address, await LookUpAsync(lab, "libvirt_guest", "shop"));
        Assert.Equal("", await LookUpAsync(lab, "libvirt", "shop"));

        await lab.VirtnetAsync("net-release-lease", "default", "--ip", address);
        await Wait.UntilAsync(async () => (await LookUpAsync(lab, "libvirt", "web")).Length == 0, "the name to go");
        Assert.Equal("", await LookUpAsync(lab, "libvirt_guest", "shop"));
    }

    /// <summary>Asks one module, as an ordinary user to whom our folder is libvirt's.</summary>
    private static async Task<string> LookUpAsync(NetworkLab lab, string module, string name)
    {
        CommandResult found = await lab.Host.TryAsync(
            "sh",
            "-c",
            "mkdir -p /var/lib/libvirt/dnsmasq && mount --bind \"$0\" /var/lib/libvirt/dnsmasq && "
                + "exec setpriv --reuid nobody --clear-groups getent -s \"$1\" ahostsv4 \"$2\"",
            lab.StateDirectory, module, name);
        Assert.True(found.ExitCode is 0 or 2, found.ToString());
        return found.Output.Split(' ')[0];
    }
}
