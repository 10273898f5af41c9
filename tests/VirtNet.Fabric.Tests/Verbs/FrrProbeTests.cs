using VirtNet.Fabric.Frr;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Verbs;

namespace VirtNet.Fabric.Tests.Verbs;

public sealed class FrrProbeTests
{
    private static readonly DateTimeOffset s_now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Member s_member = new("h2", Guid.NewGuid(), "192.0.2.2", "1.0.0") { BgpPort = 179 };

    [Fact]
    public void A_session_passes_with_its_age_and_what_came_by_it() => Assert.Equal(
        new JsonCheck("bgp", "h2", true, "session for 5 min, 12 routes received") { Since = s_now.AddMinutes(-5), Routes = 12 },
        FrrProbe.Check(s_member, new FrrSession.Bgp("192.0.2.2", "Established", TimeSpan.FromMinutes(5), 12, null), s_now));

    [Fact]
    public void One_that_was_lost_fails_with_since_when_and_why()
    {
        Assert.Equal(
            new JsonCheck("bgp", "h2", false, "no session for 14 s (Active): Hold Timer Expired") { Since = s_now.AddSeconds(-14) },
            FrrProbe.Check(s_member, new FrrSession.Bgp("192.0.2.2", "Active", TimeSpan.FromSeconds(14), 0, "Hold Timer Expired"), s_now));
        Assert.Equal(
            new JsonCheck("bfd", "h2", false, "down for 3 h: neighbor signaled session down") { Since = s_now.AddHours(-3) },
            FrrProbe.Check(s_member, new FrrSession.Bfd("192.0.2.2", false, TimeSpan.FromHours(3), "neighbor signaled session down"), s_now));
    }

    [Fact]
    public void One_that_never_was_fails_with_what_may_be_between()
    {
        JsonCheck check = FrrProbe.Check(s_member, new FrrSession.Bgp("192.0.2.2", "Active", null, 0, null), s_now);

        Assert.Null(check.Since);
        Assert.Equal(
            "no session yet (Active): bgpd does not run there, or a firewall or another bgp_password is between (TCP 192.0.2.2:179)", check.Detail);
        Assert.False(FrrProbe.Check(s_member, (FrrSession.Bgp?)null, s_now).Passed);
        Assert.False(FrrProbe.Check(s_member, (FrrSession.Bfd?)null, s_now).Passed);
    }
}
