using VirtNet.Host.Firewalld;

namespace VirtNet.Host.Tests.Firewalld;

public class BusctlFirewalldTests
{
    [Theory]
    [InlineData("""{"type":"signal","member":"Reloaded","payload":{"type":"","data":[]}}""", FirewalldSignal.Reloaded)]
    [InlineData("""{"member":"NameOwnerChanged","payload":{"data":["org.fedoraproject.FirewallD1","",":1.7"]}}""", FirewalldSignal.Started)]
    [InlineData("""{"member":"NameOwnerChanged","payload":{"data":["org.fedoraproject.FirewallD1",":1.7",""]}}""", FirewalldSignal.Stopped)]
    public void Signals_are_told_apart(string line, FirewalldSignal expected) =>
        Assert.Equal(expected, BusctlFirewalld.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("Monitoring bus message stream.")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"member":7}""")]
    [InlineData("""{"member":"NameAcquired","payload":{"type":"s","data":[":1.7"]}}""")]
    [InlineData("""{"member":"NameOwnerChanged","payload":{"data":["org.example","",":1.7"]}}""")]
    [InlineData("""{"member":"NameOwnerChanged","payload":{"data":["org.fedoraproject.FirewallD1",1,2]}}""")]
    [InlineData("""{"member":"NameOwnerChanged"}""")]
    public void Whatever_else_the_monitor_prints_is_passed_over(string line) =>
        Assert.Null(BusctlFirewalld.Parse(line));
}
