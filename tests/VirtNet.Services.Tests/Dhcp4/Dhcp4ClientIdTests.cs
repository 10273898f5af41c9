using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Services.Dnsmasq.Reading;
using VirtNet.Services.Leases;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>What clients' ids count for where they are left out, or where lines speak of them.</summary>
public class Dhcp4ClientIdTests
{
    private static readonly Dhcp4Request Client = new() { Mac = "52:54:00:c0:00:01", ClientId = [0xff, 1] };
    private static readonly Dhcp4Request Silent = Client with { ClientId = null };

    [Fact]
    public void An_id_that_is_left_out_once_is_still_the_client_s()
    {
        DecisionBench bench = new();
        Lease lease = bench.Dora(Client);
        Assert.Equal(lease, bench.Dora(Silent));
        Assert.NotEqual(lease.Address, bench.Dora(Client with { ClientId = [0xff, 2] }).Address);
        Assert.Equal(lease.Address, bench.Dora(Client with { Mac = "52:54:00:c0:00:02" }).Address);
    }

    [Fact]
    public void An_id_goes_with_its_client_to_another_address()
    {
        DecisionBench bench = new();
        bench.LeaseOf(Client, "10.77.0.20");
        Assert.IsType<Dhcp4Decision.Acknowledge>(bench.Decide(
            Silent with { Type = Dhcp4MessageType.Request, RequestedAddress = "10.77.0.21", ServerId = "10.77.0.1" }));
        Lease lease = Assert.Single(bench.Leases.Rows()).Lease;
        Assert.Equal(("10.77.0.21", "ff:01"), ($"{lease.Address}", lease.ClientId));
    }

    [Fact]
    public void A_line_for_an_id_counts_for_a_client_that_leaves_it_out()
    {
        DecisionBench bench = new(With("dhcp-host=id:ff:01,10.77.0.30"));
        Assert.Equal("10.77.0.30", $"{bench.Dora(Client).Address}");
        Assert.Equal("10.77.0.30", $"{bench.Dora(Silent).Address}");
        Assert.NotEqual("10.77.0.30", $"{bench.Dora(Silent with { Mac = "52:54:00:c0:00:02" }).Address}");
    }

    [Fact]
    public void Ids_that_a_line_drops_tell_no_client_from_another()
    {
        DecisionBench bench = new(With("dhcp-host=52:54:00:*:*:*,id:*"));
        Lease lease = bench.Dora(Client);
        Assert.Null(lease.ClientId);
        Assert.Equal(lease.Address, bench.Dora(Client with { ClientId = [0xff, 2] }).Address);
        Assert.NotEqual(lease.Address, bench.Dora(Client with { Mac = "52:54:00:c0:00:02" }).Address);
        Assert.Equal("ff:01", bench.Dora(Client with { Mac = "52:55:00:c0:00:01" }).ClientId);
        Assert.Empty(bench.Log.Lines);
    }

    [Theory]
    [InlineData("dhcp-host=52:54:00:c0:00:01,10.77.0.30")]
    [InlineData("dhcp-host=id:ff:01,10.77.0.30")]
    [InlineData("dhcp-host=52:54:00:c0:*:*,set:more")]
    public void A_line_that_says_more_of_a_client_than_the_one_that_drops_ids_keeps_its_id(string line)
    {
        DecisionBench bench = new(With("dhcp-host=52:54:00:*:*:*,id:*", line));
        Assert.Equal("ff:01", bench.Dora(Client).ClientId);
    }

    [Fact]
    public void Ids_may_be_dropped_by_a_client_s_name()
    {
        DecisionBench bench = new(With("dhcp-host=laptop,id:*"));
        Assert.Null(bench.Dora(Client with { HostName = "laptop" }).ClientId);
        Assert.Equal("ff:02", bench.Dora(Client with { ClientId = [0xff, 2], Mac = "52:54:00:c0:00:02" }).ClientId);
    }

    private static NetworkDefinition With(params string[] lines) =>
        DnsmasqReader.Read(TestNetwork.Definition with { DnsmasqOptions = lines.ToValueList() }).ThrowIfRefused().Network;
}
