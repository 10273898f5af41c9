using System.Net.Sockets;
using VirtNet.Host.Link;
using VirtNet.Host.Netlink;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Tests.Namespaces;

/// <summary>Many networks that stop at the same time, on a real kernel.</summary>
public sealed class BridgeRemovalTests
{
    private const int Networks = 20;

    [Fact]
    public Task Bridges_go_in_groups_and_what_is_not_their_networks_any_more_stays() => PrivateHost.RunAsync(async host =>
    {
        await using RunningHost networks = await RunningHost.OpenAsync(backend: null);
        NetworkHostState[] all = [.. Enumerable.Range(0, Networks).Select(number => TestNetworks.Numbered(number).Running())];
        await Task.WhenAll(all.Select(networks.StartAsync));
        await host.ShellAsync("ip link add other0 group 7 type bridge");
        await host.ShellAsync("ip link set vb3 alias virtnet:6f0d0b1e-0000-4000-8000-000000000001");
        using Socket announcements = NetlinkSocket.OpenForGroups(NetlinkFamily.Route, NetlinkGroup.Link);

        await Task.WhenAll(all.Select(networks.StopAsync));

        Assert.Equal("lo other0 vb3", await host.ShellAsync(Links));
        int[] sizes = [.. Groups(announcements).Values.Select(links => links.Count)];
        Assert.Equal(Networks - 1, sizes.Sum());
        Assert.InRange(sizes.Max(), 2, Networks); // each bridge was made with a group of its own; the group's number serves again
        Assert.Contains("group 7", await host.ShellAsync("ip link show other0"), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // a link that cannot be deleted gets into the group
    public Task Each_fails_by_itself(bool alone) => PrivateHost.RunAsync(async host =>
    {
        using RtnetlinkClient netlink = new();
        OwnBridges own = new(netlink);
        List<BridgeRemoval> group = [];
        for (int i = 1; i <= 3; i++)
        {
            await host.ShellAsync($"ip link add vb{i} type bridge; ip link set vb{i} alias virtnet:{Id(i)}");
            group.Add(new BridgeRemoval(Id(i), netlink.FindLink($"vb{i}")!.Index));
        }

        group.Add(new BridgeRemoval(Id(4), Index: 999));
        group.Add(new BridgeRemoval(Id(5), Index: 1)); // lo is nobody's
        await host.ShellAsync("ip link del vb2");

        new BridgeRemover(netlink, own, Random, TimeProvider.System).Remove(group);

        int[] results = await Task.WhenAll(group.Select(removal => removal.Result.Task));
        Assert.Equal([0, LinkErrors.NoSuchDevice, 0, LinkErrors.NoSuchDevice, LinkErrors.NoSuchDevice], results);
        Assert.Equal("lo", await host.ShellAsync(Links));

        uint Random()
        {
            if (alone)
            {
                NetlinkWriter writer = new(stackalloc byte[64]);
                LinkRequests.WriteGroup(ref writer, index: 1, group: 5);
                Assert.Equal([0], netlink.Execute(writer));
            }

            return 5;
        }
    });

    private const string Links = "printf %s \"$(echo $(ls /proc/sys/net/ipv4/conf | grep -v -e all -e default))\"";

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    /// <summary>The links that went, by the group that they were in.</summary>
    private static Dictionary<uint, HashSet<int>> Groups(Socket announcements)
    {
        Dictionary<uint, HashSet<int>> groups = [];
        byte[] buffer = new byte[NetlinkSocket.DatagramLimit];
        while (announcements.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            int length = announcements.Receive(buffer);
            foreach (NetlinkMessage message in new NetlinkMessages(buffer.AsSpan(0, length)))
            {
                if (message.Type == NetlinkType.DeleteLink && LinkMessage.TryParse(message) is { Group: not (0 or 7) } link)
                {
                    if (!groups.TryGetValue(link.Group, out HashSet<int>? links))
                    {
                        groups.Add(link.Group, links = []);
                    }

                    links.Add(link.Index);
                }
            }
        }

        return groups;
    }
}
