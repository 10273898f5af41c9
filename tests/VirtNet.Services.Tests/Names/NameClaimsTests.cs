using Microsoft.Extensions.Logging;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Dhcp4;
using VirtNet.Services.Tests.Dhcp6;
using VirtNet.Services.Tests.Leases;
using VirtNet.Wire.Dhcp6;
using VirtNet.Wire.Tests.Dhcp4;
using VirtNet.Wire.Tests.Dhcp6;

namespace VirtNet.Services.Tests.Names;

/// <summary>A guest gets its address whatever it calls itself, but not every name.</summary>
public class NameClaimsTests
{
    private static readonly Dhcp4Request First = new() { Mac = "52:54:00:c0:00:01" };
    private static readonly Dhcp4Request Second = new() { Mac = "52:54:00:c0:00:02" };

    private readonly DecisionBench _bench = new();

    [Theory]
    [InlineData("localhost")]
    [InlineData("WPAD")]
    [InlineData("isatap.lab.test")]
    [InlineData("bymac")]
    [InlineData("FarAway")]
    public void Nobody_else_gets_a_name_that_is_special_or_reserved(string name)
    {
        Assert.Null(_bench.Dora(First with { HostName = name }, 3).HostName);
        Assert.Null(_bench.Dora(Second with { Fqdn = [0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(name)] }, 4).HostName);
        Assert.Null(_bench.Dora(First with { HostName = name }, 5).HostName);
        Assert.Collection(
            _bench.Log.Lines, // each once, and neither hides the other
            first => Assert.Contains(First.Mac, first.Text, StringComparison.Ordinal),
            second => Assert.Contains(Second.Mac, second.Text, StringComparison.Ordinal));
        Assert.All(_bench.Log.Lines, line => Assert.Equal((LogLevel.Warning, 340), (line.Level, line.Id)));
    }

    [Fact]
    public void The_name_of_a_running_guest_is_its_own()
    {
        Lease lease = _bench.Dora(First with { HostName = "db" }, 3);
        Assert.Null(_bench.Dora(Second with { HostName = "DB" }, 4).HostName);
        Assert.Equal(lease.Address, _bench.Leases.FindAddress("db", System.Net.Sockets.AddressFamily.InterNetwork));
        Assert.Equal("db", _bench.Dora(First with { HostName = "db" }, 3).HostName);
    }

    [Fact]
    public void A_refusal_is_said_once()
    {
        Dhcp4Request guest = First with { HostName = "localhost" };
        for (int i = 0; i < 5; i++)
        {
            _bench.Dora(guest, 3);
            _bench.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Single(_bench.Log.Lines);
    }

    [Fact]
    public void A_guest_that_is_made_anew_has_the_name_of_the_one_that_is_gone()
    {
        _bench.Dora(First with { HostName = "web" }, 3);
        _bench.Ports.Unplug(3);
        Assert.Equal("web", _bench.Dora(Second with { HostName = "web" }, 4).HostName);
    }

    [Fact]
    public void One_machine_may_have_its_name_twice()
    {
        _bench.Dora(First with { HostName = "web", ClientId = [1, 1] }, 3);
        Assert.Equal("web", _bench.Dora(First with { HostName = "web", ClientId = [1, 2] }, 3).HostName);
        Assert.Equal("web", _bench.Dora(Second with { HostName = "web" }, 3).HostName); // a guest in the guest
    }

    [Fact]
    public void A_name_of_thousands_of_leases_behind_one_port_costs_one_look()
    {
        const int Count = 3000;
        for (int i = 0; i < Count; i++)
        {
            Lease lease = TestLease.Of($"10.77.{1 + (i / 250)}.{1 + (i % 250)}", $"52:54:00:d0:{i / 256:x2}:{i % 256:x2}", null, "many");
            _bench.Leases.Put(lease, duration: null);
            _bench.Leases.NotePort(AddressKey.Of(lease.Address), 3);
        }

        Dhcp4Request next = First with { HostName = "many", Type = VirtNet.Wire.Dhcp4.Dhcp4MessageType.Discover };
        _bench.Decide(next, port: 3);
        int before = _bench.Ports.Looks;
        _bench.Decide(next, port: 3);
        Assert.InRange(_bench.Ports.Looks - before, 1, 4);
        Assert.Equal("many", _bench.Dora(First with { HostName = "many" }, 3).HostName);
        Assert.Null(_bench.Dora(Second with { HostName = "many" }, 4).HostName);
        _bench.Ports.Unplug(3);
        Assert.Equal("many", _bench.Dora(Second with { HostName = "many" }, 4).HostName);
    }

    [Fact]
    public void Where_a_lease_is_counts_for_its_name_when_that_is_known_later()
    {
        Lease one = TestLease.Of("10.77.1.1", "52:54:00:d0:00:01", null, "two");
        Lease other = TestLease.Of("10.77.1.2", "52:54:00:d0:00:02", null, "two");
        _bench.Leases.Put(one, duration: null);
        _bench.Leases.Put(other, duration: null);
        _bench.Leases.NotePort(AddressKey.Of(one.Address), 3);
        Assert.Null(_bench.Dora(First with { HostName = "two" }, 3).HostName); // nobody knows where the other is
        _bench.Leases.NotePort(AddressKey.Of(other.Address), 3);
        Assert.Equal("two", _bench.Dora(First with { HostName = "two" }, 3).HostName);
        _bench.Leases.NotePort(AddressKey.Of(other.Address), 4);
        _bench.Ports.Plug(4);
        Assert.Null(_bench.Dora(Second with { HostName = "two" }, 3).HostName);
        Assert.True(_bench.Leases.Remove(other));
        Assert.Equal("two", _bench.Dora(Second with { HostName = "two" }, 3).HostName);
    }

    [Fact]
    public void A_name_that_is_reserved_later_is_taken_from_whoever_has_it()
    {
        Lease lease = _bench.Dora(First with { HostName = "db" }, 3);
        Assert.Equal("db", lease.HostName);
        _bench.Change(TestNetwork.With(TestNetwork.Address with
        {
            Hosts = [new DhcpHost(Second.Mac, null, "db", System.Net.IPAddress.Parse("10.77.0.209"))],
        }));
        Assert.Null(_bench.Leases.Find(AddressKey.Of(lease.Address))!.HostName);
        Assert.Null(_bench.Dora(First with { HostName = "db" }, 3).HostName);
        Assert.Equal("db", _bench.Dora(Second, 4).HostName);
    }

    [Fact]
    public void A_name_only_reservation_gives_its_name_to_one_client_at_a_time()
    {
        Assert.Equal("byname", _bench.Dora(First with { HostName = "byname" }, 3).HostName);
        Assert.Null(_bench.Dora(Second with { HostName = "byname" }, 4).HostName);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("Wpad")]
    [InlineData("byid")]
    public void In_IPv6_too_such_names_stay_free(string name)
    {
        Dhcp6Bench bench = new();
        string address = bench.Bind(new Dhcp6Request { Name = name + ".lab.test" });
        Assert.Null(bench.LeaseOf(address)!.HostName);
        Assert.Equal(340, Assert.Single(bench.Log.Lines).Id);
        Assert.Equal("mine", bench.LeaseOf(bench.Bind(new Dhcp6Request { Name = "mine" }))!.HostName);
    }

    [Fact]
    public void In_IPv6_the_name_of_a_guest_is_its_own_by_MAC_and_port()
    {
        Dhcp6Bench bench = new() { Port = 3 };
        bench.Leases.Put(
            TestLease.Of("10.77.0.50", "52:54:00:c0:00:01", null, "db"), duration: null); // the same machine by IPv4
        Assert.Equal("db", bench.LeaseOf(bench.Bind(new Dhcp6Request { Name = "db" }))!.HostName);
        bench.Port = 4;
        bench.Mac = "52:54:00:c0:00:02";
        string other = bench.Bind(new Dhcp6Request { Duid = "00:03:00:01:52:54:00:c0:00:02", Name = "db" });
        Assert.Null(bench.LeaseOf(other)!.HostName);
        Assert.Null(Assert.IsType<Services.Dhcp6.Dhcp6Decision.Answer>(bench.Ask(
            Dhcp6MessageType.Request, new Dhcp6Request { Duid = "00:03:00:01:52:54:00:c0:00:02", Name = "db" }, other)).Name);
    }
}
