using System.Net;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>What stands in a reply, and where it goes.</summary>
public class Dhcp4ReplyTests
{
    private static readonly byte[] All = [1, 3, 6, 12, 15, 26, 28, 42, 66, 67, 119, 121, 150, 252];

    private static readonly Dhcp4Request Client = new() { Mac = "52:54:00:c0:00:01", ParameterList = All };

    private static readonly Dhcp4Request Known = Client with
    {
        Type = Dhcp4MessageType.Request,
        RequestedAddress = "10.77.0.20",
    };

    [Fact]
    public void An_offer_carries_exactly_what_dnsmasq_sends()
    {
        ReceivedReply offer = Reply(Client);
        Assert.Equal([1, 3, 6, 15, 26, 28, 51, 53, 54, 58, 59], offer.Codes);
        Assert.Equal([(byte)Dhcp4MessageType.Offer], offer[53]!);
        Assert.Equal(("10.77.0.1", 3600u, 1800u, 3150u), (offer.AddressOption(54), offer.Number(51), offer.Number(58), offer.Number(59)));
        Assert.Equal(("255.255.255.0", "10.77.0.255"), (offer.AddressOption(1), offer.AddressOption(28)));
        Assert.Equal(("10.77.0.1", "10.77.0.1"), (offer.AddressOption(3), offer.AddressOption(6)));
        Assert.Equal("lab.test", offer.Text(15));
        Assert.Equal([5, 0x78], offer[26]!);
        Assert.Equal(("10.77.0.1", "0.0.0.0", "", ""), (offer.NextServer, offer.ClientAddress, offer.File, offer.Sname));
        Assert.InRange(offer.Length, 300, 320);
    }

    [Fact]
    public void What_is_not_asked_for_is_not_sent() =>
        Assert.Equal([1, 28, 51, 53, 54, 58, 59], Reply(Client with { ParameterList = [1] }).Codes);

    [Fact]
    public void A_client_without_a_list_gets_everything() =>
        Assert.Equal([1, 3, 6, 15, 26, 28, 51, 53, 54, 58, 59], Reply(Client with { ParameterList = null }).Codes);

    [Fact]
    public void An_acknowledgement_tells_the_name_and_a_renewal_echoes_the_address()
    {
        Assert.Equal("guest", Reply(Known with { HostName = "guest.lab.test" }).Text(12));
        ReceivedReply renewal = Reply(Client with { Type = Dhcp4MessageType.Request, ClientAddress = "10.77.0.20" });
        Assert.Equal(("10.77.0.20", "10.77.0.20"), (renewal.ClientAddress, renewal.YourAddress));
    }

    [Fact]
    public void Renewal_times_are_spread_but_stay_in_order()
    {
        DecisionBench bench = new();
        Dhcp4Request renewal = Client with { Type = Dhcp4MessageType.Request, ClientAddress = "10.77.0.20" };
        for (int spread = 0; spread <= ushort.MaxValue; spread += 97)
        {
            ReceivedReply ack = ReceivedReply.Of(bench, renewal, (ushort)spread)!;
            Assert.InRange(ack.Number(58), 1200u, 1800u);
            Assert.InRange(ack.Number(59), 2400u, 3150u);
            Assert.True(ack.Number(58) < ack.Number(59));
        }
    }

    [Fact]
    public void An_infinite_lease_has_no_renewal_times()
    {
        ReceivedReply offer = Reply(Client with { Mac = "52:54:00:77:00:05" });
        Assert.Equal(uint.MaxValue, offer.Number(51));
        Assert.Null(offer[58]);
        Assert.Null(offer[59]);
    }

    [Fact]
    public void A_refusal_is_bare_and_broadcast()
    {
        ReceivedReply nak = Reply(Known with { RequestedAddress = "192.0.2.1", ClientId = [1, 2, 3] });
        Assert.Equal([53, 54, 56], nak.Codes);
        Assert.Equal("wrong network", nak.Text(56));
        Assert.Equal(0x8000, nak.Flags);
        Assert.Equal(("0.0.0.0", "0.0.0.0", "0.0.0.0"), (nak.ClientAddress, nak.YourAddress, nak.NextServer));
    }

    [Fact]
    public void Inform_is_answered_without_lease_times()
    {
        ReceivedReply ack = Reply(Client with { Type = Dhcp4MessageType.Inform, ClientAddress = "10.77.0.250" });
        Assert.Equal([1, 3, 6, 15, 26, 28, 53, 54], ack.Codes);
        Assert.Equal(("10.77.0.250", "0.0.0.0"), (ack.ClientAddress, ack.YourAddress));
    }

    [Fact]
    public void Bootp_gets_300_octets_without_dhcp_options()
    {
        ReceivedReply reply = Reply(Client with { Type = null, Mac = "52:54:00:77:00:01", ParameterList = null });
        Assert.Equal(300, reply.Length);
        Assert.Equal([1, 3, 6, 12, 15, 26, 28], reply.Codes);
        Assert.Equal("10.77.0.201", reply.YourAddress);
    }

    [Fact]
    public void An_isolated_network_has_no_router_and_one_without_dns_no_name_server()
    {
        ReceivedReply isolated = Reply(Client, TestNetwork.Definition with { Forward = Forward.None });
        Assert.Null(isolated[3]);
        Assert.NotNull(isolated[6]);
        Assert.Null(Reply(Client, TestNetwork.Definition with { Dns = new DnsDefinition { Enable = false } })[6]);
    }

    [Fact]
    public void The_boot_file_goes_to_everybody_in_its_field()
    {
        ReceivedReply offer = Reply(
            Client with { ParameterList = [1] },
            TestNetwork.With(TestNetwork.Address with { Boot = new BootFile("http://x/boot.ipxe", IPAddress.Parse("10.77.0.9")) }));
        Assert.Equal(("http://x/boot.ipxe", "10.77.0.9", ""), (offer.File, offer.NextServer, offer.Sname));
        Assert.Null(offer[66]);
        Assert.Null(offer[67]);
    }

    [Theory]
    [InlineData(ClientFqdnFlags.None, ClientFqdnFlags.ServerUpdates | ClientFqdnFlags.Overridden)]
    [InlineData(ClientFqdnFlags.ServerUpdates, ClientFqdnFlags.ServerUpdates)]
    [InlineData(ClientFqdnFlags.NoUpdates, ClientFqdnFlags.ServerUpdates | ClientFqdnFlags.Overridden)]
    public void Fqdn_is_answered_with_the_networks_domain(ClientFqdnFlags asked, ClientFqdnFlags answered)
    {
        ReceivedReply offer = Reply(Client with { Fqdn = [(byte)asked, 0, 0, .. "foo.other.test"u8] });
        Assert.True(ClientFqdn.TryParse(offer[81], out ClientFqdn fqdn));
        Assert.Equal(new ClientFqdn(answered, "foo.lab.test"), fqdn);
    }

    [Fact]
    public void Options_of_the_namespace_are_sent_on_request_or_by_force()
    {
        NetworkDefinition network = TestNetwork.Definition with
        {
            DnsmasqOptions =
                ["dhcp-option=42,10.77.0.6", "dhcp-option=42,10.77.0.7", "dhcp-option=6", "dhcp-option=option:router,10.77.0.2",
                "dhcp-option-force=210,/x/", "dhcp-option=51,5", "log-queries"],
        };
        ReceivedReply offer = Reply(Client, network);
        Assert.Equal(("10.77.0.7", "10.77.0.2", "/x/"), (offer.AddressOption(42), offer.AddressOption(3), offer.Text(210)));
        Assert.Null(offer[6]);
        Assert.Equal(3600u, offer.Number(51));
        Assert.Null(Reply(Client with { ParameterList = [1] }, network)[42]);
        Assert.NotNull(Reply(Client with { ParameterList = [1] }, network)[210]);
    }

    [Fact]
    public void What_does_not_fit_is_left_out_and_a_client_that_takes_more_gets_more()
    {
        NetworkDefinition network = TestNetwork.Definition with
        {
            DnsmasqOptions = [.. Enumerable.Range(200, 4).Select(code => $"dhcp-option-force={code},{new string('x', 200)}")],
        };
        Assert.InRange(Reply(Client, network).Length, 300, 548);
        ReceivedReply large = Reply(Client with { MaxMessageSize = 1500 }, network);
        Assert.NotNull(large[203]);
        Assert.InRange(large.Length, 800, 1472);
    }

    [Fact]
    public void The_relays_information_comes_back_last_and_unchanged()
    {
        Dhcp4Request relayed = Client with { RelayAddress = "10.77.0.250", RelayAgentInformation = [1, 3, 9, 8, 7] };
        ReceivedReply offer = Reply(relayed);
        Assert.Equal(relayed.RelayAgentInformation, offer[82]);
        Assert.Equal("10.77.0.250", offer.RelayAddress);
    }

    [Theory]
    [InlineData("discover", "10.77.0.250", true, "10.77.0.250", 67, true, false)]
    [InlineData("discover", "0.0.0.0", true, "255.255.255.255", 68, false, true)]
    [InlineData("discover", "0.0.0.0", false, "offered", 68, false, false)]
    [InlineData("renew", "0.0.0.0", true, "10.77.0.20", 1068, false, false)]
    [InlineData("nak", "0.0.0.0", false, "255.255.255.255", 68, false, true)]
    [InlineData("nak", "10.77.0.250", false, "10.77.0.250", 67, true, false)]
    public void A_reply_goes_where_the_rfc_sends_it(
        string what, string relay, bool broadcast, string address, int port, bool isRelay, bool isBroadcast)
    {
        Dhcp4Request request = (what switch
        {
            "renew" => Client with { Type = Dhcp4MessageType.Request, ClientAddress = "10.77.0.20" },
            "nak" => Known with { RequestedAddress = "192.0.2.1" },
            _ => Client,
        }) with
        { RelayAddress = relay, Broadcast = broadcast };
        Dhcp4Decision decision = new DecisionBench().Decide(request);
        byte[] datagram = request.ToArray();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        uint expected = address == "offered"
            ? Assert.IsType<Dhcp4Decision.Offer>(decision).Address
            : Subnet.ToUInt32(IPAddress.Parse(address));
        Assert.Equal(
            new Dhcp4Destination(expected, (ushort)port, isRelay, isBroadcast),
            Dhcp4Destination.Of(message, decision, message.ClientAddress, 1068));
    }

    private static ReceivedReply Reply(Dhcp4Request request, NetworkDefinition? network = null) =>
        Assert.IsType<ReceivedReply>(ReceivedReply.Of(new DecisionBench(network), request));
}
