using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Frr;

namespace VirtNet.Fabric.Tests.Frr;

/// <summary>Documents as FRRouting 8.4.4 prints them, shortened.</summary>
public sealed class FrrReportTests
{
    private const string Summary =
        """
        {"routerId":"192.0.2.1","peers":{
          "192.0.2.2":{"hostname":"h2","peerUptime":"00:00:14","peerUptimeMsec":14000,"pfxRcd":0,"state":"Active","peerState":"OK"},
          "192.0.2.3":{"hostname":"h3","peerUptime":"00:00:07","peerUptimeMsec":7000,"pfxRcd":0,"state":"Connect","peerState":"OK"},
          "192.0.2.4":{"hostname":"h4","peerUptime":"00:00:13","peerUptimeMsec":13000,"pfxRcd":12,"state":"Established","peerState":"OK"},
          "192.0.2.5":{"peerUptime":"never","peerUptimeMsec":0,"pfxRcd":0,"state":"Active","peerState":"OK"},
          "192.0.2.6":{"peerUptime":"00:00:00","peerUptimeMsec":0,"pfxRcd":0,"state":"Idle","peerState":"OK"}},
         "failedPeers":2}
        """;

    private const string Failed =
        """
        {"peers":{
          "192.0.2.2":{"peerUptimeMsec":14000,"lastResetDueTo":"Peer closed the session","lastResetCode":15},
          "192.0.2.3":{"peerUptimeMsec":7000,"lastNotificationReason":"Hold Timer Expired","lastResetDueTo":"BGP Notification send","lastResetCode":14}}}
        """;

    [Fact]
    public void Bgpd_says_which_sessions_there_are_and_why_there_is_none() => Assert.Equal(
        [
            new FrrSession.Bgp("192.0.2.2", "Active", TimeSpan.FromSeconds(14), 0, "Peer closed the session"),
            new FrrSession.Bgp("192.0.2.3", "Connect", TimeSpan.FromSeconds(7), 0, "Hold Timer Expired"),
            new FrrSession.Bgp("192.0.2.4", "Established", TimeSpan.FromSeconds(13), 12, null),
            new FrrSession.Bgp("192.0.2.5", "Active", null, 0, null),
            new FrrSession.Bgp("192.0.2.6", "Idle", TimeSpan.Zero, 0, null), // it was a moment ago
        ],
        FrrReport.Bgp(Summary, Failed));

    [Fact]
    public void Without_neighbours_there_is_nothing_to_say()
    {
        Assert.Empty(FrrReport.Bgp("{}", ""));
        Assert.Empty(FrrReport.Bgp("""{"routerId":"192.0.2.1","peers":{}}""", """{"peers":{}}"""));
    }

    [Fact]
    public void Bfdd_says_who_is_up_and_who_is_not() => Assert.Equal(
        [
            new FrrSession.Bfd("192.0.2.3", false, TimeSpan.FromSeconds(6), null),
            new FrrSession.Bfd("192.0.2.4", false, TimeSpan.FromSeconds(15), "neighbor signaled session down"),
            new FrrSession.Bfd("192.0.2.2", true, TimeSpan.FromSeconds(4), null),
        ],
        FrrReport.Bfd(
            """
            [{"peer":"192.0.2.3","status":"down","downtime":6,"diagnostic":"ok","remote-diagnostic":"ok"},
             {"peer":"192.0.2.4","status":"down","downtime":15,"diagnostic":"neighbor signaled session down"},
             {"peer":"192.0.2.2","status":"up","uptime":4,"diagnostic":"ok"}]
            """));

    [Theory]
    [InlineData("% Unknown command")]
    [InlineData("[]")]
    [InlineData("""{"peers":[1]}""")]
    public void What_is_not_understood_is_said(string answer) => Assert.Throws<FabricException>(() => FrrReport.Bgp(answer, "{}"));
}
