using VirtNet.Integration.Tests.Crowd;
using VirtNet.Integration.Tests.Lab;
using VirtNet.Model;

namespace VirtNet.Integration.Tests;

/// <summary>Networks that change all the time while a guest of one of them sends a thousand datagrams a second.</summary>
public class UpdatesUnderTrafficTests
{
    private const int Changes = 200;

    /// <summary>Each is added while it is absent, and changed or deleted while it is there.</summary>
    private static readonly Part[] Parts =
    [
        new("ip-dhcp-host", "<host mac='52:54:00:00:00:01' name='one' ip='192.168.122.{0}'/>", ["130", "131", "132"], CanModify: true),
        new("ip-dhcp-range", "<range start='192.168.122.150' end='192.168.122.199'/>", [""], CanModify: false),
        new("dns-host", "<host ip='192.168.122.77'><hostname>h{0}.test</hostname></host>", ["1", "2"], CanModify: true),
        new("dns-txt", "<txt name='t.test' value='{0}'/>", ["a", "b"], CanModify: true),
        new("dns-srv", "<srv service='s' protocol='tcp' domain='d.test' target='h.test' port='{0}'/>", ["80"], CanModify: false),
        new("portgroup", "<portgroup name='p'><bandwidth><inbound average='{0}'/></bandwidth></portgroup>", ["100", "200"], CanModify: true),
    ];

    [Theory]
    [InlineData("nftables", 1)]
    [InlineData("iptables", 2)]
    public async Task Not_a_packet_is_lost_to_two_hundred_changes(string backend, int seed)
    {
        await using NetworkLab lab = await NetworkLab.StartAsync($"firewall_backend = \"{backend}\"");
        NetworkNamespace outside = await lab.AddOutsideAsync();
        Random random = new(seed);
        await lab.NetworkAsync("lab", Redefinition(random));
        NetworkNamespace guest = await lab.PlugGuestAsync("virbr0");
        await guest.ObtainAsync("udhcpc", "first", lab.Scratch);
        UdpFlow flow = await UdpFlow.StartAsync(lab, guest, outside);

        string?[] there = new string?[Parts.Length];
        for (int i = 0; i < Changes; i++)
        {
            if (random.Next(4) == 0)
            {
                string file = Path.Combine(lab.Scratch, "next.xml");
                await File.WriteAllTextAsync(file, Redefinition(random), TestContext.Current.CancellationToken);
                await lab.VirtnetAsync("net-define", "--live", file);
                there.AsSpan().Clear();
                continue;
            }

            int chosen = random.Next(Parts.Length);
            Part part = Parts[chosen];
            string command = there[chosen] is null ? "add" : part.CanModify && random.Next(2) == 0 ? "modify" : "delete";
            string xml = command == "delete" ? there[chosen]! : part.Xml(random);
            await lab.VirtnetAsync("net-update", "lab", command, part.Section, xml, "--live", "--config");
            there[chosen] = command == "delete" ? null : xml;
        }

        Assert.Matches("lost 0 of [0-9]{4,}", await flow.StopAsync());
    }

    /// <summary>Other networks are started, stopped, changed, defined and undefined: all that a host with many of them sees.</summary>
    [Theory]
    [InlineData("nftables", 200, 3)]
    [InlineData("iptables", 40, 4)]
    public async Task Nor_is_one_lost_to_two_hundred_changes_of_other_networks(string backend, int networks, int seed)
    {
        await using CrowdedHost host = await CrowdedHost.StartAsync(backend, networks);
        NetworkNamespace outside = await host.Lab.AddOutsideAsync();
        await host.Lab.NetworkAsync("default", LabNetworks.Default);
        NetworkNamespace guest = await host.Lab.PlugGuestAsync("virbr0");
        NetworkNamespace neighbour = await host.Lab.PlugGuestAsync("virbr0", "g2");
        await guest.ObtainAsync("udhcpc", "first", host.Lab.Scratch);
        await neighbour.ShellAsync("ip addr add 192.168.122.9/24 dev eth0");
        UdpFlow throughNat = await UdpFlow.StartAsync(host.Lab, guest, outside);
        UdpFlow betweenGuests = await UdpFlow.StartAsync(host.Lab, guest, neighbour, "192.168.122.9");

        Random random = new(seed);
        for (int changes = 0; changes < Changes;)
        {
            int number = random.Next(1, networks);
            NetworkStanding standing = await host.StandingOfAsync(number);
            NetworkCall call = NetworkCall.Draw(number, standing with { GivesLeases = false }, random); // no lease: that changes no network
            try
            {
                await call.Make(host);
                changes++;
            }
            catch (VirtNetException)
            {
                // Drawn by lot, some are refused: what is deleted is not there. Whatever ends the daemon, though, ends the flow.
                Assert.False(host.Lab.Daemon!.HasEnded, host.Lab.Daemon.Output);
            }
        }

        Assert.Matches("lost 0 of [0-9]{4,}", await throughNat.StopAsync());
        Assert.Matches("lost 0 of [0-9]{4,}", await betweenGuests.StopAsync());
    }

    /// <summary>All that can change without unplugging anybody, at random; the guest's own address range stays.</summary>
    private static string Redefinition(Random random)
    {
        string nat = Choose(random, "", "<nat><port start='20000' end='30000'/></nat>", "<nat><port start='1024' end='65535'/></nat>");
        int other = random.Next(200, 250);
        return $"""
            <network><name>lab</name><forward mode='nat'>{nat}</forward>
              <bridge name='virbr0' stp='{Choose(random, "on", "off")}' delay='0'/><domain name='{Choose(random, "a.test", "b.test")}'/>
              <bandwidth><inbound average='{Choose(random, "50000", "100000", "200000")}'/></bandwidth>
              <ip address='192.168.122.1' prefix='24'>
                <dhcp><range start='192.168.122.2' end='192.168.122.{random.Next(100, 120)}'/></dhcp></ip>
              <ip address='192.168.{other}.1' prefix='24'/><ip family='ipv6' address='fd00:{other}::1' prefix='64'/>
              <route address='10.{other}.0.0' prefix='16' gateway='192.168.122.9'/>
            </network>
            """;
    }

    private static string Choose(Random random, params string[] values) => values[random.Next(values.Length)];

    private sealed record Part(string Section, string Template, string[] Values, bool CanModify)
    {
        public string Xml(Random random) => Template.Replace("{0}", Choose(random, Values), StringComparison.Ordinal);
    }
}
