using System.Text.RegularExpressions;
using VirtNet.Integration.Tests.Lab;
using static VirtNet.Integration.Tests.Fabric.FrrFabric;

namespace VirtNet.Integration.Tests.Fabric;

/// <summary>Hosts of a fabric of which one has an FRRouting of its operator's, which the fabric shares.</summary>
public sealed class SharedFrrTests
{
    private const string Theirs = """
        frr defaults traditional
        router bgp 65010
         bgp router-id 192.0.2.77
         neighbor theirs peer-group
         neighbor theirs remote-as external
         neighbor 192.0.2.99 peer-group theirs
         !
         address-family ipv4 unicast
          network 203.0.113.0/24
          neighbor theirs soft-reconfiguration inbound
         exit-address-family
        exit

        """;

    [Fact]
    public async Task Its_neighbours_are_added_to_what_the_operator_has_which_stays_as_it_is_and_they_go_with_the_fabric()
    {
        Assert.SkipUnless(File.Exists("/usr/lib/frr/bgpd"), "needs frr");
        await using FabricLab lab = await FabricLab.StartAsync(hosts: 2);
        (FabricHost first, FabricHost second) = (lab.Hosts[0], lab.Hosts[1]);
        await first.StartOthersFrrAsync(Theirs, "zebra", "bfdd", "bgpd");
        string before = await first.AskOthersFrrAsync("show running-config");
        await first.JoinSharedAsync(lab.Endpoints);
        await first.UntilMembersAsync(1);
        await second.JoinAsync(lab.Endpoints, frr: true); // of its own, in the first one's autonomous system
        await first.UntilMembersAsync(2);
        await Wait.UntilAsync(
            async () => (await second.AskFrrAsync("show running-config")).Contains("router bgp 65010", StringComparison.Ordinal),
            "the second one to be in the first one's autonomous system", seconds: 15); // a member is known before its bgpd is told

        await first.Lab.NetworkAsync("lab", FabricLab.Network(first));
        await second.WaitForAsync("lab", seconds: 15);
        await second.Lab.VirtnetAsync("net-start", "lab");
        NetworkNamespace[] guests = [await PlugAsync(first, 101), await PlugAsync(second, 102)];
        await UntilSessionAsync(first);
        await guests[0].RunAsync("ping", "-c", "2", "-i", "0.1", "-W", "2", "10.100.0.102");
        await UntilKnownAsync(first, await MacAsync(guests[1]), second);
        await UntilKnownAsync(second, await MacAsync(guests[0]), first);

        // What is the operator's is as it was, and members hear nothing of it.
        string during = await first.AskOthersFrrAsync("show running-config");
        Assert.Contains("neighbor virtnet bfd", during, StringComparison.Ordinal);
        Assert.Empty(Lines(before).Except(Lines(during)));
        Assert.All(Lines(during).Except(Lines(before)), line => Assert.Matches("virtnet|advertise-all-vni|address-family l2vpn evpn", line));
        Assert.DoesNotContain("203.0.113.0", await second.AskFrrAsync("show bgp ipv4 unicast"), StringComparison.Ordinal);
        Assert.Equal("", await first.Lab.Host.RunAsync("sh", "-c", $"grep virtnet {first.Lab.Scratch}/frr-etc/bgpd.conf || true"));
        await Wait.UntilAsync(async () => (await first.TryFabricAsync("check")).ExitCode == 0, "all to be well", seconds: 20);
        Assert.Matches("bfd +h2 +ok", await first.FabricAsync("check"));

        // Its end and a new start, by which it knows its file alone, cost its guests nothing.
        BackgroundProgram pinging = guests[0].Start("ping", "-i", "0.01", "-c", "300", "-W", "1", "10.100.0.102");
        await first.Frr["bgpd"].SignalAsync("KILL");
        await first.RestartOthersFrrAsync("bgpd");
        await pinging.WaitForEndAsync();
        Assert.InRange(Received(pinging.Output), 299, 300);
        await UntilSessionAsync(first);
        await UntilKnownAsync(first, await MacAsync(guests[1]), second);

        string left = await first.FabricAsync("leave", "--force");
        Assert.Contains("no peer group virtnet any more", left, StringComparison.Ordinal);
        Assert.Equal(Lines(before), Lines(await first.AskOthersFrrAsync("show running-config")));
        Assert.False(first.Frr["bgpd"].HasEnded);
    }

    [Fact]
    public async Task Where_it_cannot_be_shared_that_is_said_and_nothing_is_changed()
    {
        Assert.SkipUnless(File.Exists("/usr/lib/frr/bgpd"), "needs frr");
        await using FabricLab lab = await FabricLab.StartAsync(hosts: 2);
        (FabricHost first, FabricHost second) = (lab.Hosts[0], lab.Hosts[1]);
        string[] join = ["join", "--endpoints", lab.Endpoints, "--name", "h1", "--address", first.Address, "--frr"];
        await first.StartOthersFrrAsync(""); // none of its programs, and not the machine's
        await RefusedAsync("no bgpd runs on this host that could be shared");
        await first.StartOthersFrrAsync("router bgp 65011 vrf red\n address-family l2vpn evpn\n  advertise-all-vni\n exit-address-family\nexit\n", "zebra", "bgpd");
        await RefusedAsync("the bgpd of this host has no instance of its own");
        await first.AskOthersFrrAsync("configure terminal\nrouter bgp 65011\nneighbor virtnet peer-group");
        await RefusedAsync("'router bgp 65011 vrf red' of this host's bgpd tells of its VXLAN networks");
        await first.AskOthersFrrAsync("configure terminal\nrouter bgp 65011 vrf red\naddress-family l2vpn evpn\nno advertise-all-vni");
        await RefusedAsync("has a peer group virtnet already, which is not the fabric's");
        await first.AskOthersFrrAsync("configure terminal\nrouter bgp 65011\nno neighbor virtnet peer-group");

        await second.JoinAsync(lab.Endpoints, frr: true);
        await second.UntilMembersAsync(1);
        string before = await first.AskOthersFrrAsync("show running-config");
        await RefusedAsync("the bgpd of this host is AS 65011, and that of member h2 AS 65000");
        Assert.Equal(before, await first.AskOthersFrrAsync("show running-config"));
        Assert.False(File.Exists(Path.Combine(first.Lab.ConfigDirectory, "fabric.conf")));

        async Task RefusedAsync(string reason)
        {
            CommandResult refused = await first.TryFabricAsync([.. join, "shared"]);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>Without whether the kernel forwards, which networks switch on, and zebra tells as if it were a setting of its own.</summary>
    private static string[] Lines(string configuration) =>
    [
        .. configuration.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0
            && line is not ("!" or "Building configuration..." or "Current configuration:" or "no ip forwarding" or "no ipv6 forwarding")),
    ];

    private static Task UntilSessionAsync(FabricHost host) => Wait.UntilAsync(
        async () => Regex.Count(await host.AskOthersFrrAsync("show bgp l2vpn evpn summary json"), "\"state\":\"Established\"") == 1,
        $"the session of {host.Name}; its daemon says:\n{host.Daemon!.Output}", seconds: 30);
}
