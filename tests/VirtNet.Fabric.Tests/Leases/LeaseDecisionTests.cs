using VirtNet.Fabric.Leases;
using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Tests.Leases;

public class LeaseDecisionTests
{
    private const long Now = 1_000_000;
    private const int Hour = 3600;

    private static readonly FabricLease Mine = new("52:54:00:00:00:01", "01:52:54:00:00:00:01", Iaid: null, "web", "h1", Now + Hour);
    private static readonly FabricLease Theirs = Mine with { Host = "h2" };
    private static readonly FabricLease Strangers = Mine with { Mac = "52:54:00:00:00:02", ClientId = null, Host = "h2" };

    [Fact]
    public void What_this_host_gave_becomes_known_and_a_renewal_only_when_half_of_the_time_is_over()
    {
        Assert.Equal(new LeaseDecision.Write(Mine, 0), Decide(Mine, null));
        Assert.Equal(new LeaseDecision.Nothing(), Decide(Mine, Mine));
        Assert.Equal(new LeaseDecision.Nothing(), Decide(Mine, Mine with { Expires = Now + (Hour / 2) }));
        Assert.Equal(new LeaseDecision.Write(Mine, 7), Decide(Mine, Mine with { Expires = Now + (Hour / 2) - 1 }));
        Assert.Equal(new LeaseDecision.Write(Mine with { Expires = 0 }, 7), Decide(Mine with { Expires = 0 }, Mine));
        Assert.Equal(new LeaseDecision.Write(Mine with { Name = null }, 7), Decide(Mine with { Name = null }, Mine));
    }

    [Fact]
    public void What_ended_here_is_released_and_what_others_have_is_told()
    {
        Assert.Equal(new LeaseDecision.Release(7), Decide(null, Mine, hasEnded: true));
        Assert.Equal(new LeaseDecision.Release(0), Decide(null, null, hasEnded: true));
        Assert.Equal(new LeaseDecision.Tell(Theirs), Decide(null, Theirs));
        Assert.Equal(new LeaseDecision.Tell(Theirs), Decide(null, Theirs, hasEnded: true));
        Assert.Equal(new LeaseDecision.Nothing(), Decide(null, null));
    }

    [Fact]
    public void A_lease_that_this_host_has_forgotten_is_kept_until_its_end()
    {
        Assert.Equal(new LeaseDecision.Keep(Mine), Decide(null, Mine));
        Assert.Equal(new LeaseDecision.Release(7), Decide(null, Mine with { Expires = Now }));
    }

    [Fact]
    public void A_guest_that_moved_is_with_who_gave_it_its_address_last()
    {
        Assert.Equal(new LeaseDecision.Write(Mine, 7), Decide(Mine, Theirs, isNew: true));
        Assert.Equal(new LeaseDecision.Tell(Theirs), Decide(Mine, Theirs));
        Assert.Equal(new LeaseDecision.Write(Mine, 7), Decide(Mine, Theirs with { Expires = Now + Hour - 1 })); // after a restart
    }

    [Fact]
    public void Two_clients_with_one_address_are_a_clash_unless_the_other_lease_has_ended()
    {
        Assert.Equal(new LeaseDecision.Clash(Strangers), Decide(Mine, Strangers, isNew: true));
        Assert.Equal(new LeaseDecision.Write(Mine, 7), Decide(Mine, Strangers with { Expires = Now - 1 }));
    }

    private static LeaseDecision Decide(FabricLease? here, FabricLease? there, bool hasEnded = false, bool isNew = false) => LeaseDecision.Decide(
        here is null ? null : new LocalLease(here, isNew), hasEnded, there is null ? null : new StoredLease(there, 7), "h1", Now);
}
