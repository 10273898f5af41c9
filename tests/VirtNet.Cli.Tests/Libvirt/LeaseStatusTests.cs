using VirtNet.Cli.Libvirt;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Libvirt;

public sealed class LeaseStatusTests
{
    /// <summary>As libvirt_leaseshelper of 9.0 and of 11.3 writes it.</summary>
    private const string Written = """
        [
          {
            "ip-address": "192.168.122.87",
            "mac-address": "52:54:00:aa:00:01",
            "hostname": "web",
            "client-id": "ff:56:50:4D:98:00:02:00:00:ab:11",
            "expiry-time": 1795000000
          },
          {
            "ip-address": "192.168.122.88",
            "mac-address": "52:54:00:aa:00:02",
            "expiry-time": 0
          },
          {
            "iaid": "11141121",
            "ip-address": "fd00:122::87",
            "mac-address": "52:54:00:aa:00:01",
            "hostname": "web",
            "client-id": "00:04:7f:3a:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee",
            "server-duid": "00:01:00:01:2c:11:22:33:52:54:00:ab:cd:ef",
            "expiry-time": 1795000100
          }
        ]
        """;

    [Fact]
    public void What_is_written_for_libvirt_is_what_was_read_from_it()
    {
        LeaseStatus status = Parse(Written);
        LeaseStatus again = Parse(LeaseStatusJson.Format(status.Leases, status.ServerDuid));
        Assert.Equal(status.Leases, again.Leases);
        Assert.Equal(status.ServerDuid, again.ServerDuid);
    }

    [Fact]
    public void Leases_of_both_families_are_read()
    {
        LeaseStatus status = Parse(Written);
        Assert.Empty(status.Faults);
        Assert.Equal("00:01:00:01:2c:11:22:33:52:54:00:ab:cd:ef", status.ServerDuid);
        Assert.Equal(
            [
                new DhcpLease("virbr0", 1795000000, 0, "52:54:00:aa:00:01", null, "192.168.122.87", 0, "web", "ff:56:50:4d:98:00:02:00:00:ab:11"),
                new DhcpLease("virbr0", 0, 0, "52:54:00:aa:00:02", null, "192.168.122.88", 0, null, null),
                new DhcpLease(
                    "virbr0", 1795000100, 1, "52:54:00:aa:00:01", "11141121", "fd00:122::87", 0, "web",
                    "00:04:7f:3a:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee"),
            ],
            status.Leases);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("[]")]
    [InlineData("[ ]\n")]
    public void A_file_without_leases_has_none(string text) => Assert.Empty(Parse(text).Leases);

    [Theory]
    [InlineData("[ {", "is no list of leases: ")]
    [InlineData("{}", "is no list of leases")]
    [InlineData("leases", "is no list of leases: ")]
    public void What_is_no_list_is_refused_as_a_whole(string text, string reason) =>
        Assert.Contains($"'/lib/virbr0.status' {reason}", Assert.Throws<VirtNetException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("7", "not an object")]
    [InlineData("""{"mac-address":"52:54:00:aa:00:01","expiry-time":0}""", "no ip-address")]
    [InlineData("""{"ip-address":"192.168.122","mac-address":"zz","expiry-time":0}""", "'zz' is no MAC address")]
    [InlineData("""{"ip-address":"x","mac-address":"52:54:00:aa:00:01","expiry-time":0}""", "'x' is no IP address")]
    [InlineData("""{"ip-address":"192.168.122.9","expiry-time":0}""", "no mac-address")]
    [InlineData("""{"ip-address":"192.168.122.9","mac-address":"52:54:00:aa:00:01"}""", "no expiry-time")]
    [InlineData("""{"ip-address":"192.168.122.9","mac-address":"52:54:00:aa:00:01","expiry-time":-1}""", "expiry-time is -1")]
    [InlineData("""{"ip-address":"192.168.122.9","mac-address":7,"expiry-time":0}""", "mac-address is 7")]
    [InlineData("""{"ip-address":"fd00::9","mac-address":"52:54:00:aa:00:01","expiry-time":0}""", "no iaid")]
    [InlineData("""{"ip-address":"fd00::9","mac-address":"52:54:00:aa:00:01","iaid":"1","expiry-time":0}""", "no client-id")]
    public void A_lease_that_cannot_be_read_is_named_and_the_others_are_read(string entry, string reason)
    {
        LeaseStatus status = Parse($$"""
            [{{entry}}, {"ip-address":"192.168.122.2","mac-address":"52:54:00:aa:00:07","expiry-time":5}]
            """);
        Assert.Equal("/lib/virbr0.status: lease 1: " + reason, Assert.Single(status.Faults));
        Assert.Equal("192.168.122.2", Assert.Single(status.Leases).IpAddress);
    }

    [Theory]
    [InlineData("web.lab.test", "web")]
    [InlineData("-web", null)]
    [InlineData("we b", null)]
    public void Of_a_name_only_a_label_that_a_guest_can_have_counts(string written, string? name) =>
        Assert.Equal(name, Assert.Single(Parse(
            $$"""[{"ip-address":"192.168.122.2","mac-address":"52:54:00:aa:00:07","hostname":"{{written}}","expiry-time":5}]""").Leases).Hostname);

    private static LeaseStatus Parse(string text) => LeaseStatus.Parse(text, "/lib/virbr0.status", "virbr0");
}
