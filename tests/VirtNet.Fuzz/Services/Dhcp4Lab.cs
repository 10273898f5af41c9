using Microsoft.Extensions.Time.Testing;
using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Services.Ports;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Fuzz.Services;

/// <summary>A server without sockets that checks each of its decisions.</summary>
internal sealed class Dhcp4Lab
{
    public static readonly Dhcp4Settings Settings = Dhcp4SettingsReader.Read(Guests.Network)!;

    private readonly FakeTimeProvider _clock = new();
    private readonly NetworkLeases _leases;
    private readonly Dhcp4Bindings _bindings;

    public Dhcp4Lab()
    {
        _leases = new NetworkLeases(Guests.NetworkId, _clock);
        _bindings = new Dhcp4Bindings(_leases, Settings, new FakePorts(), _clock);
    }

    public void Advance(TimeSpan time)
    {
        _clock.Advance(time);
        _leases.Expire(_clock.GetUtcNow());
        _bindings.Expire();
    }

    /// <summary>Some machine answered for an address.</summary>
    public void SeenInUse(uint address, MacAddress? holder) => _bindings.TryBlock(address, holder, new Witness(holder, Port: 1));

    /// <summary>Decides, and checks nothing.</summary>
    public Dhcp4Decision Decide(in Dhcp4Message message, bool unicast) =>
        Dhcp4Decider.Decide(message, unicast, _bindings, Settings, _clock.GetUtcNow());

    public void Handle(in Dhcp4Message message, bool unicast)
    {
        Dhcp4Decision decision = Decide(message, unicast);
        CheckKind(message, decision);
        switch (decision)
        {
            case Dhcp4Decision.Offer offer:
                CheckGrant(message, offer.Address);
                break;
            case Dhcp4Decision.Acknowledge ack:
                CheckLease(message, ack.Lease, ack.Seconds);
                break;
            case Dhcp4Decision.Boot boot:
                CheckLease(message, boot.Lease, boot.Seconds);
                break;
            case Dhcp4Decision.Release release:
                Require.Equal(_bindings.FindByClient(ClientKey.Of(message)), release.Lease, "only one's own lease is released");
                break;
            case Dhcp4Decision.Decline decline:
                Require.Equal(_bindings.FindByClient(ClientKey.Of(message)), decline.Lease, "only one's own address is declined");
                break;
        }

        Dhcp4ReplyCheck.Run(message, decision, Settings);
        _ = Dhcp4Destination.Of(message, decision, 0x0a4d0010, 68);
        Record(message, decision);
        CheckLeases();
    }

    private static void CheckKind(in Dhcp4Message message, Dhcp4Decision decision)
    {
        bool fits = message.Type switch
        {
            Dhcp4MessageType.Discover => decision is Dhcp4Decision.Offer or Dhcp4Decision.Ignore,
            Dhcp4MessageType.Request => decision is Dhcp4Decision.Acknowledge or Dhcp4Decision.Refuse or Dhcp4Decision.Ignore,
            Dhcp4MessageType.Bootp => decision is Dhcp4Decision.Boot or Dhcp4Decision.Ignore,
            Dhcp4MessageType.Inform => decision is Dhcp4Decision.Inform or Dhcp4Decision.Ignore,
            Dhcp4MessageType.Release => decision is Dhcp4Decision.Release or Dhcp4Decision.Ignore,
            Dhcp4MessageType.Decline => decision is Dhcp4Decision.Decline or Dhcp4Decision.Ignore,
            _ => decision is Dhcp4Decision.Ignore,
        };
        Require.That(fits, $"{message.Type} is not answered by {decision}");
    }

    private void CheckGrant(in Dhcp4Message message, uint address)
    {
        ClientKey client = ClientKey.Of(message);
        Require.That(Settings.InSubnet(address) && address != Settings.Gateway, "an address of the subnet that is no server's");
        Dhcp4Reservation? reservation = Settings.ByAddress.GetValueOrDefault(address);
        bool reservedForIt = reservation is not null && (reservation.Mac == client.Mac
            || (reservation.Mac is null && string.Equals(reservation.Name, HostNames.FirstLabel(HostNames.SentIn(message)), StringComparison.OrdinalIgnoreCase)));
        Require.That(reservation is null || reservedForIt, "nobody gets what is reserved for somebody else");
        Require.That(Settings.InRange(address) || reservedForIt, "an address of a range, or reserved for the client");
        Lease? holder = _bindings.FindByAddress(address);
        Require.That(
            holder is null || holder == _bindings.FindByClient(client) || (reservedForIt && holder.Mac == client.Mac),
            "nobody gets what is leased to somebody else");
        Require.That(
            holder is not null || _bindings.IsUsable(address, client) || _bindings.LeftCount == _bindings.OfferCount,
            "nobody gets an address that was seen in use while there are others");
    }

    private void CheckLease(in Dhcp4Message message, Lease lease, uint seconds)
    {
        CheckGrant(message, Subnet.ToUInt32(lease.Address));
        DateTimeOffset now = _clock.GetUtcNow();
        Require.That(
            seconds == Dhcp4Range.Infinite ? lease.Expires is null : lease.Expires > now && lease.Expires <= now.AddSeconds(seconds),
            "a lease ends as the client is told");
    }

    private void Record(in Dhcp4Message message, Dhcp4Decision decision)
    {
        switch (decision)
        {
            case Dhcp4Decision.Offer { IsNew: true } offer:
                _bindings.Unblock(offer.Address);
                _bindings.AddOffer(offer.Address, ClientKey.Of(message));
                break;
            case Dhcp4Decision.Acknowledge ack:
                Put(ack.Lease, ack.Seconds, ack.Before);
                break;
            case Dhcp4Decision.Boot boot:
                Put(boot.Lease, boot.Seconds, boot.Before);
                break;
            case Dhcp4Decision.Release release:
                _leases.Remove(release.Lease);
                break;
            case Dhcp4Decision.Decline decline:
                _leases.Remove(decline.Lease);
                _bindings.TryBlock(decline.Address, holder: null, new Witness(decline.Lease.Mac, Port: 1));
                break;
        }
    }

    private void Put(Lease lease, uint seconds, Lease? before)
    {
        if (before is not null)
        {
            _leases.Remove(before);
        }

        _leases.Put(lease, seconds == Dhcp4Range.Infinite ? null : TimeSpan.FromSeconds(seconds));
    }

    private void CheckLeases()
    {
        HashSet<ClientKey> clients = [];
        foreach (Lease lease in _leases.Snapshot(_clock.GetUtcNow()))
        {
            Require.That(clients.Add(new ClientKey(lease.Mac!.Value, lease.ClientId)), "a client has one lease");
            if (lease.HostName is { } name)
            {
                Require.That(HostNames.TryRead(name, out _) && !name.Contains('.', StringComparison.Ordinal), "names are host names");
            }
        }
    }
}
