using System.Diagnostics;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Tests.Leases;

/// <summary>Who owns a name, whoever and however many have it.</summary>
public class NameOwnersTests
{
    private static readonly Gen<NameOwner> Anybody =
        from address in Gen.UInt[1, 30]
        from mac in Gen.Int[0, 2]
        from duid in Gen.Int[0, 2]
        from port in Gen.Int[0, 2]
        select new NameOwner(
            duid == 0 ? AddressKey.Of(address) : new AddressKey(((UInt128)0xfd << 120) | address),
            mac == 0 ? null : MacAddress.Parse($"52:54:00:00:00:0{mac}"),
            duid == 0 ? null : $"00:0{duid}",
            port,
            Rank: address);

    [Fact]
    public void Counted_or_looked_at_the_same_owners_are_found() =>
        Gen.Select(Anybody.Array[1, 40], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 30]).Sample(
            (owners, mac, duid, passedOver, own) =>
            {
                NameOwners name = new();
                Dictionary<AddressKey, NameOwner> there = [];
                foreach (NameOwner owner in owners)
                {
                    if (there.Remove(owner.Address, out NameOwner? known))
                    {
                        name.Remove(known);
                    }
                    else
                    {
                        there.Add(owner.Address, owner);
                        name.Add(owner);
                    }
                }

                Machine machine = new(mac == 0 ? null : MacAddress.Parse($"52:54:00:00:00:0{mac}"), duid == 0 ? null : $"00:0{duid}");
                NameOwner? its = there.GetValueOrDefault(AddressKey.Of((uint)own));
                return name.Count == there.Count
                    && name.Of(AddressFamily.InterNetwork)?.Latest == there.Values.Where(owner => owner.Duid is null).MaxBy(owner => owner.Rank)
                    && name.Of(AddressFamily.InterNetworkV6)?.Latest == there.Values.Where(owner => owner.Duid is not null).MaxBy(owner => owner.Rank)
                    && name.IsOfOtherThan(machine, its, port => port == passedOver)
                        == there.Values.Any(owner => owner.Port != passedOver && !machine.Has(owner) && owner != its);
            },
            iter: 5000);

    [Fact]
    public void One_that_leaves_a_name_he_did_not_own_leaves_its_owner_as_he_was()
    {
        FakeTimeProvider clock = new();
        NetworkLeases leases = new(TestLease.Network, clock);
        DateTimeOffset end = clock.GetUtcNow().AddHours(1);
        leases.Put(TestLease.Of("10.0.0.1", "52:54:00:00:00:01", end, "guest"), TimeSpan.FromHours(1));
        Lease owner = TestLease.Of("10.0.0.2", "52:54:00:00:00:02", end, "guest");
        leases.Put(owner, TimeSpan.FromHours(1));
        leases.Put(TestLease.Of("10.0.0.1", "52:54:00:00:00:01", end, "renamed"), TimeSpan.FromHours(1));
        Assert.Equal(owner.Address, leases.FindAddress("guest", AddressFamily.InterNetwork));
    }

    [Fact]
    public void A_name_is_shown_at_the_last_lease_that_took_it_and_at_others_of_its_DUID()
    {
        FakeTimeProvider clock = new();
        NetworkLeases leases = new(TestLease.Network, clock);
        Lease[] ipv4 = [.. Enumerable.Range(1, 3).Select(i => TestLease.Of($"10.0.0.{i}", $"52:54:00:00:00:0{i}", null, i == 2 ? "GUEST" : "guest"))];
        Lease[] ipv6 = [.. Enumerable.Range(1, 3).Select(i => TestLease.Of($"fd00::{i}", "52:54:00:00:00:01", null, "guest", i == 1 ? "00:01" : "00:02")
            with { Iaid = new Dhcp6IaId((uint)i) })];
        foreach (Lease lease in ipv4.Concat(ipv6))
        {
            leases.Put(lease, duration: null);
        }

        Assert.Equal(["10.0.0.3", "fd00::2", "fd00::3"], Named());
        Assert.Equal([null, null, "guest"], ipv4.Select(lease => leases.FindName(lease.Address)));
        Assert.Equal([null, "guest", "guest"], ipv6.Select(lease => leases.FindName(lease.Address)));
        leases.Remove(ipv4[2]);
        Assert.Equal(["10.0.0.2", "fd00::2", "fd00::3"], Named());
        Assert.Equal(5, leases.Snapshot(clock.GetUtcNow()).Count(lease => lease.HostName is not null));

        string[] Named() => [.. leases.ShownSnapshot(clock.GetUtcNow())
            .Where(lease => lease.HostName is not null).Select(lease => $"{lease.Address}").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void A_name_and_a_card_of_thousands_of_leases_cost_what_those_of_one_do()
    {
        const int Many = 30_000;
        FakeTimeProvider clock = new();
        NetworkLeases leases = new(TestLease.Network, clock);
        leases.Apply(new HeldLeasesUpdate("here", IsAll: true, [], []));
        MacAddress mac = MacAddress.Parse("52:54:00:00:00:01");
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < Many; i++)
        {
            leases.Put(TestLease.Of($"10.1.{i >> 8}.{i & 255}", $"{mac}", expires: null, "many", $"ff:{i:x8}"), duration: null);
            Lease elsewhere = TestLease.Of($"10.2.{i >> 8}.{i & 255}", $"{mac}", expires: null, "far", $"fe:{i:x8}");
            leases.Apply(new HeldLeasesUpdate("here", IsAll: false, [new HeldLease(elsewhere, "there")], []));
            Assert.NotNull(leases.FindClient4(mac, clientId: null));
            Assert.NotNull(leases.FindAddress("many", AddressFamily.InterNetwork));
            Assert.NotNull(leases.FindAddress("far", AddressFamily.InterNetwork));
            Assert.False(leases.IsNameOfOther("many", new Machine(mac, Duid: null), _ => false));
            Assert.False(leases.IsHeldNameOfOther("far", new Machine(mac, Duid: null), own: null));
        }

        // A few hundred milliseconds; walking them for each packet takes far longer.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
