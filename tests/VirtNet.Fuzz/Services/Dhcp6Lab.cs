using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Fuzz.Engine;
using VirtNet.Fuzz.Wire;
using VirtNet.Model;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Leases;
using VirtNet.Services.Names;
using VirtNet.Services.Sockets;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Fuzz.Services;

/// <summary>A server without sockets that checks each of its decisions.</summary>
internal sealed class Dhcp6Lab : IDisposable
{
    private static readonly Dhcp6Settings Settings = Dhcp6SettingsReader.Read(Guests.Network)!;
    private static readonly MacAddress? Sender = GuestMac.InAddress(NetAddress.From(IPAddress.Parse("fe80::5054:ff:fe00:1")));

    private const int MaxIas = 8; // of one message, which may take the last ones

    private readonly FakeTimeProvider _clock = new();
    private readonly NetworkLeases _leases;
    private readonly FakePorts _ports = new();
    private readonly Dhcp6Bindings _bindings;
    private readonly Dhcp6Guard _guard;

    public Dhcp6Lab()
    {
        _leases = new NetworkLeases(Guests.NetworkId, _clock);
        _bindings = new Dhcp6Bindings(_leases, Settings, _ports, _clock);
        _guard = new Dhcp6Guard(Settings.Name, _leases, _bindings, _ports, _clock, NullLogger.Instance);
    }

    public void Advance(TimeSpan time)
    {
        _clock.Advance(time);
        _leases.Expire(_clock.GetUtcNow());
        _bindings.Expire();
    }

    public void Dispose() => _bindings.Dispose();

    /// <summary>Decides, and checks nothing.</summary>
    public Dhcp6Decision Decide(in Dhcp6Message message) => Dhcp6Decider.Decide(
        message, Sender, Dhcp6Seeds.Server, _bindings, Settings, _clock.GetUtcNow());

    public void Handle(in Dhcp6Message message)
    {
        Dhcp6Decision decision = Decide(message);
        if (decision is not Dhcp6Decision.Answer answer)
        {
            return;
        }

        HashSet<AddressKey> given = [];
        foreach (Dhcp6IaDecision ia in answer.Ias)
        {
            if (ia.Address is { } address)
            {
                CheckGrant(message, ia, address);
                Require.That(given.Add(address), "no address twice in one answer");
                Require.That(!ia.Withdrawn.Contains(address), "what is given is not withdrawn");
            }

            Require.That(ia.Ended is null || ia.Ended == _bindings.FindByClient(ia.Client), "only one's own lease ends");
            Require.That(answer.Type == Dhcp6MessageType.Reply || ia.Lease is null && ia.Ended is null, "an offer changes no lease");
        }

        CheckReply(message, answer);
        Dhcp6Recorder.Record(_guard.Check(message.Type, decision, Sender), _leases, _bindings, _guard, Sender);
        foreach (Dhcp6IaDecision ia in answer.Ias.Where(ia => ia.Lease is not null))
        {
            Require.Equal(ia.Lease, _bindings.FindByClient(ia.Client), "a lease that was given is found");
        }
    }

    private void CheckGrant(in Dhcp6Message message, Dhcp6IaDecision ia, AddressKey address)
    {
        string? name = Dhcp6Fqdn.TryParse(message.Fqdn, out string sent) && HostNames.TryRead(sent, out string? host) ? host : null;
        Require.That(Settings.InSubnet(address) && address != Settings.Gateway, "an address of the subnet that is no server's");
        Dhcp6Reservation? reservation = Settings.ByAddress.GetValueOrDefault(address);
        bool reservedForIt = reservation is not null && (reservation.Duid == ia.Client.Duid
            || (reservation.Duid is null && string.Equals(reservation.Name, name, StringComparison.OrdinalIgnoreCase)));
        Require.That(reservation is null || reservedForIt, "nobody gets what is reserved for somebody else");
        Require.That(Settings.FindRange(address) is not null || reservedForIt, "an address of a range, or reserved for the client");
        Lease? holder = _bindings.FindByAddress(address);
        Require.That(
            holder is null || (holder.ClientId == ia.Client.Duid && holder.Iaid == ia.Client.Ia),
            "nobody gets what is leased to somebody else");
        Require.That(
            !_bindings.IsBlocked(address) || _bindings.FreeCount < MaxIas,
            "nobody gets an address that was declined while there are others");
    }

    private static void CheckReply(in Dhcp6Message message, Dhcp6Decision.Answer answer)
    {
        byte[] buffer = new byte[Dhcp6Reply.MaxLength];
        int length = Dhcp6Reply.Write(buffer, message, answer, Dhcp6Seeds.Server, Settings);
        Require.That(length > 0, "an answer that was decided on fits its message");
        Require.Equal((byte)answer.Type, buffer[0], "the type that was decided on");
        buffer[0] = (byte)Dhcp6MessageType.Request; // only what clients send is read
        Require.That(Dhcp6Message.TryParse(buffer.AsSpan(0, length), out Dhcp6Message sent), "a well-formed answer");
        Require.Equal(message.TransactionId, sent.TransactionId, "the transaction id comes back");
        Require.That(sent.ClientId.SequenceEqual(message.ClientId), "the client's id comes back");
        Require.That(sent.ServerId.SequenceEqual(Dhcp6Seeds.Server), "the server says who it is");
        int ias = 0;
        foreach (Dhcp6Ia ia in sent.Ias)
        {
            Require.Equal(answer.Ias[ias++].Client.Ia, ia.Id, "an answer for each IA, in their order");
        }

        Require.Equal(answer.Ias.Count, ias, "an answer for each IA");
    }
}
