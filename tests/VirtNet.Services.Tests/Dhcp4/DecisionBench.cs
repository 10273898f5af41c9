using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Services.Tests.Leases;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>A network's addresses without sockets: a message goes in, a decision comes out and is recorded.</summary>
internal sealed class DecisionBench
{
    public DecisionBench(NetworkDefinition? network = null)
    {
        Leases = new NetworkLeases(TestLease.Network, Clock);
        Settings = Dhcp4SettingsReader.Read(network ?? TestNetwork.Definition)
            ?? throw new ArgumentException("nothing to serve", nameof(network));
        Bindings = new Dhcp4Bindings(Leases, Settings, Clock);
    }

    public FakeClock Clock { get; } = new();

    public NetworkLeases Leases { get; }

    public Dhcp4Bindings Bindings { get; }

    public Dhcp4Settings Settings { get; private set; }

    public void Change(NetworkDefinition network)
    {
        Settings = Dhcp4SettingsReader.Read(network)!;
        Bindings.Use(Settings);
    }

    public Dhcp4Decision Decide(Dhcp4Request request, bool unicast = false)
    {
        byte[] datagram = request.ToArray();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Leases.Expire(Clock.GetUtcNow());
        Bindings.Expire();
        Dhcp4Decision decision = Dhcp4Decider.Decide(message, unicast, Bindings, Settings, Clock.GetUtcNow());
        switch (decision)
        {
            case Dhcp4Decision.Offer { IsNew: true } offer:
                Bindings.AddOffer(offer.Address, ClientKey.Of(message));
                break;
            case Dhcp4Decision.Acknowledge ack:
                Record(ack.Lease, ack.Seconds, ack.Before);
                break;
            case Dhcp4Decision.Boot boot:
                Record(boot.Lease, boot.Seconds, boot.Before);
                break;
            case Dhcp4Decision.Release release:
                Leases.Remove(release.Lease);
                break;
            case Dhcp4Decision.Decline decline:
                Leases.Remove(decline.Lease);
                Bindings.Block(decline.Address, holder: null);
                break;
            default:
                break;
        }

        return decision;
    }

    public Dhcp4Decision.Offer Discover(Dhcp4Request client) =>
        Assert.IsType<Dhcp4Decision.Offer>(Decide(client with { Type = Dhcp4MessageType.Discover }));

    /// <summary>INIT-REBOOT: the shortest way to a lease.</summary>
    public Lease LeaseOf(Dhcp4Request client, string address) => Assert.IsType<Dhcp4Decision.Acknowledge>(
        Decide(client with { Type = Dhcp4MessageType.Request, RequestedAddress = address })).Lease;

    /// <summary>The whole exchange.</summary>
    public Lease Dora(Dhcp4Request client)
    {
        string offered = Subnet.FromUInt32(Discover(client).Address).ToString();
        return Assert.IsType<Dhcp4Decision.Acknowledge>(Decide(client with
        {
            Type = Dhcp4MessageType.Request,
            RequestedAddress = offered,
            ServerId = "10.77.0.1",
        })).Lease;
    }

    private void Record(Lease lease, uint seconds, Lease? before)
    {
        if (before is not null)
        {
            Leases.Remove(before);
        }

        Leases.Put(lease, seconds == Dhcp4Range.Infinite ? null : TimeSpan.FromSeconds(seconds));
    }
}
