using System.Net;
using VirtNet.Host.Firewall;
using VirtNet.Model;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>Whole addresses that the host is given while they are published.</summary>
public class ClaimTests
{
    private const string Addresses = "ip -o addr show | grep -oE '(198.51.100|2001:db8:9)[^ ]*/(32|128|24|64).* (global|deprecated)' | sed 's/ brd [^ ]*//' | sort";
    private const string Four = "198.51.100.77/32 scope global";
    private const string Six = "2001:db8:9::77/128 scope global nodad deprecated";

    private const string Uplink = """
        ip link add up0 type veth peer name up1; ip link set up1 up; ip link set up0 up
        ip addr add 198.51.100.1/24 dev up0; ip -6 addr add 2001:db8:9::1/64 dev up0 nodad
        """;

    [Theory]
    [InlineData(BackendNames.Nftables)]
    [InlineData(BackendNames.Iptables)]
    public Task An_address_is_there_as_long_as_it_is_published(string backend) => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Uplink);
        string before = await host.ShellAsync(Addresses);
        await using RunningHost networks = await RunningHost.OpenAsync(backend);
        await networks.StartAsync(Publishing("198.51.100.77", "2001:db8:9::77"));
        string there = await host.ShellAsync(Addresses);
        Assert.Contains(Four, there, StringComparison.Ordinal);
        Assert.Contains(Six, there, StringComparison.Ordinal);
        Assert.Equal("2001:db8:9::1", await host.ShellAsync("ip -6 route get 2001:db8:9::5 | grep -o 'src [^ ]*' | cut -c5- | tr -d '\\n'"));

        // Taken away by somebody, it comes back; taken away with its interface, as soon as that is back.
        await host.ShellAsync("ip addr del 198.51.100.77/32 dev up0");
        Assert.Equal(there, await host.UntilAsync(Addresses, found => found == there));
        await host.ShellAsync("ip link del up0; sleep 0.3");
        await host.ShellAsync(Uplink);
        Assert.Equal(there, await host.UntilAsync(Addresses, found => found == there));

        // What is not published any more goes, and with the network all.
        await networks.AdoptAsync(Publishing("198.51.100.77"));
        Assert.DoesNotContain(Six, await host.ShellAsync(Addresses), StringComparison.Ordinal);
        await networks.StopAsync(Publishing("198.51.100.77"));
        Assert.Equal(before, await host.ShellAsync(Addresses));
    });

    [Fact]
    public Task An_address_that_somebody_else_gave_stays_whatever_happens() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Uplink + "\nip addr add 198.51.100.77/32 dev lo; ip link set lo up");
        string before = await host.ShellAsync(Addresses);
        await using (RunningHost networks = await RunningHost.OpenAsync())
        {
            await networks.StartAsync(Publishing("198.51.100.77"));
            Assert.Equal(before, await host.ShellAsync(Addresses));
            await networks.StopAsync(Publishing("198.51.100.77"));
            Assert.Equal(before, await host.ShellAsync(Addresses));
        }
    });

    [Fact]
    public Task A_daemon_that_comes_back_knows_its_own_and_takes_it_away() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Uplink);
        string before = await host.ShellAsync(Addresses);
        await using (RunningHost first = await RunningHost.OpenAsync())
        {
            await first.StartAsync(Publishing("198.51.100.77"));
        }

        await using RunningHost second = await RunningHost.OpenAsync();
        Assert.Empty((await second.AdoptAsync(Publishing("198.51.100.77"))).Changes);
        await second.AdoptAsync(Publishing());
        Assert.Equal(before, await host.ShellAsync(Addresses));
        await second.StopAsync(Publishing());
    });

    [Fact]
    public Task Without_an_uplink_the_network_runs_and_claims_when_there_is_one() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync();
        await networks.StartAsync(Publishing("198.51.100.77"));
        Assert.Equal("", await host.ShellAsync(Addresses + " || true"));
        await host.ShellAsync(Uplink);
        await host.UntilAsync(Addresses, found => found.Contains("198.51.100.77/32", StringComparison.Ordinal));
        await networks.StopAsync(Publishing("198.51.100.77"));
        Assert.DoesNotContain("198.51.100.77", await host.ShellAsync(Addresses), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_start_that_fails_takes_it_back() => PrivateHost.RunAsync(async host =>
    {
        await host.ShellAsync(Uplink);
        string before = await host.ShellAsync(Addresses);
        await using RunningHost networks = await RunningHost.OpenAsync();
        NetworkHostState state = Publishing("198.51.100.77");
        IReadOnlyList<HostChange> changes = await networks.Host.StartAsync(state, TestContext.Current.CancellationToken);
        Assert.NotEqual(before, await host.ShellAsync(Addresses));
        await networks.Host.UndoStartAsync(state, changes);
        Assert.Equal(before, await host.ShellAsync(Addresses));
    });

    private static NetworkHostState Publishing(params string[] addresses) => TestNetworks.DualStack.Running() with
    {
        Publications = addresses.Select(IPAddress.Parse).Select(address => new HostPublication(
            address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6, address, Protocol: null, Ports: null, Interface: null,
            Sources: [], Balance.RoundRobin,
            [new HostTarget(IPAddress.Parse(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "fd00:122::9" : "192.168.122.9"), null)])
        {
            IsClaimed = true,
        }).ToValueList(),
    };
}
