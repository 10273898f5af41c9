using System.Net;
using VirtNet.Daemon.Publishing;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Tests.Publishing;

public class PublicationResolverTests
{
    private const string Web = "52:54:00:00:00:01";
    private const string Other = "52:54:00:00:00:02";

    [Fact]
    public void A_name_is_whom_a_reservation_says_and_never_who_calls_itself_so()
    {
        ResolvedPublication published = Resolve(
            "<publish protocol='tcp' port='8080'><to guest='web' port='80'/></publish>",
            Leased(Other, "192.168.122.20", "web"), Leased(Web, "192.168.122.30", "thief"));
        HostPublication place = Assert.Single(published.Places);
        Assert.Equal(new HostTarget(IPAddress.Parse("192.168.122.30"), 80), Assert.Single(place.Targets));
    }

    [Fact]
    public void Before_a_guest_has_a_lease_what_is_kept_for_it_counts()
    {
        ResolvedPublication published = Resolve("<publish protocol='tcp' port='8080'><to guest='web' port='80'/></publish>");
        Assert.Equal(IPAddress.Parse("192.168.122.9"), published.Places.Single().Targets.Single().Address);
    }

    [Fact]
    public void A_port_says_whose_it_is_where_no_reservation_does()
    {
        NetworkPort port = new() { Uuid = Guid.NewGuid(), OwnerName = "vm", OwnerUuid = Guid.NewGuid(), Mac = MacAddress.Parse(Other) };
        const string Xml = "<publish protocol='tcp' port='8080'><to guest='vm'/></publish>";
        ResolvedPublication published = Resolve(Xml, [port], Leased(Other, "192.168.122.20", null));
        Assert.Equal(new HostTarget(IPAddress.Parse("192.168.122.20"), 8080), published.Places.Single().Targets.Single());

        ResolvedTarget unknown = Resolve(Xml).Targets.Single();
        Assert.Equal((TargetState.Unresolved, "no reservation and no port is called vm"), (unknown.State, unknown.Reason));
        NetworkPort second = port with { Mac = MacAddress.Parse("52:54:00:00:00:03") };
        Assert.Contains("name one by its MAC", Resolve(Xml, [port, second]).Targets.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_address_nothing_is_in_force_and_the_reason_is_said()
    {
        ResolvedPublication published = Resolve($"<publish protocol='tcp' port='8080'><to guest='{Other}'/></publish>");
        Assert.Empty(published.Places);
        Assert.Equal("it has no address yet", published.Targets.Single().Reason);
    }

    [Theory]
    [InlineData("address='2001:db8::1'", "it has no IPv6 address yet")]
    [InlineData("from='2001:db8::/32'", "it has no IPv6 address yet")]
    [InlineData("address='192.0.2.1'", null)]
    [InlineData("", null)]
    public void Nor_is_it_where_the_guest_has_no_address_of_that_family(string where, string? reason)
    {
        ResolvedTarget target = Resolve($"<publish protocol='tcp' port='8080' {where}><to guest='web'/></publish>", Leased(Web, "192.168.122.30", "web")).Targets.Single();
        Assert.Equal((reason is null ? TargetState.Up : TargetState.Unresolved, reason), (target.State, target.Reason));
    }

    [Theory]
    [InlineData("2001:db8::/64", "192.168.122.9", "it is an IPv4 address, and this is published for IPv6 alone")]
    public void An_address_never_gets_one_of_the_other_family(string where, string target, string reason) => Assert.Equal(
        reason, Resolve($"<publish protocol='tcp' port='8080' from='{where}'><to address='{target}'/></publish>").Targets.Single().Reason);

    [Fact]
    public void Who_drains_gets_nothing_new_and_backups_only_when_nobody_else_can()
    {
        const string Xml = """
            <publish protocol='tcp' port='80'>
              <to address='192.168.122.10'/><to address='192.168.122.11' weight='0'/><to address='192.168.122.12' backup='yes'/>
            </publish>
            """;
        HostPublication place = Assert.Single(Resolve(Xml).Places);
        Assert.Equal("192.168.122.10:80", string.Join(' ', place.Targets));
        Assert.Equal(["192.168.122.11", "192.168.122.12"], place.Draining.Select(address => address.ToString()));

        ResolvedPublication down = Resolve(Xml, isDown: "192.168.122.10");
        Assert.Equal("192.168.122.12:80", string.Join(' ', down.Places.Single().Targets));
        Assert.Equal([TargetState.Down, TargetState.Draining, TargetState.Up], down.Targets.Select(target => target.State));
    }

    [Fact]
    public void When_all_are_down_clients_are_refused_at_once()
    {
        HostPublication place = Assert.Single(
            Resolve("<publish protocol='tcp' port='80'><to address='192.168.122.10'/></publish>", isDown: "192.168.122.10").Places);
        Assert.Empty(place.Targets);
        Assert.Equal([new HostTarget(IPAddress.Parse("192.168.122.10"), 80)], place.Down);
    }

    [Theory]
    [InlineData("80,90-91", "", "80>80 90-91>")]
    [InlineData("80,90-91", "8080", "80>8080 90>8080 91>8080")]
    [InlineData("80,90-91", "7000-7002", "80>7000 90>7001 91>7002")]
    public void Ports_go_where_they_are_to(string ports, string to, string expected)
    {
        string target = to.Length == 0 ? "" : $"port='{to}'";
        ResolvedPublication published = Resolve($"<publish protocol='tcp' port='{ports}'><to address='192.168.122.10' {target}/></publish>");
        Assert.Equal(expected, string.Join(' ', published.Places.Select(place => $"{place.Ports}>{place.Targets.Single().FirstPort}")));
    }

    [Fact]
    public void Clients_of_one_family_alone_open_only_that()
    {
        ResolvedPublication published = Resolve(
            "<publish protocol='tcp' port='80' from='2001:db8::/32'><to address='192.168.122.10'/></publish>");
        Assert.Empty(published.Places);
    }

    private static Lease Leased(string mac, string address, string? name) =>
        new(Guid.Empty, IPAddress.Parse(address), MacAddress.Parse(mac), null, null, name, null);

    private static ResolvedPublication Resolve(string publish, params Lease[] leases) => Resolve(publish, [], leases);

    private static ResolvedPublication Resolve(string publish, string isDown) => Resolve(publish, [], [], isDown);

    private static ResolvedPublication Resolve(string publish, NetworkPort[] ports, params Lease[] leases) =>
        Resolve(publish, ports, leases, isDown: null);

    private static ResolvedPublication Resolve(string publish, NetworkPort[] ports, Lease[] leases, string? isDown)
    {
        NetworkDefinition network = NetworkXml.Parse($"""
            <network><name>n</name>
            <metadata><network xmlns='urn:virtnet:network:1'>{publish}</network></metadata>
            <bridge name='virbr0'/>
            <ip address='192.168.122.1' prefix='24'><dhcp>
              <range start='192.168.122.2' end='192.168.122.254'/><host mac='{Web}' name='web' ip='192.168.122.9'/>
            </dhcp></ip></network>
            """).Definition;
        NetworkExtension extension = NetworkExtensionXml.Of(network);
        Assert.Empty(extension.Faults);
        return PublicationResolver.Resolve(
            Assert.Single(extension.Publications), extension, new GuestAddresses(network, ports.ToValueList(), leases),
            address => address.ToString() == isDown);
    }
}
