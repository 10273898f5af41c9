using Microsoft.Extensions.Time.Testing;
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
        Bindings = new Dhcp4Bindings(Leases, Settings, Ports, Clock);
        Guard = new Dhcp4Guard(Settings.Name, Leases, Bindings, Ports, Clock, Log);
    }

    public FakeTimeProvider Clock { get; } = new();

    public FakePorts Ports { get; } = new();

    public ListLogger<Dhcp4Guard> Log { get; } = new();

    public Dhcp4Guard Guard { get; private set; }

    public NetworkLeases Leases { get; private set; }

    public Dhcp4Bindings Bindings { get; private set; }

    public Dhcp4Settings Settings { get; private set; }

    public void Change(NetworkDefinition network)
    {
        Settings = Dhcp4SettingsReader.Read(network)!;
        Bindings.Use(Settings);
    }

    /// <param name="port">Where its frame comes in; 0 = the bridge does not learn.</param>
    /// <param name="frame">The MAC of its frame, if another than the message's.</param>
    public Dhcp4Decision Decide(Dhcp4Request request, bool unicast = false, int port = 0, string? frame = null)
    {
        byte[] datagram = request.ToArray();
        Ports.Frame(MacAddress.Parse(frame ?? request.Mac), port);
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        Leases.Expire(Clock.GetUtcNow());
        Bindings.Expire();
        Dhcp4Decision decision = Dhcp4Decider.Decide(message, unicast, Bindings, Settings, Clock.GetUtcNow());
        if (Guard.Refuse(message, decision) is { } reason)
        {
            return new Dhcp4Decision.Ignore(reason);
        }

        switch (decision)
        {
            case Dhcp4Decision.Offer { IsNew: true } offer:
                GiveOut(offer.Address);
                Bindings.AddOffer(offer.Address, Bindings.Identify(message));
                break;
            case Dhcp4Decision.Acknowledge ack:
                Record(ack.Lease, ack.Seconds, ack.Before);
                Guard.NoteLease(message, ack);
                break;
            case Dhcp4Decision.Boot boot:
                Record(boot.Lease, boot.Seconds, boot.Before);
                Guard.NotePort(message, boot.Lease);
                break;
            case Dhcp4Decision.Release release:
                Leases.Remove(release.Lease);
                break;
            case Dhcp4Decision.Decline decline:
                Leases.Remove(decline.Lease);
                Guard.Decline(message, decline);
                break;
            default:
                break;
        }

        return decision;
    }

    public Dhcp4Decision.Offer Discover(Dhcp4Request client, int port = 0) =>
        Assert.IsType<Dhcp4Decision.Offer>(Decide(client with { Type = Dhcp4MessageType.Discover }, port: port));

    /// <summary>Begins anew with the leases that are there, as after a restart of the daemon.</summary>
    public void Restart()
    {
        NetworkLeases before = Leases;
        Bindings.Dispose();
        Leases = new NetworkLeases(TestLease.Network, Clock);
        foreach (LeaseRow row in before.Rows())
        {
            Leases.Restore(row, Clock.GetUtcNow());
        }

        Bindings = new Dhcp4Bindings(Leases, Settings, Ports, Clock);
        Guard = new Dhcp4Guard(Settings.Name, Leases, Bindings, Ports, Clock, Log);
        Guard.NotePortsOfKnown();
    }

    /// <summary>INIT-REBOOT: the shortest way to a lease.</summary>
    public Lease LeaseOf(Dhcp4Request client, string address) => Assert.IsType<Dhcp4Decision.Acknowledge>(
        Decide(client with { Type = Dhcp4MessageType.Request, RequestedAddress = address })).Lease;

    /// <summary>The whole exchange.</summary>
    public Lease Dora(Dhcp4Request client, int port = 0) =>
        TryDora(client, port) ?? throw new InvalidOperationException("no lease for " + client.Mac);

    /// <inheritdoc cref="Dora"/>
    public Lease? TryDora(Dhcp4Request client, int port = 0, string server = "10.77.0.1")
    {
        if (Decide(client with { Type = Dhcp4MessageType.Discover }, port: port) is not Dhcp4Decision.Offer offer)
        {
            return null;
        }

        return (Decide(
            client with
            {
                Type = Dhcp4MessageType.Request,
                RequestedAddress = Subnet.FromUInt32(offer.Address).ToString(),
                ServerId = server,
            },
            port: port) as Dhcp4Decision.Acknowledge)?.Lease;
    }

    private void GiveOut(uint address)
    {
        if (Bindings.IsBlocked(address))
        {
            Bindings.Unblock(address);
        }
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
