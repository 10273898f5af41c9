using System.Net;
using System.Text;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Dhcp4;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>The server on a real bridge, with frames of guests that are honest and of guests that are not.</summary>
public class Dhcp4ServerTests
{
    protected static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(300);

    /// <summary>How many networks have sockets of the kind that shares a place.</summary>
    protected virtual int MostSharing => SharedPlaces.Usual;

    [Fact]
    public Task A_guest_gets_its_address_keeps_it_and_gives_it_back() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 1);
        RawGuest guest = bridge.Guests[0];
        Dhcp4Request client = new() { Mac = guest.Mac, HostName = "g0" };
        IPAddress address = Assert.IsType<IPAddress>(guest.Obtain(client));
        Assert.Equal(address, guest.Obtain(client with { TransactionId = 100 }));
        Assert.Equal("g0", Assert.Single(bridge.Store.Snapshot(bridge.Leases.Network)).HostName);

        guest.Send(Release(client, address));
        Assert.True(await GoneAsync(bridge, address), "the lease is still there");
        await host.UntilAsync("true", _ => bridge.Counter("dhcp4.releases") == 1); // counted when the datagram is done with
    });

    [Fact]
    public Task What_comes_to_the_port_of_boot_servers_is_answered_counted_and_told() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 1);
        RawGuest guest = bridge.Guests[0];
        await ServePxeAsync(bridge);
        guest.Send(Choice(guest), port: PxeBootItem.Port);
        byte[] answer = Assert.IsType<byte[]>(guest.Receive(frame =>
            frame.Length > 286 && frame.AsSpan(12, 2).SequenceEqual<byte>([8, 0]) && frame.AsSpan(34, 2).SequenceEqual<byte>([0x0f, 0xab])));
        Assert.StartsWith("linux.3\0", Encoding.ASCII.GetString(answer, 42 + 108, 128), StringComparison.Ordinal);
        Assert.Equal(1, bridge.Counter("dhcp4.acknowledgements"));
        Assert.Single(bridge.Log.Lines, line => line.Id == 320 && line.Text.Contains("Request of " + guest.Mac, StringComparison.Ordinal));
    });

    [Fact]
    public Task What_the_port_of_boot_servers_has_no_room_for_is_counted() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 1);
        RawGuest guest = bridge.Guests[0];
        await ServePxeAsync(bridge);
        lock (bridge.Leases.Sync)
        {
            for (int i = 0; i < 3000; i++) // many times what a socket holds
            {
                guest.Send(Choice(guest), port: PxeBootItem.Port);
            }
        }

        Assert.NotEqual(0, bridge.Counter("dhcp4.dropped.queue-full"));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_forged_release_takes_nothing_from_a_guest(bool frameIsForgedToo) => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 2);
        (RawGuest evil, RawGuest good) = (bridge.Guests[0], bridge.Guests[1]);
        Dhcp4Request victim = new() { Mac = good.Mac };
        IPAddress address = Assert.IsType<IPAddress>(good.Obtain(victim));

        evil.Send(Release(victim, address), frameIsForgedToo ? good.Mac : null);
        Assert.NotNull(evil.Obtain(new Dhcp4Request { Mac = evil.Mac, TransactionId = 7 })); // the release was handled by now
        Assert.NotNull(bridge.Leases.Find(AddressKey.Of(address)));
        Assert.Equal(1, bridge.Counter("dhcp4.dropped.other-port"));
        Assert.Contains(bridge.Log.Lines, line => line.Id == (frameIsForgedToo ? 356 : 333)
            && line.Text.Contains(good.Mac, StringComparison.Ordinal));
    });

    [Fact]
    public Task On_a_bridge_that_keeps_VLANs_apart_ports_are_told_too() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 2);
        await host.ShellAsync("ip link set virbr0 type bridge vlan_filtering 1 2>/dev/null || true");
        Assert.SkipUnless(
            (await host.ShellAsync("ip -d link show virbr0")).Contains("vlan_filtering 1", StringComparison.Ordinal),
            "this kernel's bridges cannot filter VLANs");
        (RawGuest evil, RawGuest good) = (bridge.Guests[0], bridge.Guests[1]);
        Dhcp4Request victim = new() { Mac = good.Mac };
        IPAddress address = Assert.IsType<IPAddress>(good.Obtain(victim));
        evil.Send(Release(victim, address), good.Mac);
        Assert.NotNull(evil.Obtain(new Dhcp4Request { Mac = evil.Mac, TransactionId = 7 }));
        Assert.NotNull(bridge.Leases.Find(AddressKey.Of(address)));
        Assert.NotEqual(0, bridge.Leases.PortOf(AddressKey.Of(address)));
    });

    [Fact]
    public Task Clients_that_are_invented_behind_one_MAC_leave_an_address_to_the_other() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 2, Narrow(8));
        (RawGuest evil, RawGuest good) = (bridge.Guests[0], bridge.Guests[1]);
        int taken = 0;
        for (uint i = 0; i < 10; i++)
        {
            taken += evil.Obtain(
                new Dhcp4Request { Mac = $"52:54:00:66:00:{i:x2}", Broadcast = true, TransactionId = 1000 + (2 * i) }, Briefly) is null ? 0 : 1;
        }

        Assert.InRange(taken, 0, 7);
        Assert.NotNull(ObtainAtLast(good));
    });

    [Fact]
    public Task A_machine_behind_a_guests_card_is_served() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 1);
        Dhcp4Request inner = new() { Mac = "52:54:00:11:22:33", Broadcast = true };
        DhcpAnswer? offer = bridge.Guests[0].Ask(inner); // in a frame of the card's own MAC
        Assert.Equal((byte?)2, offer?.Type);
    });

    [Fact]
    public Task A_guest_that_answers_every_probe_blocks_a_few_addresses_only() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 2);
        (RawGuest evil, RawGuest good) = (bridge.Guests[0], bridge.Guests[1]);
        using IDisposable answering = evil.AnswerEveryProbe();
        for (byte i = 0; i < 50 && !bridge.Log.Lines.Any(line => line.Id == 351); i++)
        {
            good.Obtain(new Dhcp4Request { Mac = $"52:54:00:c0:00:{i:x2}", Broadcast = true, TransactionId = 100u * i }, Briefly);
        }

        Assert.NotNull(ObtainAtLast(good));
        Assert.InRange(bridge.Counter("dhcp4.blocked-now"), 1, 4);
        Assert.Contains(bridge.Log.Lines, line => line.Id == 351 && line.Text.Contains(evil.Mac, StringComparison.Ordinal)
            && line.Text.Contains("p0", StringComparison.Ordinal));
    });

    [Fact]
    public Task In_a_small_range_such_a_guest_blocks_nothing() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 2, Narrow(3));
        using IDisposable answering = bridge.Guests[0].AnswerEveryProbe();
        RawGuest good = bridge.Guests[1];
        Assert.NotNull(ObtainAtLast(good));
        Assert.Contains(bridge.Log.Lines, line => line.Id == 354);
    });

    [Fact]
    public Task A_guest_that_takes_a_lease_for_each_of_200_MACs_leaves_one_to_the_other() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 2, Narrow(30));
        (RawGuest evil, RawGuest good) = (bridge.Guests[0], bridge.Guests[1]);
        int taken = 0;
        for (uint i = 0; i < 200 && taken < 29; i++)
        {
            string mac = $"52:54:00:66:00:{i:x2}";
            Dhcp4Request invented = new() { Mac = mac, TransactionId = 1000 + (2 * i) };
            evil.Send(invented, frameMac: mac);
            if (evil.Receive(frame => DhcpAnswer.Of(frame)?.TransactionId == invented.TransactionId, Briefly) is { } frame)
            {
                evil.Send(
                    invented with
                    {
                        Type = Dhcp4MessageType.Request, RequestedAddress = $"{DhcpAnswer.Of(frame)!.Address}", ServerId = "10.77.0.1",
                    },
                    frameMac: mac);
                taken++;
            }
        }

        Assert.NotNull(good.Obtain(new Dhcp4Request { Mac = good.Mac }));
        Assert.Null(evil.Ask(new Dhcp4Request { Mac = "52:54:00:66:01:01", TransactionId = 7 }, Briefly, "52:54:00:66:01:01"));
    });

    [Fact]
    public Task A_bridge_that_is_made_anew_is_served_anew_and_one_without_DHCP_not_at_all() => PrivateHost.RunAsync(async host =>
    {
        await using ServedBridge bridge = await StartAsync(host, guests: 0);
        await host.ShellAsync(
            "ip link del virbr0; ip link add virbr0 type bridge; ip addr add 10.77.0.1/24 dev virbr0; ip link set virbr0 up; "
            + "ip link add p0 type veth peer name g0; ip link set g0 up; ip link set p0 master virbr0 up");
        bridge.Guests.Add(new RawGuest("g0"));
        await bridge.ApplyAsync(TestNetwork.Address);
        RawGuest guest = bridge.Guests[0];
        Assert.NotNull(guest.Obtain(new Dhcp4Request { Mac = guest.Mac }));
        await bridge.ApplyAsync(TestNetwork.Address with { Ranges = [], Hosts = [] });
        Assert.Empty(bridge.Server.CountersOf(bridge.Leases.Network));
        Assert.Null(guest.Ask(new Dhcp4Request { Mac = guest.Mac, TransactionId = 99 }, Briefly));
    });

    private Task<ServedBridge> StartAsync(PrivateHost host, int guests, IpDefinition? address = null) =>
        ServedBridge.StartAsync(host, guests, address, MostSharing);

    /// <summary>As a client that asks again where its answer came too late, or what it was offered is refused.</summary>
    private static IPAddress? ObtainAtLast(RawGuest guest) => Enumerable.Range(0, 10)
        .Select(i => guest.Obtain(new Dhcp4Request { Mac = guest.Mac, TransactionId = 10_000 + (10 * (uint)i) }, TimeSpan.FromSeconds(1)))
        .FirstOrDefault(address => address is not null);

    private static IpDefinition Narrow(int addresses) => TestNetwork.Address with
    {
        Ranges = [new DhcpRange(IPAddress.Parse("10.77.0.10"), new IPAddress([10, 77, 0, (byte)(9 + addresses)]))],
        Hosts = [],
    };

    private static Dhcp4Request Release(Dhcp4Request client, IPAddress address) => client with
    {
        Type = Dhcp4MessageType.Release, ClientAddress = $"{address}", ServerId = "10.77.0.1",
    };

    private static Task ServePxeAsync(ServedBridge bridge) => bridge.Server.ApplyAsync(
        TestNetwork.Definition with { DnsmasqOptions = ["pxe-service=x86PC,Linux,linux"] }, TestContext.Current.CancellationToken);

    /// <summary>What firmware asks a boot server for: the fourth part of the first entry of its menu.</summary>
    private static Dhcp4Request Choice(RawGuest guest) => new()
    {
        Mac = guest.Mac,
        Type = Dhcp4MessageType.Request,
        ClientAddress = "10.77.0.50",
        Extra = [60, 9, .. "PXEClient"u8, 43, 6, 71, 4, 0x80, 0, 0, 3],
    };

    private static async Task<bool> GoneAsync(ServedBridge bridge, IPAddress address)
    {
        for (int i = 0; i < 500 && bridge.Leases.Find(AddressKey.Of(address)) is not null; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return bridge.Leases.Find(AddressKey.Of(address)) is null;
    }
}
