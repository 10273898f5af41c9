using VirtNet.Rpc.Driver;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Tests.Fakes;

namespace VirtNet.Rpc.Tests.Server;

public sealed class ConnectionTests
{
    private const int Open = 1;

    [Fact]
    public async Task Features_are_answered_as_stock_does()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        int[] supported = [8, 9, 10, 14, 15, 16];
        for (int feature = -1; feature < 30; feature++)
        {
            RawPacket reply = await peer.CallAsync(60, new Payload().Int(feature));
            Assert.Equal(supported.Contains(feature) ? 1 : 0, reply.Int());
        }
    }

    [Fact]
    public async Task Who_is_connected_stays_so_when_the_listening_socket_is_closed()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        server.CloseListener();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(new Payload().Int(1).ToArray(), (await peer.CallAsync(149)).Payload);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestServer.Token);
        }
    }

    [Fact]
    public async Task The_connection_describes_itself()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync("network:///system?a=b");
        Assert.Equal(new Payload().String("network").ToArray(), (await peer.CallAsync(3)).Payload);
        Assert.Equal(new Payload().String("network:///system?a=b").ToArray(), (await peer.CallAsync(110)).Payload);
        Assert.Equal(new Payload().Int(1).ToArray(), (await peer.CallAsync(149)).Payload);
        Assert.Equal(new Payload().Long(11003000).ToArray(), (await peer.CallAsync(157)).Payload);
        Assert.Empty((await peer.CallAsync(360)).Payload);
        Assert.Empty((await peer.CallAsync(360)).Payload);
        Assert.Empty((await peer.CallAsync(361)).Payload);
        Assert.Equal(new Payload().Int(1).Int(0).ToArray(), (await peer.CallAsync(66)).Payload);
    }

    [Theory]
    [InlineData(4, "virConnectGetVersion", 20)]
    [InlineData(6, "virNodeGetInfo", 20)]
    [InlineData(7, "virConnectGetCapabilities", 20)]
    [InlineData(59, "virConnectGetHostname", 20)]
    [InlineData(51, "virConnectNumOfDomains", 20)]
    [InlineData(273, "virConnectListAllDomains", 20)]
    [InlineData(126, "virConnectNumOfInterfaces", 26)]
    [InlineData(131, "virInterfaceDefineXML", 26)]
    [InlineData(220, "virInterfaceChangeBegin", 26)]
    [InlineData(178, "virConnectNumOfNWFilters", 33)]
    [InlineData(71, "virConnectNumOfStoragePools", 18)]
    [InlineData(111, "virNodeNumOfDevices", 22)]
    [InlineData(285, "virConnectListAllNodeDevices", 22)]
    [InlineData(139, "virConnectNumOfSecrets", 30)]
    [InlineData(316, "virConnectDomainEventRegisterAny", 20)]
    [InlineData(203, "virConnectGetSysinfo", 20)]
    public async Task Calls_of_other_drivers_are_not_supported(int procedure, string apiName, int domain)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        RawPacket reply = await peer.CallAsync(procedure);
        Assert.Equal((3, domain, $"this function is not supported by the connection driver: {apiName}"), reply.Error());
    }

    [Theory]
    [InlineData("network:///session", 1, 0, "internal error: unexpected network URI path '/session', try network:///system")]
    [InlineData("vbox:///session", 5, 0, "no connection driver available for vbox:///session")]
    [InlineData("nonsense", 5, 0, "no connection driver available for URI 'nonsense' does not include a driver name")]
    [InlineData("network://elsewhere/system", 5, 0, "no connection driver available for network://elsewhere/system")]
    [InlineData("network:///", 1, 0, "internal error: unexpected network URI path '/', try network:///system")]
    public async Task A_foreign_uri_is_refused_and_another_may_be_tried(string name, int code, int domain, string message)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        Assert.Equal((code, domain, message), (await peer.CallAsync(Open, new Payload().Optional(name).UInt(0))).Error());
        Assert.Equal(0, (await peer.CallAsync(Open, new Payload().Optional("network:///system").UInt(0))).Status);
    }

    [Theory]
    [InlineData("qemu:///system", "qemu:///system")]
    [InlineData(null, "network:///system")]
    public async Task A_hypervisors_client_sees_a_host_without_anything_but_networks(string? name, string told)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        await peer.CallAsync(Open, new Payload().Optional(name).UInt(0));
        foreach (int count in (int[])[25, 51, 71, 73, 111, 139, 178, 21, 37, 316])
        {
            Assert.Equal(new byte[4], (await peer.CallAsync(count, new Payload().Int(0).Int(16))).Payload);
        }

        foreach (int list in (int[])[273, 281, 285, 286, 287])
        {
            Assert.Equal(new byte[8], (await peer.CallAsync(list, new Payload().Int(1).UInt(0))).Payload);
        }

        Assert.Equal(128 + 8 + (6 * 4), (await peer.CallAsync(6)).Payload.Length);
        Assert.Contains("<arch>", System.Text.Encoding.UTF8.GetString((await peer.CallAsync(7)).Payload), StringComparison.Ordinal);
        Assert.Equal(new Payload().String(told).ToArray(), (await peer.CallAsync(110)).Payload);
        Assert.Equal((42, 10, "Domain not found: no domain with matching name 'guest'"), (await peer.CallAsync(23, new Payload().String("guest"))).Error());
    }

    [Theory]
    [InlineData(23, 42, 10, "Domain not found: no domain with matching name 'a'")]
    [InlineData(84, 49, 18, "Storage pool not found: no storage pool with matching name 'a'")]
    [InlineData(391, 49, 18, "Storage pool not found: no storage pool with matching target path 'a'")]
    [InlineData(96, 50, 18, "Storage volume not found: no storage vol with matching key a")]
    [InlineData(97, 50, 18, "Storage volume not found: no storage vol with matching path 'a'")]
    [InlineData(113, 53, 22, "Node device not found: no node device with matching name 'a'")]
    [InlineData(175, 62, 33, "Network filter not found: no nwfilter with matching name 'a'")]
    [InlineData(397, 101, 33, "Network filter binding not found: no nwfilter binding for port dev 'a'")]
    public async Task What_the_empty_lists_do_not_hold_is_not_found(int procedure, int code, int domain, string message)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        await peer.CallAsync(Open, new Payload().Optional("qemu:///system").UInt(0));
        Assert.Equal((code, domain, message), (await peer.CallAsync(procedure, new Payload().String("a"))).Error());
        using RawPeer networks = await server.OpenRawAsync();
        Assert.Equal(3, (await networks.CallAsync(procedure, new Payload().String("a"))).Error().Code);
    }

    [Fact]
    public async Task A_guest_is_not_found_by_its_number_either()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        await peer.CallAsync(Open, new Payload().Optional("qemu:///system").UInt(0));
        Assert.Equal((42, 10, "Domain not found: no domain with matching id 7"), (await peer.CallAsync(22, new Payload().Int(7))).Error());
    }

    [Theory]
    [InlineData("qemu:///system", "QEMU")]
    [InlineData("xen:///system", "Xen")]
    [InlineData("test:///default", "Test")]
    [InlineData("network:///system", "network")]
    public async Task The_type_of_a_connection_is_its_drivers(string name, string type)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        await peer.CallAsync(Open, new Payload().Optional(name).UInt(0));
        Assert.Equal(new Payload().String(type).ToArray(), (await peer.CallAsync(3)).Payload);
    }

    [Fact]
    public async Task Hypervisor_uris_can_be_refused_as_stock_does()
    {
        await using TestServer server = new(new RpcServerOptions { AcceptHypervisorUris = false });
        using RawPeer peer = await server.ConnectRawAsync();
        Assert.Equal(5, (await peer.CallAsync(Open, new Payload().Optional("qemu:///system").UInt(0))).Error().Code);
        Assert.Equal(5, (await peer.CallAsync(Open, new Payload().Optional(null).UInt(0))).Error().Code);
    }

    [Fact]
    public async Task Older_list_calls_are_served()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        await peer.CallAsync(41, new Payload().String("<network><name>a</name></network>"));
        await peer.CallAsync(40, new Payload().String("<network><name>b</name></network>"));
        Assert.Equal(1, (await peer.CallAsync(52)).Int());
        Assert.Equal(1, (await peer.CallAsync(50)).Int());
        Assert.Equal(new Payload().Int(1).String("b").ToArray(), (await peer.CallAsync(38, new Payload().Int(10))).Payload);
        Assert.Equal(new Payload().Int(1).String("a").ToArray(), (await peer.CallAsync(36, new Payload().Int(10))).Payload);
        Assert.Equal(new byte[4], (await peer.CallAsync(38, new Payload().Int(0))).Payload);
        Assert.Equal((39, 7, "maxnames > REMOTE_NETWORK_LIST_MAX"), (await peer.CallAsync(38, new Payload().Int(16385))).Error());
        Assert.Equal((39, 7, "maxnames must be non-negative"), (await peer.CallAsync(36, new Payload().Int(-1))).Error());
    }

    [Fact]
    public async Task A_count_alone_comes_with_an_empty_list()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        await peer.CallAsync(41, new Payload().String("<network><name>a</name></network>"));
        Assert.Equal(
            new Payload().Int(0).Int(1).ToArray(), (await peer.CallAsync(283, new Payload().Int(0).UInt(0))).Payload);
    }

    [Fact]
    public async Task An_identity_is_accepted_from_the_daemons_own_user()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        Payload identity = new Payload().Int(3)
            .String("user-name").Int(7).String("root")
            .String("unix-user-id").Int(4).Long(0)
            .String("process-id").Int(3).Long(4711)
            .UInt(0);
        Assert.Empty((await peer.CallAsync(419, identity)).Payload);
    }

    [Theory]
    [InlineData("foo", 74, "argument unsupported: parameter 'foo' not supported")]
    [InlineData("unix-user-id", 8, "invalid argument: invalid type 'string' for parameter 'unix-user-id', expected 'ullong'")]
    [InlineData("user-name", 8, "invalid argument: parameter 'user-name' occurs multiple times")]
    public async Task An_identity_is_made_of_known_parameters(string second, int code, string message)
    {
        await using TestServer server = new();
        using RawPeer peer = await server.OpenRawAsync();
        Payload identity = new Payload().UInt(2)
            .String("user-name").Int(7).String("root")
            .String(second).Int(7).String("x")
            .UInt(0);
        Assert.Equal((code, 0, message), (await peer.CallAsync(419, identity)).Error());
    }

    [Theory]
    [InlineData(39, "virNetworkCreate")]
    [InlineData(40, "virNetworkCreateXML")]
    [InlineData(41, "virNetworkDefineXML")]
    [InlineData(42, "virNetworkDestroy")]
    [InlineData(48, "virNetworkSetAutostart")]
    [InlineData(49, "virNetworkUndefine")]
    [InlineData(291, "virNetworkUpdate")]
    [InlineData(406, "virNetworkPortCreateXML")]
    [InlineData(408, "virNetworkPortSetParameters")]
    [InlineData(410, "virNetworkPortDelete")]
    [InlineData(419, "virConnectSetIdentity")]
    [InlineData(432, "virNetworkDefineXMLFlags")]
    [InlineData(437, "virNetworkCreateXMLFlags")]
    [InlineData(444, "virNetworkSetMetadata")]
    public async Task A_read_only_connection_changes_nothing(int procedure, string apiName)
    {
        await using TestServer readOnlySocket = new(readOnly: true);
        using RawPeer bySocket = await readOnlySocket.OpenRawAsync();
        await using TestServer server = new();
        using RawPeer byFlag = await server.OpenRawAsync(flags: 1);
        Payload zeros = new Payload().Raw(new byte[100]); // decodes as the arguments of every one of them
        string message = $"operation forbidden: read only access prevents {apiName}";
        Assert.Equal((29, 19, message), (await bySocket.CallAsync(procedure, zeros)).Error());
        Assert.Equal((29, 19, message), (await byFlag.CallAsync(procedure, zeros)).Error());
        Assert.Empty(server.Driver.Calls);
        Assert.Equal(43, (await bySocket.CallAsync(46, new Payload().String("x"))).Error().Code);
    }

    [Fact]
    public async Task Plans_are_not_for_read_only_connections()
    {
        await using TestServer server = new();
        using RawPeer writer = await server.OpenRawAsync();
        using RawPeer reader = await server.OpenRawAsync(flags: 1);
        Payload arguments = new Payload().Optional("default").Optional(null);
        RawPacket plan = await writer.CallAsync(1, arguments, program: 0x76697274);
        Assert.Equal(
            new Payload().Int(1).String("create").String("link").String("virbr7").String("default").ToArray(), plan.Payload);
        Assert.Equal(29, (await reader.CallAsync(1, arguments, program: 0x76697274)).Error().Code);
        Assert.Equal(8, (await writer.CallAsync(1, new Payload().Optional(null).Optional(null), 0x76697274)).Error().Code);
        Assert.Equal("unknown procedure: 999", (await writer.CallAsync(999, arguments, 0x76697274)).Error().Message);
    }

    [Fact]
    public async Task Leases_are_not_released_by_read_only_connections()
    {
        NetworkRef network = new("one", Guid.Parse("11111111-2222-3333-4444-555555555555"));
        await using TestServer server = new();
        using RawPeer writer = await server.OpenRawAsync();
        using RawPeer reader = await server.OpenRawAsync(flags: 1);
        server.Driver.Leases.Add(new DhcpLease("virbr7", 5, 0, "52:54:00:00:00:01", null, "10.0.0.7", 24, null, null));
        Payload arguments = new Payload().Network("one", network.Uuid).Optional("52:54:00:00:00:01").Optional(null);
        Assert.Equal(29, (await reader.CallAsync(2, arguments, RawPeer.VirtNet)).Error().Code);
        Assert.Empty(server.Driver.Calls);
        Assert.Equal(
            new Payload().UInt(1).String("virbr7").Long(5).Int(0).Optional("52:54:00:00:00:01").Optional(null)
                .String("10.0.0.7").UInt(24).Optional(null).Optional(null).UInt(1).ToArray(),
            (await writer.CallAsync(2, arguments, RawPeer.VirtNet)).Payload);
        Payload nothing = new Payload().Network("one", network.Uuid).Optional(null).Optional(null);
        Assert.Equal(8, (await writer.CallAsync(2, nothing, RawPeer.VirtNet)).Error().Code);
    }

    [Fact]
    public async Task Who_may_only_read_may_ask_for_a_subnet_and_keeps_it_from_nobody()
    {
        await using TestServer server = new();
        using RawPeer writer = await server.OpenRawAsync();
        using RawPeer reader = await server.OpenRawAsync(flags: 1);
        Payload arguments = new Payload().Optional("10.0.0.0/24").Int(0).UInt(24).Int(0).UInt(1);
        byte[] expected = new Payload().Optional("10.9.0.0/24").Optional("network 'other' (10.0.0.0/8)").Int(1).ToArray();
        Assert.Equal(expected, (await writer.CallAsync(9, arguments, RawPeer.VirtNet)).Payload);
        Assert.Equal(expected, (await reader.CallAsync(9, arguments, RawPeer.VirtNet)).Payload);
        Assert.Equal(["find-subnet 10.0.0.0/24 hold True", "find-subnet 10.0.0.0/24 hold False"], server.Driver.Calls);
    }

    [Fact]
    public async Task A_network_is_not_renamed_by_who_may_only_read()
    {
        Guid uuid = Guid.Parse("11111111-2222-3333-4444-555555555555");
        await using TestServer server = new();
        using RawPeer writer = await server.OpenRawAsync();
        using RawPeer reader = await server.OpenRawAsync(flags: 1);
        Payload arguments = new Payload().Network("one", uuid).String("two");
        Assert.Equal(29, (await reader.CallAsync(10, arguments, RawPeer.VirtNet)).Error().Code);
        Assert.Equal(new Payload().Network("two", uuid).ToArray(), (await writer.CallAsync(10, arguments, RawPeer.VirtNet)).Payload);
        Assert.Equal(["rename one two"], server.Driver.Calls);
    }

    [Fact]
    public async Task An_active_network_is_redefined_by_a_call_of_its_own()
    {
        await using TestServer server = new();
        using RawPeer writer = await server.OpenRawAsync();
        using RawPeer reader = await server.OpenRawAsync(flags: 1);
        Payload arguments = new Payload().String("<mtu/>").Int(4);
        RawPacket reply = await writer.CallAsync(6, arguments, program: 0x76697274);
        Payload items = new Payload().Int(1).String("mtu").Optional(null).Optional("<mtu/>").Int(0);
        Assert.Equal(
            new Payload().String("default").Raw(new byte[16]).Int(0).Raw(items.ToArray()).ToArray(), reply.Payload);
        Assert.Equal(29, (await reader.CallAsync(6, arguments, program: 0x76697274)).Error().Code);
    }

    [Fact]
    public async Task Other_ways_to_authenticate_fail()
    {
        await using TestServer server = new();
        using RawPeer peer = await server.ConnectRawAsync();
        foreach (int procedure in (int[])[67, 68, 69, 70])
        {
            Assert.Equal((45, 7, "authentication failed: authentication failed"), (await peer.CallAsync(procedure)).Error());
        }
    }
}
