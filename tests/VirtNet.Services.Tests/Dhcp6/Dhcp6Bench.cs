using System.Net;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Services.Dhcp6;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Fakes;
using VirtNet.Services.Tests.Leases;
using VirtNet.Wire.Dhcp6;
using VirtNet.Wire.Tests.Dhcp6;

namespace VirtNet.Services.Tests.Dhcp6;

/// <summary>A network's addresses without sockets: a message goes in, a decision comes out and is recorded.</summary>
internal sealed class Dhcp6Bench
{
    public const string ReservedDuid = "00:04:0A:0b:0c";

    public static readonly byte[] Server = [0, 4, 9, 9, 9];

    public static readonly IpDefinition Address = new(IPAddress.Parse("2001:db8:7::1"))
    {
        Prefix = 64,
        Ranges = [Range("2001:db8:7::10", "2001:db8:7::1f")],
        Hosts =
        [
            new DhcpHost(null, "0:4:A:b:c", "byid", IPAddress.Parse("2001:db8:7::201"), new LeaseTime(2, LeaseTimeUnit.Hours)),
            new DhcpHost(null, null, "byname", IPAddress.Parse("2001:db8:7::202")),
            new DhcpHost(null, "0:4:2", null, IPAddress.Parse("2001:db8:7::12")),
        ],
    };

    public static readonly NetworkDefinition Network = new()
    {
        Name = "lab",
        Uuid = TestLease.Network,
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "virbr0" },
        Domain = new DomainName("lab.test"),
        Ips = [Address],
    };

    public Dhcp6Bench(NetworkDefinition? network = null)
    {
        Leases = new NetworkLeases(TestLease.Network, Clock);
        Settings = Dhcp6SettingsReader.Read(network ?? Network)
            ?? throw new ArgumentException("nothing to serve", nameof(network));
        Bindings = new Dhcp6Bindings(Leases, Settings, Ports, Clock);
        Guard = new Dhcp6Guard(Settings.Name, Leases, Bindings, Ports, Clock, Log);
    }

    public FakeTimeProvider Clock { get; } = new();

    public FakePorts Ports { get; } = new();

    public ListLogger<Dhcp6Guard> Log { get; } = new();

    public Dhcp6Guard Guard { get; private set; }

    /// <summary>Behind which port the next messages come in, and from which MAC.</summary>
    public int Port { get; set; }

    /// <inheritdoc cref="Port"/>
    public string Mac { get; set; } = "52:54:00:c0:00:01";

    public NetworkLeases Leases { get; }

    public Dhcp6Bindings Bindings { get; private set; }

    public Dhcp6Settings Settings { get; }

    public static DhcpRange Range(string start, string end) => new(IPAddress.Parse(start), IPAddress.Parse(end));

    /// <summary>Begins anew with the leases that are there, as after a restart.</summary>
    public void Restart()
    {
        Bindings.Dispose();
        Bindings = new Dhcp6Bindings(Leases, Settings, Ports, Clock);
        Guard = new Dhcp6Guard(Settings.Name, Leases, Bindings, Ports, Clock, Log);
    }

    public Dhcp6Decision Decide(Dhcp6Request request)
    {
        Assert.True(Dhcp6Message.TryParse(request.ToArray(), out Dhcp6Message message));
        return Decide(message);
    }

    public Dhcp6Decision Decide(in Dhcp6Message message)
    {
        Leases.Expire(Clock.GetUtcNow());
        Bindings.Expire();
        MacAddress sender = MacAddress.Parse(Mac);
        Ports.Frame(sender, Port);
        Dhcp6Decision decision = Dhcp6Decider.Decide(message, sender, Server, Bindings, Settings, Clock.GetUtcNow());
        decision = Guard.Check(message.Type, decision, sender);
        Dhcp6Recorder.Record(decision, Leases, Bindings, Guard, sender);
        return decision;
    }

    public Dhcp6Decision.Answer Ask(Dhcp6MessageType type, Dhcp6Request client, params string[] addresses) =>
        Assert.IsType<Dhcp6Decision.Answer>(Decide(client with
        {
            Type = type,
            Addresses = addresses,
            ServerId = type is Dhcp6MessageType.Request or Dhcp6MessageType.Renew or Dhcp6MessageType.Release
                or Dhcp6MessageType.Decline ? Server : null,
        }));

    public string? Solicit(Dhcp6Request client, params string[] wish) =>
        TextOf(Assert.Single(Ask(Dhcp6MessageType.Solicit, client, wish).Ias));

    /// <summary>The whole exchange.</summary>
    public string Bind(Dhcp6Request client)
    {
        string offered = Solicit(client) ?? throw new InvalidOperationException("nothing offered");
        Assert.Equal(offered, TextOf(Assert.Single(Ask(Dhcp6MessageType.Request, client, offered).Ias)));
        return offered;
    }

    public Lease? LeaseOf(string address) => Leases.Find(AddressKey.Of(IPAddress.Parse(address)));

    public static string? TextOf(Dhcp6IaDecision ia) => ia.Address?.ToAddress().ToString();
}
