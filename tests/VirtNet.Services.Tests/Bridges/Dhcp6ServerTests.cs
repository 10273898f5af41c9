using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Model.Conditions;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Dhcp6;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dhcp6;
using VirtNet.Wire.Tests.Dhcp6;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>The DHCPv6 server on a real bridge.</summary>
public class Dhcp6ServerTests
{
    private protected static readonly Dhcp6Request Client = new() { Duid = "00:04:aa:bb:cc", Name = "g6" };

    /// <summary>How many networks have sockets of the kind that shares a place.</summary>
    protected virtual int MostSharing => SharedPlaces.Usual;

    [Fact]
    public Task A_guest_gets_its_address_and_its_MAC_is_known_and_it_gives_it_back() => RunAsync(async (host, server, leases, log) =>
    {
        using Guest6 guest = await PlugAsync(host, "0");
        byte[] reply = Bind(guest, Client, out IPAddress address, out byte[] serverDuid);
        Lease lease = Assert.IsType<Lease>(leases.Find(AddressKey.Of(address)));
        Assert.Equal((await host.ShellAsync("cat /sys/class/net/g0/address 2>/dev/null || ip -o link show g0 | sed 's/.*ether //;s/ .*//'")).Trim(), lease.Mac.ToString());
        Assert.Equal("g6", lease.HostName);
        Assert.Equal(serverDuid, Guest6.Option(reply, 2));

        Assert.NotNull(guest.Ask(Client with { Type = Dhcp6MessageType.Release, ServerId = serverDuid, Addresses = [$"{address}"] }));
        Assert.Null(leases.Find(AddressKey.Of(address)));
        Assert.DoesNotContain(log.Lines, line => line.Id == 356);
    });

    [Fact]
    public Task A_release_from_another_port_takes_nothing() => RunAsync(async (host, server, leases, log) =>
    {
        using Guest6 good = await PlugAsync(host, "0");
        Bind(good, Client, out IPAddress address, out byte[] serverDuid);
        using Guest6 evil = await PlugAsync(host, "1");
        Assert.NotNull(evil.Ask(Client with { Type = Dhcp6MessageType.Release, ServerId = serverDuid, Addresses = [$"{address}"] }));
        Assert.NotNull(leases.Find(AddressKey.Of(address)));
        Assert.Contains(log.Lines, line => line.Id == 356 && line.Text.Contains("p1", StringComparison.Ordinal)
            && line.Text.Contains("p0", StringComparison.Ordinal));
    });

    [Fact]
    public Task A_release_from_an_address_of_another_MAC_does_not_even_come_in() => RunAsync(async (host, server, leases, log) =>
    {
        using Guest6 good = await PlugAsync(host, "0");
        Bind(good, Client, out IPAddress address, out byte[] serverDuid);
        await host.ShellAsync("ip link set g0 address 52:54:00:66:66:66"); // its address stays what it was made from
        Assert.Null(good.Ask(Client with { Type = Dhcp6MessageType.Release, ServerId = serverDuid, Addresses = [$"{address}"] }));
        Assert.NotNull(leases.Find(AddressKey.Of(address)));
        Assert.Contains(log.Lines, line => line.Id == 753);
    });

    [Fact]
    public Task A_network_that_is_stopped_is_not_served() => RunAsync(async (host, server, leases, log) =>
    {
        using Guest6 guest = await PlugAsync(host, "0");
        Assert.NotNull(guest.Ask(Client));
        Assert.Contains(server.CountersOf(leases.Network), counter => counter is { Name: "dhcp6.received", Value: 1 });
        await server.StopAsync(leases.Network);
        Assert.Null(guest.Ask(Client));
        Assert.Empty(server.CountersOf(leases.Network));
    });

    private static byte[] Bind(Guest6 guest, Dhcp6Request client, out IPAddress address, out byte[] serverDuid)
    {
        byte[] advertise = Assert.IsType<byte[]>(guest.Ask(client));
        address = Assert.IsType<IPAddress>(Guest6.AddressIn(advertise));
        serverDuid = Guest6.Option(advertise, 2)!;
        byte[] reply = Assert.IsType<byte[]>(guest.Ask(client with
        {
            Type = Dhcp6MessageType.Request, ServerId = serverDuid, Addresses = [$"{address}"],
        }));
        Assert.Equal(address, Guest6.AddressIn(reply));
        return reply;
    }

    private protected static async Task<Guest6> PlugAsync(PrivateHost host, string number)
    {
        await host.ShellAsync(
            $"ip link add p{number} type veth peer name g{number} && ip link set g{number} up && ip link set p{number} master virbr0 up");
        await host.UntilAsync($"ip -6 addr show dev g{number}", text => text.Contains("fe80", StringComparison.Ordinal) && !text.Contains("tentative", StringComparison.Ordinal));
        string index = await host.ShellAsync($"ip -o link show g{number} | cut -d: -f1");
        return new Guest6($"g{number}", int.Parse(index, CultureInfo.InvariantCulture));
    }

    private protected Task RunAsync(Func<PrivateHost, Dhcp6Server, NetworkLeases, ListLogger<Dhcp6Server>, Task> test) =>
        PrivateHost.RunAsync(async host =>
        {
            await host.ShellAsync(
                "for c in all default; do echo 0 >/proc/sys/net/ipv6/conf/$c/accept_dad; done; ip link add virbr0 type bridge && "
                + "ip addr add 2001:db8:7::1/64 dev virbr0 nodad && ip link set virbr0 up");
            using TempFolder folder = new();
            using LeaseStore store = new(folder.Path, TimeProvider.System, new ConditionBoard(), NullLogger<LeaseStore>.Instance);
            ListLogger<Dhcp6Server> log = new();
            await using Dhcp6Server server = new(folder.Path, store, KeptByNobody.Sockets, TimeProvider.System, log, MostSharing);
            await server.ApplyAsync(Dhcp6Bench.Network, TestContext.Current.CancellationToken);
            await test(host, server, store.Of(Dhcp6Bench.Network.Uuid!.Value), log);
        });
}
