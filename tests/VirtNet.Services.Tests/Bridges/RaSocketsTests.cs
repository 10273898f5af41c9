using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Leases;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>What the kernel has open for router advertisements, from one process to the next.</summary>
public class RaSocketsTests
{
    private const string AllRouters = "ff020000000000000000000000000002";
    private const string Memberships = "grep virbr0 /proc/net/igmp6 || true";

    [Fact]
    public Task No_ICMPv6_packet_is_held_against_a_socket_of_a_network() => PrivateHost.RunAsync(async host =>
    {
        await using AdvertisedBridge bridge = await AdvertisedBridge.StartAsync(host);
        string[] raw = (await host.ShellAsync("tail -n +2 /proc/net/raw6")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(":00FF ", Assert.Single(raw), StringComparison.Ordinal); // by which all networks send
    });

    [Fact]
    public Task What_comes_while_the_service_restarts_is_answered_by_the_next_one() => PrivateHost.RunAsync(async host =>
    {
        await using AdvertisedBridge bridge = await AdvertisedBridge.StartAsync(host);
        string packet = await host.ShellAsync("cat /proc/net/packet");
        await bridge.RestartAsync(meanwhile: () =>
        {
            bridge.Guest.Send(new Solicitation(bridge.Guest.Mac) { Source = "::" }.ToFrame());
            return Task.CompletedTask;
        });
        await bridge.HearAsync(_ => true);
        Assert.Equal(1, bridge.Counter("ra.asked"));
        Assert.Equal(packet.Split('\n').Length, (await host.ShellAsync("cat /proc/net/packet")).Split('\n').Length);
    });

    [Fact]
    public Task The_host_is_a_router_of_the_link_while_the_network_is_advertised() => PrivateHost.RunAsync(async host =>
    {
        await using AdvertisedBridge bridge = await AdvertisedBridge.StartAsync(host);
        Assert.Contains(AllRouters, await host.ShellAsync(Memberships), StringComparison.Ordinal);
        await bridge.RestartAsync(async () =>
            Assert.Contains(AllRouters, await host.ShellAsync(Memberships), StringComparison.Ordinal));
        Assert.Contains($"{AllRouters}     1 ", await host.ShellAsync(Memberships), StringComparison.Ordinal); // once
        await bridge.Service.StopAsync(TestLease.Network);
        Assert.DoesNotContain(AllRouters, await host.ShellAsync(Memberships), StringComparison.Ordinal);
    });

    [Fact]
    public Task What_a_version_before_left_is_used_up_and_closed() => PrivateHost.RunAsync(async host =>
    {
        await AdvertisedBridge.PrepareAsync(host);
        int index = int.Parse(await host.ShellAsync("cat /sys/class/net/virbr0/ifindex 2>/dev/null || ip -o link show virbr0 | cut -d: -f1"), System.Globalization.CultureInfo.InvariantCulture);
        using Socket former = new(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
        former.SetRawSocketOption(58, 1, [.. Enumerable.Repeat((byte)0xff, 16), 0xdf, .. Enumerable.Repeat((byte)0xff, 15)]);
        former.SetRawSocketOption(1, 25, Encoding.UTF8.GetBytes("virbr0"));
        former.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        former.SetSocketOption(
            SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(IPAddress.Parse("ff02::2"), index));
        using (RawGuest guest = new("g0"))
        {
            guest.Send(new Solicitation(guest.Mac) { Source = "::" }.ToFrame());
        }

        Assert.True(former.Poll(TimeSpan.FromSeconds(3), SelectMode.SelectRead));
        KeptSockets kept = KeptByNobody.Sockets;
        Assert.True(kept.Adopt(name: null, Linux.Libc.Copy(former.SafeHandle, survivesExec: false).Detach()));
        former.Dispose();
        Assert.True(kept.HasLeft(SocketBinding.IcmpV6(index)));

        await using AdvertisedBridge bridge = await AdvertisedBridge.AdvertiseAsync(host, kept);
        await bridge.HearAsync(_ => true);
        Assert.Equal(1, bridge.Counter("ra.asked"));
        Assert.DoesNotContain(":003A ", await host.ShellAsync("cat /proc/net/raw6"), StringComparison.Ordinal);
        Assert.Contains($"{AllRouters}     1 ", await host.ShellAsync(Memberships), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_guest_that_is_a_router_itself_does_not_keep_solicitations_from_the_host() => PrivateHost.RunAsync(async host =>
    {
        await AdvertisedBridge.PrepareAsync(host);
        await host.ShellAsync(
            "ip link add p1 type veth peer name g1 && ip link set p1 master virbr0 up; ip link set g1 up; "
            + "ip link set virbr0 type bridge mcast_querier 1 mcast_snooping 1");
        await host.UntilAsync("ip -6 addr show dev g1", text => text.Contains("fe80", StringComparison.Ordinal));
        await using AdvertisedBridge bridge = await AdvertisedBridge.AdvertiseAsync(host, KeptByNobody.Sockets);
        await host.ShellAsync("echo 1 >/proc/sys/net/ipv6/conf/g1/forwarding"); // it joins the routers' group
        string known = await host.UntilAsync("bridge mdb show dev virbr0", text => text.Contains("ff02::2 ", StringComparison.Ordinal), seconds: 15);
        Assert.SkipUnless(known.Contains("ff02::2 ", StringComparison.Ordinal), "this kernel's bridges do not learn of groups");
        await Task.Delay(TimeSpan.FromSeconds(11), TimeProvider.System, TestContext.Current.CancellationToken); // it heeds what it knows
        bridge.Guest.Send(new Solicitation(bridge.Guest.Mac) { Source = "::" }.ToFrame());
        await bridge.HearAsync(_ => true);
        Assert.Equal(1, bridge.Counter("ra.asked"));
    });
}
