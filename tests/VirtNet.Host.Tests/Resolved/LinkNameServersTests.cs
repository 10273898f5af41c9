using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Resolved;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Resolved;

public class LinkNameServersTests
{
    private const int Link = 12;

    private static readonly LinkNameServer Wanted = new("virbr0", "lab.test", IPAddress.Parse("10.50.0.1"));

    private readonly FakeResolved _resolved = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LinkNameServers NameServers => new(_resolved, NullLogger<LinkNameServers>.Instance);

    [Theory]
    [InlineData("10.50.0.1")]
    [InlineData("2001:db8::1")]
    public async Task A_server_is_registered_found_again_and_forgotten(string address)
    {
        LinkNameServer server = Wanted with { Server = IPAddress.Parse(address) };
        Assert.Null(await NameServers.ReadAsync(server, Link, Cancel));
        await NameServers.ApplyAsync(server, Link, Cancel);
        Assert.Equal(server, await NameServers.ReadAsync(server, Link, Cancel));
        Assert.Null(await NameServers.ReadAsync(server with { Domain = "other.test" }, Link, Cancel));
        Assert.Null(await NameServers.ReadAsync(server, Link + 1, Cancel));
        await NameServers.ApplyAsync(null, Link, Cancel);
        Assert.Empty(_resolved.Links);
    }

    [Fact]
    public async Task Without_systemd_resolved_such_a_network_does_not_start()
    {
        _resolved.Running = false;
        NetworkDefinition network = Network(register: true);
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => NameServers.ThrowIfImpossibleAsync(network, Cancel));
        Assert.Equal(VirErrorCode.OperationInvalid, e.Code);
        Assert.EndsWith("failed to register name server: systemd-resolved is not available", e.Message, StringComparison.Ordinal);
        await NameServers.ThrowIfImpossibleAsync(Network(register: false), Cancel);
    }

    [Fact]
    public async Task While_it_does_not_run_nothing_is_missed_and_nothing_is_asked_of_it()
    {
        _resolved.Running = false;
        Assert.Equal(Wanted, await NameServers.ReadAsync(Wanted, Link, Cancel));
        await NameServers.ApplyAsync(Wanted, Link, Cancel);
        Assert.Empty(_resolved.Links);
    }

    [Fact]
    public async Task What_it_refuses_is_told_in_its_own_words()
    {
        _resolved.BusyLink = Link;
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(() => NameServers.ApplyAsync(Wanted, Link, Cancel));
        Assert.Equal(VirErrorCode.DBusService, e.Code);
        Assert.Contains("Link 12 is managed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_network_that_asks_for_it_and_answers_names_is_registered_by_its_first_address()
    {
        NetworkDefinition network = Network(register: true);
        Assert.Equal(network.Ips[0].Address, LinkNameServer.For(network)?.Server);
        Assert.Null(LinkNameServer.For(Network(register: false)));
        Assert.Null(LinkNameServer.For(network with { Ips = [] }));
        Assert.Null(LinkNameServer.For(network with { Dns = new DnsDefinition { Enable = false } }));
    }

    private static NetworkDefinition Network(bool register) =>
        TestNetworks.Default with { Domain = new DomainName("lab.test", LocalOnly: true, register) };
}
