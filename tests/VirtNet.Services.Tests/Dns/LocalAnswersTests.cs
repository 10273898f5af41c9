using System.Net;
using VirtNet.Model;
using VirtNet.Model.Metadata;
using VirtNet.Model.Publishing;
using VirtNet.Services.Dns.Answers;
using VirtNet.Services.Dns.Zone;
using VirtNet.Services.Dnsmasq.Zone;
using VirtNet.Services.Sockets;
using VirtNet.Wire.Dns;

namespace VirtNet.Services.Tests.Dns;

/// <summary>Question and definition in, decision and records out: the order of sources and the rules for domains.</summary>
public sealed class LocalAnswersTests
{
    private static readonly ValueList<NetEndpoint> HostServers = ResolvConf.Parse("nameserver 192.0.2.53").Servers;

    private static readonly HostTable HostsOfThisHost = HostsFile.Parse(
        "127.0.0.1 localhost\n127.0.1.1 thishost.example thishost\n192.0.2.77 from-hosts-file Dotted.example # comment\n192.0.2.78 both\n192.0.2.79 deep.below.example\n10.77.0.240 myhost\n");

    private static readonly NetworkDefinition Lab = new()
    {
        Name = "lab",
        Forward = new Forward(ForwardMode.Nat),
        Bridge = new Bridge { Name = "br0" },
        Domain = new DomainName("lab.test", LocalOnly: true),
        Dns = new DnsDefinition
        {
            ForwardPlainNames = false,
            Forwarders =
            [
                new DnsForwarder(IPAddress.Parse("203.0.113.5"), "corp.test"), new DnsForwarder(null, "open.corp.test"),
            ],
            Txts =
            [
                new DnsTxt("ex.lab.test", "hello world"), new DnsTxt("multi.lab.test", "a,b"), new DnsTxt("foreign.example", "x \"y, z\""),
                new DnsTxt("empty.lab.test", ""), new DnsTxt("a.below.lab.test", "x"),
            ],
            Srvs =
            [
                new DnsSrv("ldap", "tcp", "lab.test", "srv1.lab.test", 389, 10, 20),
                new DnsSrv("nosvc", "udp", "lab.test", null, 0, 0, 0),
                new DnsSrv("gone", "tcp", "lab.test", ".", 443, 5, 6),
                new DnsSrv("kerb", "udp", null, "srv1.lab.test", 0, 0, 5),
            ],
            Hosts =
            [
                new DnsHost(IPAddress.Parse("10.77.0.240"), ["myhost", "alias.lab.test"]),
                new DnsHost(IPAddress.Parse("2001:db8:77::50"), ["v6host"]),
                new DnsHost(IPAddress.Parse("10.77.0.241"), ["both", "dotted.foreign.example"]),
                new DnsHost(IPAddress.Parse("2001:db8:77::51"), ["both"]),
            ],
        },
        Ips =
        [
            new IpDefinition(IPAddress.Parse("10.77.0.1"))
            {
                Prefix = 24,
                LocalPtr = true,
                Hosts =
                [
                    new DhcpHost("52:54:00:77:00:01", null, "bymac", IPAddress.Parse("10.77.0.201")),
                    new DhcpHost(null, null, "byname", IPAddress.Parse("10.77.0.202")),
                    new DhcpHost("52:54:00:77:00:08", null, "full.lab.test", IPAddress.Parse("10.77.0.208")),
                    new DhcpHost("52:54:00:77:00:09", null, "web.elsewhere.test", IPAddress.Parse("10.77.0.209")),
                ],
            },
        ],
        DnsmasqOptions =
        [
            "address=/wild.test/10.9.9.9", "host-record=hr.test,10.9.9.10", "cname=cn.test,hr.test", "cname=ex2.lab.test,bymac",
            "server=/over.test/203.0.113.7#5353", "local=/priv.test/", "ptr-record=p.test,x.test", "address=/gone.test/",
            "dhcp-option=42,10.0.0.1",
        ],
    };

    private static readonly NetworkDefinition Extended = NetworkMetadataEditor.Set(
        Lab with { DnsmasqOptions = ["address=/*.lined.test/10.9.9.11"] },
        NetworkMetadataType.Element,
        """
        <network><name match='*.apps.lab.test' address='10.77.0.60'/><name match='*.apps.lab.test' address='10.77.0.61'/>
          <name match='*.apps.lab.test' address='2001:db8:77::60'/><name match='*.Apps.Elsewhere.test.' address='10.77.0.62'/>
          <name match='front' address='10.77.0.63'/><name match='fixed.apps.lab.test' address='10.77.0.64'/>
          <name match='*.lined.test' address='10.77.0.65'/></network>
        """,
        NetworkExtension.Prefix,
        NetworkExtension.Namespace);

    private readonly FakeLeaseNames _leases = new();
    private readonly FoundAddresses _addresses = new();

    public LocalAnswersTests()
    {
        _leases.Add("Guest", "10.77.0.50");
        _leases.Add("guest", "2001:db8:77::1:50");
        _leases.Add("only4", "10.77.0.51");
        _leases.Add("bymac", "10.77.0.52"); // somebody who calls himself like a reserved client
        _leases.Add("byname", "10.77.0.53");
    }

    [Theory]
    [InlineData("myhost", DnsType.A, "A 10.77.0.240")]
    [InlineData("MyHost.LAB.test", DnsType.A, "A 10.77.0.240")]
    [InlineData("alias.lab.test", DnsType.A, "A 10.77.0.240")]
    [InlineData("v6host.lab.test", DnsType.Aaaa, "Aaaa 2001:db8:77::50")]
    [InlineData("both", DnsType.A, "A 10.77.0.241,A 192.0.2.78")]
    [InlineData("both", DnsType.Any, "A 10.77.0.241,Aaaa 2001:db8:77::51,A 192.0.2.78")]
    [InlineData("from-hosts-file", DnsType.A, "A 192.0.2.77")]
    [InlineData("from-hosts-file.lab.test", DnsType.A, "A 192.0.2.77")]
    [InlineData("dotted.example", DnsType.A, "A 192.0.2.77")]
    [InlineData("guest", DnsType.A, "A 10.77.0.50")]
    [InlineData("GUEST.lab.test", DnsType.Aaaa, "Aaaa 2001:db8:77::1:50")]
    [InlineData("bymac.lab.test", DnsType.A, "A 10.77.0.201")]
    [InlineData("byname", DnsType.A, "A 10.77.0.53")]
    [InlineData("full", DnsType.A, "A 10.77.0.208")]
    [InlineData("full.lab.test", DnsType.A, "A 10.77.0.208")]
    [InlineData("208.0.77.10.in-addr.arpa", DnsType.Ptr, "Ptr full.lab.test")]
    [InlineData("web.lab.test", DnsType.A, "A 10.77.0.209")]
    [InlineData("web.elsewhere.test", DnsType.A, "A 10.77.0.209")]
    [InlineData("209.0.77.10.in-addr.arpa", DnsType.Ptr, "Ptr web.lab.test")]
    [InlineData("ex.lab.test", DnsType.Txt, "Txt \"hello world\"")]
    [InlineData("multi.lab.test", DnsType.Txt, "Txt \"a\" \"b\"")]
    [InlineData("foreign.example", DnsType.Txt, "Txt \"x y, z\"")]
    [InlineData("empty.lab.test", DnsType.Txt, "Txt \"\"")]
    [InlineData("_ldap._tcp.lab.test", DnsType.Srv, "Srv 10 20 389 srv1.lab.test")]
    [InlineData("_nosvc._udp.lab.test", DnsType.Srv, "Srv 0 0 1 .")]
    [InlineData("_gone._tcp.lab.test", DnsType.Srv, "Srv 0 0 1 .")]
    [InlineData("localhost", DnsType.A, "A 127.0.0.1")]
    [InlineData("any.localhost", DnsType.Aaaa, "Aaaa ::1")]
    [InlineData("_kerb._udp.lab.test", DnsType.Srv, "Srv 0 5 1 srv1.lab.test")]
    [InlineData("a.b.wild.test", DnsType.A, "A 10.9.9.9")]
    [InlineData("wild.test", DnsType.Any, "A 10.9.9.9")]
    [InlineData("cn.test", DnsType.A, "Cname hr.test,A 10.9.9.10")]
    [InlineData("cn.test", DnsType.Cname, "Cname hr.test")]
    [InlineData("ex2.lab.test", DnsType.A, "Cname bymac,A 10.77.0.201")]
    [InlineData("p.test", DnsType.Ptr, "Ptr x.test")]
    [InlineData("240.0.77.10.in-addr.arpa", DnsType.Ptr, "Ptr myhost.lab.test")]
    [InlineData("77.2.0.192.in-addr.arpa", DnsType.Ptr, "Ptr from-hosts-file.lab.test")]
    [InlineData("50.0.77.10.in-addr.arpa", DnsType.Ptr, "Ptr Guest.lab.test")]
    [InlineData("201.0.77.10.in-addr.arpa", DnsType.Ptr, "Ptr bymac.lab.test")]
    public void Names_of_this_host_are_answered_with_authority_and_ttl_zero(string name, DnsType type, string records)
    {
        (DnsDecision decision, DnsMessages.Answer answer) = Decide(name, type);
        Assert.Null(decision.Servers);
        Assert.Equal(records, string.Join(',', answer.Records));
        Assert.Equal(0u, answer.Ttl);
        Assert.True(decision.Authoritative);
    }

    [Theory]
    [InlineData("myhost.lab.test", DnsType.Aaaa)]
    [InlineData("myhost.lab.test", DnsType.Mx)]
    [InlineData("only4.lab.test", DnsType.Aaaa)]
    [InlineData("v6host", DnsType.A)]
    [InlineData("ex.lab.test", DnsType.A)]
    [InlineData("below.lab.test", DnsType.A)] // only names below it have records
    [InlineData("localhost", DnsType.Mx)]
    [InlineData("_dns.resolver.arpa", DnsType.Any)]
    [InlineData("lab.test", DnsType.Soa)]
    public void An_existing_name_without_that_type_is_empty_at_once(string name, DnsType type)
    {
        DnsDecision decision = Decide(name, type).Decision;
        Assert.Equal(DnsDecision.Empty, decision);
    }

    /// <summary>As dnsmasq 2.90 does, for all types but ANY.</summary>
    [Theory]
    [InlineData("dotted.foreign.example", "", "Aaaa Mx Txt Srv 65 Ns Soa", "asked")]
    [InlineData("myhost.lab.test", "localOnly", "Aaaa Mx Txt Srv 65 Ns Soa", "empty")]
    [InlineData("myhost.lab.test", "", "Aaaa Mx Txt Srv 65 Ns Soa", "asked")]
    [InlineData("only4.lab.test", "", "Aaaa Mx Txt Srv 65 Ns Soa", "asked")]
    [InlineData("only4", "", "Aaaa Mx Txt Srv 65 Ns Soa", "asked")]
    [InlineData("only4", "localOnly", "Aaaa Mx Txt Srv 65 Ns Soa", "asked")]
    [InlineData("only4", "plain=no", "Aaaa Mx Txt Srv 65 Ns Soa", "empty")]
    [InlineData("only4.lab.test", "plain=no", "Aaaa Mx Txt Srv 65 Ns Soa", "asked")]
    [InlineData("only4", "domain-needed", "Aaaa", "empty")]
    [InlineData("only4", "domain-needed", "Mx Txt Srv 65 Ns Soa", "asked")]
    [InlineData("hr.test", "", "Aaaa Mx Txt Srv 65 Ns Soa", "asked")]
    [InlineData("dotted.foreign.example", "isolated", "Aaaa Mx Txt Srv 65 Ns Soa", "empty")] // dnsmasq refuses here
    [InlineData("only4", "isolated", "Aaaa Mx Txt Srv 65 Ns Soa", "empty")]
    public void What_is_not_known_of_a_name_with_an_address_is_asked_elsewhere_unless_that_is_kept_local(
        string name, string kind, string types, string outcome)
    {
        NetworkDefinition network = Lab with
        {
            Domain = new DomainName("lab.test", LocalOnly: kind == "localOnly"),
            Forward = new Forward(kind == "isolated" ? ForwardMode.None : ForwardMode.Nat),
            Dns = Lab.Dns! with { ForwardPlainNames = kind == "plain=no" ? false : null },
            DnsmasqOptions = kind == "domain-needed" ? ["domain-needed"] : ["host-record=hr.test,10.9.9.10"],
        };
        foreach (DnsType type in types.Split(' ').Select(Enum.Parse<DnsType>))
        {
            DnsDecision decision = Decide(name, type, network).Decision;
            Assert.True(decision is { Code: DnsCode.NoError, Exists: true });
            Assert.Equal((type, outcome), (type, decision.Servers is null ? "empty" : "asked"));
        }

        Assert.Null(Decide(name, DnsType.A, network).Decision.Servers);
        Assert.Null(Decide(name, DnsType.Any, network).Decision.Servers);
    }

    /// <summary>As dnsmasq 2.90 does: only names of addresses are kept back, and only where it is their names that are asked for.</summary>
    [Theory]
    [InlineData("5.0.9.10.in-addr.arpa", "A Ns Soa Txt", "asked")]
    [InlineData("5.0.9.10.in-addr.arpa", "Ptr Any", "known")]
    [InlineData("9.9.9.10.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("9.9.9.10.in-addr.arpa", "A Ns Soa Txt", "asked")]
    [InlineData("10.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("10.in-addr.arpa", "A Ns Soa Txt", "asked")]
    [InlineData("168.192.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("16.172.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("172.in-addr.arpa", "Ptr Any", "asked")]
    [InlineData("in-addr.arpa", "Ptr Any", "asked")]
    [InlineData("0.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("010.9.9.10.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("300.9.9.10.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("1.9.9.9.10.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("_x.9.9.9.10.in-addr.arpa", "Ptr Any", "asked")]
    [InlineData("7.7.31.172.in-addr.arpa", "Ptr Any", "none")]
    [InlineData("7.7.32.172.in-addr.arpa", "Ptr Any", "asked")]
    [InlineData("d.f.ip6.arpa", "Ptr Any", "none")]
    [InlineData("d.f.ip6.arpa", "A Ns Soa Txt", "asked")]
    [InlineData("c.f.ip6.arpa", "Ptr Any", "asked")]
    [InlineData("8.e.f.ip6.arpa", "Ptr Any", "none")]
    [InlineData("e.f.ip6.arpa", "Ptr Any", "asked")]
    [InlineData("ip6.arpa", "Ptr Any", "asked")]
    [InlineData("0.ip6.arpa", "Ptr Any", "none")]
    [InlineData("9.9.8.10.in-addr.arpa", "Ptr Any A", "asked", "server=/8.10.in-addr.arpa/192.0.2.9")]
    [InlineData("9.9.8.10.in-addr.arpa", "Ptr Any", "asked", "server=/in-addr.arpa/192.0.2.9")]
    [InlineData("9.9.8.10.in-addr.arpa", "Ptr Any", "none", "server=/8.10.in-addr.arpa/#")]
    [InlineData("9.9.8.10.in-addr.arpa", "A Ns Soa Txt", "asked", "server=/8.10.in-addr.arpa/#")]
    [InlineData("9.9.8.10.in-addr.arpa", "Ptr A Ns Soa Txt Any", "none", "local=/8.10.in-addr.arpa/")]
    [InlineData("9.9.8.10.in-addr.arpa", "Ptr Any", "none", "address=/10.in-addr.arpa/192.0.2.9")]
    public void Names_of_private_addresses_that_are_not_known_do_not_exist_with_bogus_priv(string name, string types, string outcome, string line = "no-hosts")
    {
        NetworkDefinition network = Lab with { DnsmasqOptions = ["bogus-priv", "host-record=k.test,10.9.0.5", line] };
        foreach (DnsType type in types.Split(' ').Select(Enum.Parse<DnsType>))
        {
            DnsDecision decision = Decide(name, type, network).Decision;
            string got = decision.Servers is not null ? "asked" : decision.Code == DnsCode.NoSuchName ? "none" : "known";
            Assert.Equal((type, outcome), (type, got));
        }
    }

    [Theory]
    [InlineData("nosuch.lab.test", DnsType.A)]
    [InlineData("a.myhost.lab.test", DnsType.Mx)]
    [InlineData("plainname", DnsType.A)]
    [InlineData("_kerb._udp.priv.test", DnsType.Srv)]
    [InlineData("x.gone.test", DnsType.A)]
    [InlineData("gone.test", DnsType.A)]
    [InlineData("priv.test", DnsType.A)] // nothing is known below it
    [InlineData("abc.onion", DnsType.A)]
    [InlineData("x.invalid", DnsType.Mx)]
    [InlineData("x.resolver.arpa", DnsType.A)]
    [InlineData("1.0.77.10.in-addr.arpa", DnsType.Ptr)] // the gateway has no name
    [InlineData("99.0.77.10.in-addr.arpa", DnsType.Ptr)]
    public void What_is_kept_local_and_unknown_does_not_exist(string name, DnsType type) =>
        Assert.Equal(DnsDecision.NoSuchName, Decide(name, type).Decision);

    [Theory]
    [InlineData("nosuch.auth.test", DnsType.A, DnsCode.NoSuchName)]
    [InlineData("a.auth.test", DnsType.Aaaa, DnsCode.NoError)]
    [InlineData("auth.test", DnsType.A, DnsCode.NoError)]
    public void What_a_zone_of_ours_does_not_have_is_said_with_authority(string name, DnsType type, DnsCode code)
    {
        NetworkDefinition zones = Lab with
        {
            DnsmasqOptions = ["auth-server=ns.auth.test", "auth-zone=auth.test", "host-record=a.auth.test,10.77.0.9"],
        };
        (DnsDecision decision, DnsMessages.Answer answer) = Decide(name, type, zones);
        Assert.Equal((code, true), (decision.Code, decision.Authoritative));
        Assert.Equal((0, 1), (answer.Header.Answers, answer.Header.Authorities));
        Assert.StartsWith("Soa ", Assert.Single(answer.Records), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("corp.test", "203.0.113.5:53")]
    [InlineData("x.y.CORP.test", "203.0.113.5:53")]
    [InlineData("x.notcorp.test", "192.0.2.53:53")]
    [InlineData("x.open.corp.test", "192.0.2.53:53")]
    [InlineData("over.test", "203.0.113.7:5353")]
    [InlineData("anything.example", "192.0.2.53:53")]
    [InlineData("foreign.example", "192.0.2.53:53")] // known for TXT only
    [InlineData("99.1.77.10.in-addr.arpa", "192.0.2.53:53")]
    [InlineData(".", "192.0.2.53:53")]
    [InlineData("thishost.example", "192.0.2.53:53")] // 127.0.1.1 is the host's own
    public void All_else_goes_to_the_servers_of_the_longest_domain(string name, string server) =>
        Assert.Equal(server, Assert.Single(Decide(name, DnsType.A).Decision.Servers!).ToString());

    [Theory]
    [InlineData("x.apps.lab.test", DnsType.A, "A 10.77.0.60,A 10.77.0.61")]
    [InlineData("A.b.APPS.lab.test", DnsType.Aaaa, "Aaaa 2001:db8:77::60")]
    [InlineData("x.apps.elsewhere.test", DnsType.A, "A 10.77.0.62")]
    [InlineData("front", DnsType.A, "A 10.77.0.63")]
    [InlineData("front.lab.test", DnsType.A, "A 10.77.0.63")]
    [InlineData("63.0.77.10.in-addr.arpa", DnsType.Ptr, "Ptr front.lab.test")]
    [InlineData("fixed.apps.lab.test", DnsType.A, "A 10.77.0.64")] // a name of its own goes before the wildcard
    [InlineData("x.lined.test", DnsType.A, "A 10.77.0.65")] // and it before a line of the dnsmasq namespace
    public void Names_of_the_extension_are_the_zones_own(string name, DnsType type, string records)
    {
        (DnsDecision decision, DnsMessages.Answer answer) = Decide(name, type, Extended);
        Assert.Equal(records, string.Join(',', answer.Records));
        Assert.True(decision.Authoritative);
    }

    [Theory]
    [InlineData("x.apps.lab.test", DnsType.Mx)]
    [InlineData("x.apps.elsewhere.test", DnsType.Aaaa)]
    [InlineData("apps.lab.test", DnsType.A)] // not below itself, but it is above what there is
    [InlineData("front", DnsType.Aaaa)]
    public void They_have_nothing_else_and_nobody_is_asked(string name, DnsType type) =>
        Assert.Equal(DnsDecision.Empty, Decide(name, type, Extended).Decision);

    [Fact]
    public void A_wildcard_is_not_for_its_own_name_nor_for_what_is_beside_it()
    {
        Assert.Equal(DnsDecision.NoSuchName, Decide("xapps.lab.test", DnsType.A, Extended).Decision);
        Assert.NotNull(Decide("beside.elsewhere.test", DnsType.A, Extended).Decision.Servers);
    }

    [Fact]
    public void Without_localOnly_unknown_names_of_the_domain_are_forwarded()
    {
        NetworkDefinition open = Lab with { Domain = new DomainName("lab.test") };
        Assert.NotNull(Decide("elsewhere.lab.test", DnsType.A, open).Decision.Servers);
    }

    [Fact]
    public void Plain_names_are_forwarded_unless_switched_off()
    {
        NetworkDefinition plain = Lab with { Dns = new DnsDefinition() };
        Assert.NotNull(Decide("plainname", DnsType.A, plain).Decision.Servers);
    }

    [Fact]
    public void Each_time_another_address_of_a_name_comes_first()
    {
        NetworkDefinition many = Lab with
        {
            Dns = new DnsDefinition
            {
                Hosts = [.. Enumerable.Range(1, 3).Select(n => new DnsHost(IPAddress.Parse($"10.77.1.{n}"), ["many"])),
                    new DnsHost(IPAddress.Parse("2001:db8:77::61"), ["many"])],
            },
        };
        Assert.Equal(
            ["A 10.77.1.1,A 10.77.1.2,A 10.77.1.3", "A 10.77.1.2,A 10.77.1.3,A 10.77.1.1", "A 10.77.1.3,A 10.77.1.1,A 10.77.1.2"],
            Enumerable.Range(0, 3).Select(_ =>
            {
                Decide("many", DnsType.Aaaa, many); // clients ask for both, one after the other
                return string.Join(',', Decide("many", DnsType.A, many).Answer.Records);
            }));
    }

    [Fact]
    public void An_address_that_several_sources_know_is_told_once()
    {
        NetworkDefinition twice = Lab with
        {
            Dns = new DnsDefinition { Hosts = [new DnsHost(IPAddress.Parse("10.77.0.240"), ["myhost", "myhost.lab.test"])] },
        };
        Assert.Equal(["A 10.77.0.240"], Decide("myhost.lab.test", DnsType.A, twice).Answer.Records);
    }

    [Theory]
    [InlineData(DnsType.Aaaa)]
    [InlineData(DnsType.Mx)]
    public void What_a_fixed_address_does_not_answer_is_asked_elsewhere(DnsType type)
    {
        Assert.Equal("192.0.2.53:53", Assert.Single(Decide("wild.test", type).Decision.Servers!).ToString());
        NetworkDefinition kept = Lab with { DnsmasqOptions = ["address=/wild.test/10.9.9.9", "local=/wild.test/"] };
        Assert.Equal(DnsDecision.Empty, Decide("wild.test", type, kept).Decision);
        NetworkDefinition wider = Lab with { DnsmasqOptions = ["address=/wild.test/10.9.9.9", "server=/test/203.0.113.9"] };
        Assert.Equal("203.0.113.9:53", Assert.Single(Decide("a.wild.test", type, wider).Decision.Servers!).ToString());
    }

    [Theory]
    [InlineData("selfmx", "guest.lab.test", DnsType.Mx, "Mx 0001" + "056775657374036C6162047465737400")]
    [InlineData("selfmx", "nobody.lab.test", DnsType.Mx, "")]
    [InlineData("localmx;mx-target=m.zz", "myhost", DnsType.Mx, "Mx 0001" + "016D027A7A00")]
    [InlineData("selfmx;mx-host=myhost,x.zz,7", "myhost", DnsType.Mx, "Mx 0007" + "0178027A7A00")]
    [InlineData("mx-host=a.zz,,5", "a.zz", DnsType.Mx, "Mx 0005" + "00")]
    [InlineData("host-record=lb,10.0.0.9", "lb", DnsType.A, "A 10.0.0.9")]
    [InlineData("host-record=lb,10.0.0.9", "lb.lab.test", DnsType.A, "")]
    [InlineData("host-record=lb,10.0.0.9", "9.0.0.10.in-addr.arpa", DnsType.Ptr, "Ptr lb")]
    [InlineData("dynamic-host=dh.zz,1.2.3.8,br0", "dh.zz", DnsType.A, "A 10.77.0.8")]
    [InlineData("interface-name=me,br0", "1.0.77.10.in-addr.arpa", DnsType.Ptr, "Ptr me")]
    [InlineData("dhcp-fqdn", "only4", DnsType.A, "")]
    [InlineData("dhcp-fqdn", "only4.lab.test", DnsType.A, "A 10.77.0.51")]
    [InlineData("localise-queries;host-record=many.zz,10.9.9.9;host-record=many.zz,10.77.0.9", "many.zz", DnsType.A, "A 10.77.0.9")]
    [InlineData("localise-queries;host-record=many.zz,10.9.9.9;host-record=many.zz,10.8.0.9", "many.zz", DnsType.A, "A 10.9.9.9,A 10.8.0.9")]
    public void A_line_is_answered_as_dnsmasq_answers_it(string lines, string name, DnsType type, string records)
    {
        NetworkDefinition network = Lab with { DnsmasqOptions = lines.Split(';').ToValueList() };
        Assert.Equal(records, string.Join(',', Decide(name, type, network).Answer.Records));
    }

    [Fact]
    public void Names_of_guests_may_be_kept_for_another_time_than_others()
    {
        NetworkDefinition network = Lab with { DnsmasqOptions = ["dhcp-ttl=7", "local-ttl=9"] };
        Assert.Equal(7u, Decide("only4", DnsType.A, network).Answer.Ttl);
        Assert.Equal(7u, Decide("51.0.77.10.in-addr.arpa", DnsType.Ptr, network).Answer.Ttl);
        Assert.Equal(9u, Decide("myhost", DnsType.A, network).Answer.Ttl);
    }

    [Fact]
    public void The_full_name_of_a_reservation_by_name_is_that_of_its_address()
    {
        NetworkDefinition network = Lab with
        {
            Ips = [Lab.Ips[0] with { Hosts = [new DhcpHost(null, null, "web.n2.test", IPAddress.Parse("10.77.0.212"))] }],
        };
        Assert.Equal(["A 10.77.0.212"], Decide("web.n2.test", DnsType.A, network).Answer.Records);
        Assert.Empty(Decide("web", DnsType.A, network).Answer.Records);
        _leases.Add("web", "10.77.0.212");
        Assert.Equal(["A 10.77.0.212"], Decide("web.n2.test", DnsType.A, network).Answer.Records);
        Assert.Equal(["A 10.77.0.212"], Decide("web", DnsType.A, network).Answer.Records);
        Assert.Equal(["Ptr web.lab.test"], Decide("212.0.77.10.in-addr.arpa", DnsType.Ptr, network).Answer.Records);
    }

    [Theory]
    [InlineData("address=/wild.test/10.9.9.9", "a.wild.test", true)]
    [InlineData("address=/wild.test/10.9.9.9", "wild.test", true)]
    [InlineData("address=/*.wild.test/10.9.9.9", "a.wild.test", true)]
    [InlineData("address=/*.wild.test/10.9.9.9", "wild.test", false)]
    [InlineData("address=/#/10.9.9.9", "any.example", true)]
    public void A_name_with_a_fixed_address_exists_whatever_is_asked_for(string line, string name, bool exists)
    {
        NetworkDefinition network = Lab with { DnsmasqOptions = [line] };
        Assert.All(
            [DnsType.Aaaa, DnsType.Mx, DnsType.Soa, (DnsType)65],
            type => Assert.Equal(exists, Decide(name, type, network).Decision is { Servers: not null, Exists: true }));
    }

    [Theory]
    [InlineData("lab.test", true)] // guests are below it
    [InlineData("foreign.example", true)] // has a text and a name below
    [InlineData("below.example", true)]
    [InlineData("other.example", false)]
    public void A_forwarded_name_with_names_of_ours_below_it_exists(string name, bool exists)
    {
        NetworkDefinition open = Lab with { Domain = new DomainName("lab.test") };
        DnsDecision decision = Decide(name, DnsType.A, open).Decision;
        Assert.NotNull(decision.Servers);
        Assert.Equal(exists, decision.Exists);
    }

    [Fact]
    public void The_domain_of_a_network_without_any_name_does_not_exist()
    {
        NetworkDefinition empty = Lab with { Dns = null, Ips = [], DnsmasqOptions = ["no-hosts"] };
        Assert.Equal(DnsDecision.Empty, Decide("lab.test", DnsType.A, empty).Decision);
        _leases.Clear();
        Assert.Equal(DnsDecision.NoSuchName, Decide("lab.test", DnsType.A, empty).Decision);
    }

    [Fact]
    public void A_rule_for_a_special_name_is_followed()
    {
        NetworkDefinition tor = Lab with { DnsmasqOptions = ["server=/onion/203.0.113.9", "address=/box.localhost/10.9.9.1"] };
        Assert.Equal("203.0.113.9:53", Assert.Single(Decide("abc.onion", DnsType.A, tor).Decision.Servers!).ToString());
        Assert.Equal(["A 10.9.9.1"], Decide("box.localhost", DnsType.A, tor).Answer.Records);
        NetworkDefinition all = Lab with { DnsmasqOptions = ["server=/#/203.0.113.9"] };
        Assert.Equal(DnsDecision.NoSuchName, Decide("abc.onion", DnsType.A, all).Decision);
    }

    [Fact]
    public void An_isolated_network_refuses_foreign_names_and_answers_its_own()
    {
        NetworkDefinition isolated = Lab with { Forward = Forward.None };
        Assert.Equal(DnsDecision.Refuse(DnsExtendedError.NotReady), Decide("x.example", DnsType.A, isolated).Decision);
        Assert.Equal(DnsDecision.Found, Decide("from-hosts-file", DnsType.A, isolated).Decision);
        Assert.Equal("203.0.113.5:53", Assert.Single(Decide("corp.test", DnsType.A, isolated).Decision.Servers!).ToString());
    }

    [Fact]
    public void A_forwarder_for_everything_replaces_the_hosts_servers()
    {
        NetworkDefinition own = Lab with
        {
            Dns = new DnsDefinition
            {
                Forwarders = [new DnsForwarder(IPAddress.Parse("203.0.113.5"), null), new DnsForwarder(null, "host.test")],
            },
        };
        Assert.Equal("203.0.113.5:53", Assert.Single(Decide("x.example", DnsType.A, own).Decision.Servers!).ToString());
        Assert.Equal("203.0.113.5:53", Assert.Single(Decide("x.host.test", DnsType.A, own).Decision.Servers!).ToString());
    }

    [Fact]
    public void Several_servers_of_one_domain_are_asked_in_their_order()
    {
        NetworkDefinition two = Lab with
        {
            DnsmasqOptions = ["server=/two.test/203.0.113.8", "server=/two.test/203.0.113.7", "local=/two.test/"],
        };
        Assert.Equal(
            ["203.0.113.8:53", "203.0.113.7:53"], Decide("a.two.test", DnsType.A, two).Decision.Servers!.Select(s => s.ToString()));
    }

    [Fact]
    public void Servers_of_options_come_before_those_of_the_host()
    {
        NetworkDefinition more = Lab with { DnsmasqOptions = ["server=203.0.113.8"] };
        Assert.Equal(
            ["203.0.113.8:53", "192.0.2.53:53"], Decide("x.example", DnsType.A, more).Decision.Servers!.Select(s => s.ToString()));
    }

    [Theory]
    [InlineData(DnsType.Axfr)]
    [InlineData(DnsType.Ixfr)]
    public void Zone_transfers_are_refused(DnsType type) =>
        Assert.Equal(DnsCode.Refused, Decide("lab.test", type).Decision.Code);

    [Fact]
    public void The_version_is_told_and_nothing_else_of_its_class()
    {
        Assert.Equal(["Txt \"virtnet\""], Decide("VERSION.bind", DnsType.Txt, Lab, DnsClass.Chaos).Answer.Records);
        Assert.Equal(DnsCode.Refused, Decide("myhost", DnsType.A, Lab, DnsClass.Chaos).Decision.Code);
    }

    [Fact]
    public void A_forwarder_is_asked_at_its_port()
    {
        NetworkDefinition other = Lab with
        {
            Dns = new DnsDefinition { Forwarders = [new DnsForwarder(IPAddress.Parse("203.0.113.5"), "corp.test", 5353)] },
        };
        Assert.Equal(["203.0.113.5:5353"], Decide("a.corp.test", DnsType.A, other).Decision.Servers!.Select(server => server.ToString()));
    }

    [Fact]
    public void A_service_that_is_decidedly_not_available_has_no_numbers()
    {
        NetworkDefinition none = Lab with { Dns = new DnsDefinition { Srvs = [new DnsSrv("a", "tcp", "x.test", ".", 80, 10, 20)] } };
        Assert.Equal(["Srv 0 0 1 ."], Decide("_a._tcp.x.test", DnsType.Srv, none).Answer.Records);
    }

    [Fact]
    public void Aliases_that_lead_in_a_circle_end()
    {
        NetworkDefinition circle = Lab with { DnsmasqOptions = ["cname=a.test,b.test", "cname=b.test,a.test"] };
        Assert.Equal(DnsCode.NoError, Decide("a.test", DnsType.A, circle).Decision.Code);
    }

    private (DnsDecision Decision, DnsMessages.Answer Answer) Decide(
        string name, DnsType type, NetworkDefinition? network = null, DnsClass @class = DnsClass.Internet)
    {
        byte[] message = DnsMessages.Query(name, type, @class: @class);
        Assert.Equal(DnsQueryVerdict.Ok, DnsQuery.Parse(message, out DnsQuery query));
        byte[] lower = new byte[query.Name.Length];
        DnsName.ToLower(query.Name, lower);
        byte[] buffer = new byte[2048];
        DnsAnswerWriter writer = new(buffer, buffer.Length, query, null);
        LocalAnswers answers = new(DefinitionZone.Build(network ?? Lab), HostsOfThisHost, [], _leases, HostServers, _addresses);
        DnsDecision decision = answers.Decide(query, lower, ref writer);
        int length = writer.Finish(DnsFlags.None, decision.Code);
        return (decision, DnsMessages.Read(buffer.AsSpan(0, length)));
    }
}
