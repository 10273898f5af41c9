using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>What a relay in a guest wants of the answers to its clients.</summary>
public class Dhcp4RelayTests
{
    private const string Relay = "10.77.0.250";
    private static readonly byte[] Override = [11, 4, 10, 77, 0, 250];

    private static readonly Dhcp4Request Client = new()
    {
        Mac = "52:54:00:c0:00:01", RelayAddress = Relay, RelayAgentInformation = [1, 2, 7, 7, .. Override],
    };

    private readonly DecisionBench _bench = new();

    [Fact]
    public void A_relay_that_stands_for_its_servers_is_what_clients_take_for_theirs()
    {
        Dhcp4Decision.Offer offer = _bench.Discover(Client);
        Assert.Equal([10, 77, 0, 250], Option(Client, offer, Dhcp4OptionCode.ServerId));
        Assert.Equal(Client.RelayAgentInformation, Option(Client, offer, Dhcp4OptionCode.RelayAgentInformation));

        Dhcp4Request request = Client with { Type = Dhcp4MessageType.Request, RequestedAddress = $"{Subnet.FromUInt32(offer.Address)}" };
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.OtherServer), _bench.Decide(request with { ServerId = "10.77.0.1" }));
        request = request with { ServerId = Relay };
        Dhcp4Decision ack = _bench.Decide(request);
        Lease lease = Assert.IsType<Dhcp4Decision.Acknowledge>(ack).Lease;
        Assert.Equal([10, 77, 0, 250], Option(request, ack, Dhcp4OptionCode.ServerId));

        Dhcp4Request release = Client with { Type = Dhcp4MessageType.Release, ClientAddress = $"{lease.Address}" };
        Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.OtherServer), _bench.Decide(release with { ServerId = "10.77.0.1" }));
        Assert.IsType<Dhcp4Decision.Release>(_bench.Decide(release with { ServerId = Relay }));
    }

    [Fact]
    public void A_refusal_comes_from_the_relay_as_well()
    {
        Dhcp4Request request = Client with { Type = Dhcp4MessageType.Request, RequestedAddress = "192.0.2.1", ServerId = Relay };
        Dhcp4Decision decision = _bench.Decide(request);
        Assert.Equal(new Dhcp4Decision.Refuse("wrong network"), decision);
        Assert.Equal([10, 77, 0, 250], Option(request, decision, Dhcp4OptionCode.ServerId));
    }

    [Theory]
    [InlineData(new byte[] { 5, 4, 10, 77, 0, 0 }, new byte[0], new byte[] { 10, 77, 0, 0 })]
    [InlineData(new byte[] { 5, 4, 10, 77, 0, 9 }, new byte[] { 118, 4, 10, 9, 9, 0 }, new byte[] { 10, 77, 0, 9 })]
    [InlineData(new byte[] { 1, 1, 1 }, new byte[] { 118, 4, 10, 77, 0, 7 }, new byte[] { 10, 77, 0, 7 })]
    [InlineData(new byte[] { 5, 3, 10, 77, 0 }, new byte[] { 118, 1, 10 }, new byte[0])]
    [InlineData(new byte[] { 5, 4, 10, 9, 9, 0 }, new byte[0], null)]
    [InlineData(new byte[] { 1, 1, 1 }, new byte[] { 118, 4, 10, 9, 9, 0 }, null)]
    public void A_subnet_that_is_chosen_is_this_one_or_there_is_no_answer(byte[] agent, byte[] extra, byte[]? said)
    {
        Dhcp4Request client = Client with { RelayAgentInformation = agent, Extra = extra };
        Dhcp4Decision decision = _bench.Decide(client);
        if (said is null)
        {
            Assert.Equal(new Dhcp4Decision.Ignore(Dhcp4Drop.ForeignSubnet), decision);
        }
        else
        {
            Assert.Equal(said, Option(client, decision, Dhcp4OptionCode.SubnetSelection));
        }
    }

    private byte[] Option(Dhcp4Request request, Dhcp4Decision decision, Dhcp4OptionCode code)
    {
        Assert.True(Dhcp4Message.TryParse(request.ToArray(), out Dhcp4Message message));
        byte[] reply = new byte[Dhcp4Reply.MaxLength];
        int length = Dhcp4Reply.Write(reply, message, decision, _bench.Settings, spread: 0);
        WireReader reader = new(reply.AsSpan((Dhcp4Message.HeaderLength + 4)..length));
        while (Dhcp4Option.TryRead(ref reader, out Dhcp4Option option))
        {
            if (option.Code == code)
            {
                return option.Value.ToArray();
            }
        }

        return [];
    }
}
