using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model.Publishing;

namespace VirtNet.Host.Tests.Iptables;

/// <summary>Where the jumps are that publications depend on, among those to libvirt's chains and what others add.</summary>
public sealed class PublicationPlaceTests : IDisposable
{
    private static readonly string[] Own =
        ["-j VIRTNET_PUD", "-m conntrack --ctstate DNAT -j VIRTNET_PUF", "-j LIBVIRT_FWX", "-j LIBVIRT_FWI", "-j LIBVIRT_FWO"];

    private readonly FakeIptables _iptables = new();
    private readonly IptablesBackend _backend;

    public PublicationPlaceTests() => _backend = new IptablesBackend(
        _iptables, new IptablesSurroundings(_ => true, () => false), NullLogger<IptablesBackend>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static FirewallRules Publishing => FirewallNetworks.Rules("nat") with
    {
        Publications =
        [
            new HostPublication(
                Ipv6: false, IPAddress.Parse("203.0.113.1"), PublishedProtocol.Tcp, new PortRange(8123), Interface: null, Sources: [],
                Balance.RoundRobin, [new HostTarget(IPAddress.Parse("192.168.122.10"), 80)]),
        ],
    };

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task What_is_published_is_asked_before_what_refuses_the_rest()
    {
        await _backend.ApplyAsync(null, Publishing, Cancel);
        Assert.Equal(Own, Of("filter", "FORWARD"));
        Assert.Single(await _backend.FindIntactAsync([Publishing], Cancel));
    }

    [Theory]
    [InlineData("-I FORWARD -p tcp -m tcp --dport 65001 -j ACCEPT")]
    [InlineData(":DOCKER-USER - [0:0]", "-I FORWARD -j DOCKER-USER")]
    [InlineData("-D FORWARD -j VIRTNET_PUD")]
    [InlineData("-D FORWARD -m conntrack --ctstate DNAT -j VIRTNET_PUF")]
    [InlineData("-D FORWARD -m conntrack --ctstate DNAT -j VIRTNET_PUF", "-A FORWARD -m conntrack --ctstate DNAT -j VIRTNET_PUF")]
    [InlineData("-D FORWARD -j LIBVIRT_FWI", "-D FORWARD -j LIBVIRT_FWX", "-D FORWARD -j LIBVIRT_FWO")]
    [InlineData("-F FORWARD")]
    [InlineData("-I FORWARD -j LIBVIRT_FWO")]
    public async Task Whatever_others_do_to_the_chain_the_order_comes_back(params string[] lines)
    {
        await _backend.ApplyAsync(null, Publishing, Cancel);
        await ForeignAsync("filter", lines);
        Assert.Empty(await _backend.FindIntactAsync([Publishing], Cancel));
        await _backend.ApplyAsync(Publishing, Publishing, Cancel);
        Assert.Equal(Own, Of("filter", "FORWARD").Take(Own.Length));
        Assert.Single(await _backend.FindIntactAsync([Publishing], Cancel));
    }

    /// <summary>As a version left it that took the jumps to libvirt's chains ahead alone.</summary>
    [Fact]
    public async Task A_network_that_publishes_nothing_sees_to_it_as_well()
    {
        await _backend.ApplyAsync(null, Publishing, Cancel);
        await ForeignAsync("filter", ["-F FORWARD", .. Own[2..].Concat(Own[..2]).Select(rule => $"-A FORWARD {rule}")]);
        FirewallRules other = FirewallNetworks.Rules("nat", "virbr1", id: 2);
        await _backend.ApplyAsync(null, other, Cancel);
        Assert.Equal(Own, Of("filter", "FORWARD"));
    }

    [Fact]
    public async Task What_an_administrator_drops_ahead_of_ours_stays_there()
    {
        await _backend.ApplyAsync(null, Publishing, Cancel);
        await ForeignAsync("filter", "-I FORWARD -s 198.51.100.7/32 -j DROP", "-I FORWARD 2 -p tcp -j ACCEPT");
        await _backend.ApplyAsync(Publishing, Publishing, Cancel);
        Assert.Equal(["-s 198.51.100.7/32 -j DROP", .. Own, "-p tcp -j ACCEPT"], Of("filter", "FORWARD"));
    }

    [Theory]
    [InlineData("raw", "PREROUTING", "-j VIRTNET_PUG")]
    [InlineData("nat", "PREROUTING", "-j VIRTNET_PUB")]
    [InlineData("nat", "OUTPUT", "-j VIRTNET_PUB")]
    [InlineData("nat", "POSTROUTING", "-j VIRTNET_PUS", "-j LIBVIRT_PRT")]
    [InlineData("filter", "INPUT", "-j VIRTNET_PUR", "-j LIBVIRT_INP")]
    public async Task What_keeps_packets_from_ours_comes_after_them_again(string table, string chain, params string[] own)
    {
        await _backend.ApplyAsync(null, Publishing, Cancel);
        Assert.Equal(own, Of(table, chain));
        await ForeignAsync(table, $"-I {chain} -s 10.7.0.0/16 -j ACCEPT", $"-I {chain} 2 -j ACCEPT");
        Assert.Empty(await _backend.FindIntactAsync([Publishing], Cancel));
        await _backend.ApplyAsync(Publishing, Publishing, Cancel);
        Assert.Equal(["-s 10.7.0.0/16 -j ACCEPT", .. own, "-j ACCEPT"], Of(table, chain));
    }

    [Fact]
    public async Task All_of_it_goes_with_the_last_publication()
    {
        await _backend.ApplyAsync(null, Publishing, Cancel);
        await ForeignAsync("filter", "-I FORWARD -p tcp -j ACCEPT", "-A FORWARD -j VIRTNET_PUD");
        await _backend.ApplyAsync(Publishing, FirewallNetworks.Rules("nat"), Cancel);
        Assert.DoesNotContain("VIRTNET", _iptables.Save("iptables"), StringComparison.Ordinal);
    }

    private Task<string> ForeignAsync(string table, params string[] lines) => _iptables.RunAsync(
        new HostCommand("iptables-restore", [], $"*{table}\n{string.Join('\n', lines)}\nCOMMIT\n"), Cancel);

    private IEnumerable<string> Of(string table, string chain) => _iptables.Save("iptables")
        .Split('*').Single(part => part.StartsWith($"{table}\n", StringComparison.Ordinal))
        .Split('\n').Where(line => line.StartsWith($"-A {chain} ", StringComparison.Ordinal)).Select(line => line[$"-A {chain} ".Length..]);
}
