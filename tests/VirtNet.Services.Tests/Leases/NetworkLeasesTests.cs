using System.Net;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Tests.Leases;

public class NetworkLeasesTests
{
    private const string Mac1 = "52:54:00:00:00:01";
    private const string Mac2 = "52:54:00:00:00:02";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly NetworkLeases _leases;
    private readonly Observer _seen = new();

    public NetworkLeasesTests()
    {
        _leases = new NetworkLeases(TestLease.Network, _clock);
        _leases.Observe(_seen);
    }

    private DateTimeOffset InAnHour => _clock.GetUtcNow() + Hour;

    [Fact]
    public void A_client_is_found_by_its_id_else_by_its_mac()
    {
        Lease withId = TestLease.Of("10.0.0.1", Mac1, InAnHour, clientId: "ff:01");
        Lease without = TestLease.Of("10.0.0.2", Mac2, InAnHour);
        _leases.Put(withId, Hour);
        _leases.Put(without, Hour);

        Assert.Equal(withId, _leases.FindClient4(MacAddress.Parse(Mac1), "ff:01"));
        Assert.Equal(withId, _leases.FindClient4(MacAddress.Parse(Mac2), "ff:01"));
        Assert.Equal(withId, _leases.FindClient4(MacAddress.Parse(Mac1), null));
        Assert.Null(_leases.FindClient4(MacAddress.Parse(Mac1), "ff:02"));
        Assert.Equal(without, _leases.FindClient4(MacAddress.Parse(Mac2), "ff:02"));
    }

    [Fact]
    public void A_client_without_an_id_has_its_own_lease_before_one_that_its_machine_took_with_an_id()
    {
        Lease without = TestLease.Of("10.0.0.1", Mac1, InAnHour);
        Lease withId = TestLease.Of("10.0.0.2", Mac1, InAnHour, clientId: "ff:01");
        _leases.Put(without, Hour);
        _leases.Put(withId, Hour);

        Assert.Equal(without, _leases.FindClient4(MacAddress.Parse(Mac1), null));
        Assert.Equal(withId, _leases.FindClient4(MacAddress.Parse(Mac1), "ff:01"));
    }

    [Fact]
    public void Leases_of_one_mac_come_and_go_independently()
    {
        for (int i = 1; i <= 3; i++)
        {
            _leases.Put(TestLease.Of($"10.0.0.{i}", Mac1, InAnHour, clientId: $"ff:0{i}"), Hour);
        }

        foreach (int i in (int[])[2, 3, 1])
        {
            Assert.NotNull(_leases.FindClient4(MacAddress.Parse(Mac1), null));
            Assert.True(_leases.Remove(_leases.FindClient4(MacAddress.Parse(Mac1), $"ff:0{i}")!));
        }

        Assert.Null(_leases.FindClient4(MacAddress.Parse(Mac1), null));
        Assert.Equal(0, _leases.Count);
    }

    [Fact]
    public void A_renewal_is_told_as_such_and_another_client_as_a_new_lease()
    {
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour), Hour);
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour + Hour), Hour);
        _leases.Put(TestLease.Of("10.0.0.1", Mac2, InAnHour), Hour);
        Assert.Equal([LeaseEvent.Added, LeaseEvent.Renewed, LeaseEvent.Released, LeaseEvent.Added], _seen.Events);
        Assert.Null(_leases.FindClient4(MacAddress.Parse(Mac1), null));
    }

    [Fact]
    public void A_lease_ends_when_its_time_is_over_and_not_before()
    {
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour), Hour);
        _clock.Advance(Hour - TimeSpan.FromSeconds(1));
        _leases.Expire(_clock.GetUtcNow());
        Assert.Equal(1, _leases.Count);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _leases.Expire(_clock.GetUtcNow());
        Assert.Equal(0, _leases.Count);
        Assert.Equal(LeaseEvent.Expired, _seen.Events[^1]);
        Assert.Null(_leases.NextExpiry);
    }

    [Fact]
    public void A_renewed_lease_does_not_end_at_its_old_time()
    {
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour), Hour);
        _clock.Advance(Hour / 2);
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour), Hour);
        _clock.Advance(Hour / 2);
        _leases.Expire(_clock.GetUtcNow());
        Assert.Equal(1, _leases.Count);
        Assert.Equal(_clock.GetUtcNow() + (Hour / 2), _leases.NextExpiry);
    }

    [Fact]
    public void An_infinite_lease_never_ends()
    {
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour), Hour);
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, null), null);
        _clock.Advance(TimeSpan.FromDays(10_000));
        _leases.Expire(_clock.GetUtcNow());
        Assert.Single(_leases.Snapshot(_clock.GetUtcNow()));
    }

    [Fact]
    public void A_clock_that_is_set_leaves_leases_the_time_they_had()
    {
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour), Hour);
        _leases.ShiftClock(TimeSpan.FromDays(-300));
        Assert.Equal(InAnHour.AddDays(-300), Assert.Single(_leases.Rows()).Lease.Expires);
        Assert.Equal(InAnHour.AddDays(-300), _leases.NextExpiry);
    }

    [Fact]
    public void A_clock_that_is_set_where_time_ends_leaves_leases_until_then()
    {
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, DateTimeOffset.MaxValue.AddDays(-1)), Hour);
        _leases.ShiftClock(TimeSpan.FromDays(300));
        Assert.Equal(DateTimeOffset.MaxValue, Assert.Single(_leases.Rows()).Lease.Expires);
    }

    [Fact]
    public void A_stored_end_beyond_the_whole_lease_is_cut_to_it()
    {
        _leases.Restore(new LeaseRow(TestLease.Of("10.0.0.1", Mac1, InAnHour.AddYears(30)), Hour, 1), _clock.GetUtcNow());
        Assert.Equal(InAnHour, Assert.Single(_leases.Rows()).Lease.Expires);
        Assert.Empty(_seen.Events);
    }

    [Fact]
    public void The_latest_client_of_a_name_owns_it_and_leaves_it_to_the_one_before()
    {
        Lease first = TestLease.Of("10.0.0.1", Mac1, InAnHour, "Guest");
        Lease second = TestLease.Of("10.0.0.2", Mac2, InAnHour, "guest");
        _leases.Put(first, Hour);
        Assert.Equal(first.Address, _leases.FindAddress("guest", AddressFamily.InterNetwork));
        _leases.Put(second, Hour);
        Assert.Equal(second.Address, _leases.FindAddress("GUEST", AddressFamily.InterNetwork));

        _leases.Put(first, Hour); // a renewal does not take the name back
        Assert.Equal(second.Address, _leases.FindAddress("guest", AddressFamily.InterNetwork));
        _leases.Remove(second);
        Assert.Null(_leases.FindAddress("guest", AddressFamily.InterNetwork)); // it may just be restarting
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first.Address, _leases.FindAddress("guest", AddressFamily.InterNetwork));
        Assert.Null(_leases.FindAddress("guest", AddressFamily.InterNetworkV6));
        Assert.Equal("Guest", _leases.FindName(first.Address));
    }

    [Fact]
    public void An_owner_that_comes_straight_back_owns_its_name_at_once()
    {
        Lease second = TestLease.Of("10.0.0.2", Mac2, InAnHour, "guest");
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour, "guest"), Hour);
        _leases.Put(second, Hour);
        _leases.Remove(second);
        _leases.Put(second, Hour);
        Assert.Equal(second.Address, _leases.FindAddress("guest", AddressFamily.InterNetwork));
    }

    [Fact]
    public void A_renamed_lease_loses_its_old_name()
    {
        Lease lease = TestLease.Of("10.0.0.1", Mac1, InAnHour, "old");
        _leases.Put(lease, Hour);
        _leases.Rename(lease, "new");
        Assert.Null(_leases.FindAddress("old", AddressFamily.InterNetwork));
        Assert.Equal(IPAddress.Parse("10.0.0.1"), _leases.FindAddress("new", AddressFamily.InterNetwork));
    }

    [Fact]
    public void An_expired_lease_has_no_name_even_before_it_is_taken_away()
    {
        _leases.Put(TestLease.Of("10.0.0.1", Mac1, InAnHour, "guest"), Hour);
        _clock.Advance(Hour);
        Assert.Null(_leases.FindAddress("guest", AddressFamily.InterNetwork));
        Assert.Null(_leases.FindName(IPAddress.Parse("10.0.0.1")));
        Assert.Empty(_leases.Snapshot(_clock.GetUtcNow()));
    }

    [Fact]
    public void Whatever_happens_the_indexes_agree_with_the_leases() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 3]).Array[1, 60].Sample(
            steps =>
            {
                FakeTimeProvider clock = new();
                NetworkLeases leases = new(TestLease.Network, clock);
                foreach ((int address, int mac, int name, int kind) in steps)
                {
                    Lease lease = TestLease.Of(
                        $"10.0.0.{address}",
                        $"52:54:00:00:00:0{mac}",
                        kind == 2 ? null : clock.GetUtcNow() + TimeSpan.FromMinutes(3 * (name + 1)),
                        name == 0 ? null : $"n{name}");
                    if (kind == 3)
                    {
                        clock.Advance(TimeSpan.FromMinutes(2));
                        leases.Expire(clock.GetUtcNow());
                    }
                    else if (kind == 0 || leases.FindClient4(lease.Mac!.Value, null) is not { } other)
                    {
                        leases.Put(lease, null);
                    }
                    else
                    {
                        leases.Remove(other);
                    }
                }

                clock.Advance(TimeSpan.FromSeconds(1));
                leases.Expire(clock.GetUtcNow());
                IReadOnlyList<Lease> all = leases.Snapshot(clock.GetUtcNow());
                return all.Count == leases.Count
                    && all.All(lease => leases.Find(AddressKey.Of(lease.Address)) == lease)
                    && all.All(lease => leases.FindClient4(lease.Mac!.Value, null)?.Mac == lease.Mac)
                    && all.All(lease => lease.HostName is null
                        || leases.FindAddress(lease.HostName, AddressFamily.InterNetwork) is not null)
                    && leases.NextExpiry is null == all.All(lease => lease.Expires is null);
            },
            iter: 2000);

    private sealed class Observer : ILeaseObserver
    {
        public List<LeaseEvent> Events { get; } = [];

        public void OnChange(in LeaseChange change) => Events.Add(change.Event);
    }
}
