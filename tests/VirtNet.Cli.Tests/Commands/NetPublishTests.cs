using VirtNet.Cli.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Commands;

public sealed class NetPublishTests
{
    private const string Key = "2 urn:virtnet:network:1";
    private const string Mac = "52:54:00:00:00:01";
    private const uint Live = 1;
    private const uint Config = 2;

    private readonly CommandLine _line = new();
    private readonly FakeNetwork _network;

    public NetPublishTests()
    {
        _network = _line.Daemon.Add("lab", "11111111-2222-3333-4444-555555555555", active: true);
        _network.Xml = "<network><name>lab</name><forward mode='nat'/><ip address='10.7.0.1' prefix='24'><dhcp>"
            + $"<host mac='{Mac}' name='web' ip='10.7.0.7'/></dhcp></ip><ip family='ipv6' address='2001:db8::1' prefix='64'/></network>";
    }

    private string? Element => _network.Metadata.GetValueOrDefault(Key)?.ReplaceLineEndings("").Replace("  ", "", StringComparison.Ordinal);

    [Theory]
    [InlineData("8080 web:80", "<publish protocol=\"tcp\" port=\"8080\"><to guest=\"web\" mac=\"52:54:00:00:00:01\" port=\"80\" /></publish>")]
    [InlineData("8080 web", "<publish protocol=\"tcp\" port=\"8080\"><to guest=\"web\" mac=\"52:54:00:00:00:01\" /></publish>")]
    [InlineData("9000-9010/udp 10.7.0.9:7000-7010", "<publish protocol=\"udp\" port=\"9000-9010\"><to address=\"10.7.0.9\" port=\"7000-7010\" /></publish>")]
    [InlineData("203.0.113.5:80,443 10.7.0.9", "<publish protocol=\"tcp\" port=\"80,443\" address=\"203.0.113.5\"><to address=\"10.7.0.9\" /></publish>")]
    [InlineData("80,443 10.7.0.9:8080,8443", "<publish protocol=\"tcp\" port=\"80,443\"><to address=\"10.7.0.9\" port=\"8080,8443\" /></publish>")]
    [InlineData("[2001:db8:1::5]:80 [2001:db8::9]:81", "<publish protocol=\"tcp\" port=\"80\" address=\"2001:db8:1::5\"><to address=\"2001:db8::9\" port=\"81\" /></publish>")]
    [InlineData("203.0.113.6 web --name whole --force", "<publish name=\"whole\" address=\"203.0.113.6\" force=\"yes\"><to guest=\"web\" mac=\"52:54:00:00:00:01\" /></publish>")]
    [InlineData("7979 host:8080", "<publish protocol=\"tcp\" port=\"7979\"><to host=\"yes\" port=\"8080\" /></publish>")]
    [InlineData("80 52:54:00:00:00:09:81", "<publish protocol=\"tcp\" port=\"80\"><to mac=\"52:54:00:00:00:09\" port=\"81\" /></publish>")]
    [InlineData("80 10.7.0.8,10.7.0.9:81 10.7.0.10 --balance source", "<publish protocol=\"tcp\" port=\"80\" balance=\"source\"><to address=\"10.7.0.8\" />"
        + "<to address=\"10.7.0.9\" port=\"81\" /><to address=\"10.7.0.10\" /><check protocol=\"tcp\" interval=\"2\" timeout=\"1\" fall=\"3\" rise=\"2\" /></publish>")]
    [InlineData("80 10.7.0.8,10.7.0.9 --check none", "<publish protocol=\"tcp\" port=\"80\"><to address=\"10.7.0.8\" /><to address=\"10.7.0.9\" /></publish>")]
    [InlineData("80 10.7.0.8 --check http:/up?x=1", "<publish protocol=\"tcp\" port=\"80\"><to address=\"10.7.0.8\" />"
        + "<check protocol=\"http\" path=\"/up?x=1\" interval=\"2\" timeout=\"1\" fall=\"3\" rise=\"2\" /></publish>")]
    [InlineData("80 10.7.0.8 --interface eth0 --from 198.51.100.0/24,192.0.2.1", "<publish protocol=\"tcp\" port=\"80\" interface=\"eth0\" from=\"198.51.100.0/24,192.0.2.1/32\"><to address=\"10.7.0.8\" /></publish>")]
    public async Task What_is_published_is_written_into_both_copies_in_one_call(string arguments, string publish)
    {
        string listen = arguments.Split(' ')[0];
        (await _line.RunAsync(["net-publish", "lab", .. arguments.Split(' ')])).Is($"{listen} published on network lab\n\n");
        Assert.Equal($"<network>{publish}</network>", Element);
        MetadataChange change = Assert.Single(_network.MetadataChanges);
        Assert.Equal((2, "vn", "urn:virtnet:network:1", Live | Config), (change.Type, change.Key, change.Uri, change.Flags));
    }

    [Theory]
    [InlineData("'http' is nothing to listen on", "http web")]
    [InlineData("'99999' is nothing to listen on", "99999 web")]
    [InlineData("'web:x' is no target", "80 web:x")]
    [InlineData("'' is no target", "80 web,")]
    [InlineData("'a/b' cannot be a publication's name", "80 web --name a/b")]
    [InlineData("'x' names no clients", "80 web --from x")]
    [InlineData("unknown balance 'best'", "80 web --balance best")]
    [InlineData("unknown check 'icmp'", "80 web --check icmp")]
    [InlineData("unknown check 'http:x'", "80 web --check http:x")]
    public async Task A_word_that_says_nothing_is_refused(string message, string arguments)
    {
        CommandLine.Outcome outcome = await _line.RunAsync(["net-publish", "lab", .. arguments.Split(' ')]);
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith($"error: {message}", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(_network.MetadataChanges);
    }

    [Theory]
    [InlineData("80", "10.8.0.9", "10.8.0.9 is outside the network: in none of its subnets and routes")]
    [InlineData("9000-9010", "web:7000-7005", "11 ports cannot go to the 6 of web:7000-7005: as many, or one")]
    [InlineData("203.0.113.6", "web:80", "a whole address has no ports, nor has its target")]
    [InlineData("53/udp", "web", "port 53 is what the network's guests are served on: publish it on one address of the host, or by one interface")]
    public async Task What_cannot_be_is_refused_before_anything_changes(string listen, string target, string reason)
    {
        (await _line.RunAsync("net-publish", "lab", listen, target)).Fails(
            $"error: Failed to publish {listen} on network lab\nerror: Requested operation is not valid: {reason}\n");
        Assert.Empty(_network.MetadataChanges);
    }

    [Fact]
    public async Task What_is_published_already_is_left_alone_and_nothing_else_can_be_there()
    {
        await _line.RunAsync("net-publish", "lab", "8080", "web:80");
        (await _line.RunAsync("net-publish", "lab", "8080", "web:80")).Is("8080 published on network lab\n\n");
        Assert.Single(_network.MetadataChanges);
        (await _line.RunAsync("net-publish", "lab", "8080", "10.7.0.9", "--name", "other")).Fails(
            "error: Failed to publish 8080 on network lab\nerror: Requested operation is not valid: port 8080 is published already\n");
    }

    [Fact]
    public async Task What_another_version_wrote_stays()
    {
        _network.Metadata[Key] = "<network>\n  <!-- mine --><span x='1'/>\n  <publish port='auto' later='yes'><to guest='x'/></publish>\n</network>";
        await _line.RunAsync("net-publish", "lab", "8080", "web:80");
        Assert.Contains("<!-- mine --><span x=\"1\" /><publish port=\"auto\" later=\"yes\"><to guest=\"x\" /></publish><publish protocol=\"tcp\"", Element, StringComparison.Ordinal);
        await _line.RunAsync("net-unpublish", "lab", "8080");
        Assert.Contains("<span x=\"1\" />", Element, StringComparison.Ordinal);
        Assert.DoesNotContain("8080", Element, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true, "--live", Live)]
    [InlineData(true, true, "--config", Config)]
    [InlineData(true, false, null, Live)]
    [InlineData(false, true, null, Config)]
    public async Task The_copies_that_there_are_change_unless_one_is_chosen(bool active, bool persistent, string? option, uint flags)
    {
        (_network.Active, _network.Persistent) = (active, persistent);
        _network.InactiveMetadata = [];
        string[] options = option is null ? [] : [option];
        (await _line.RunAsync(["net-publish", "lab", "80", "web", .. options])).Is("80 published on network lab\n\n");
        Assert.Equal(flags, Assert.Single(_network.MetadataChanges).Flags);
    }

    [Fact]
    public async Task Copies_that_differ_change_each_and_both_are_as_they_were_when_one_cannot()
    {
        _network.Metadata[Key] = "<network><name match='a' address='10.7.0.9' /></network>";
        _network.InactiveMetadata = [];
        await _line.RunAsync("net-publish", "lab", "80", "web");
        Assert.Equal([Live, Config], _network.MetadataChanges.Select(change => change.Flags));
        string before = _network.Metadata[Key];
        _line.Daemon.RefusesMetadata = change =>
            change.Flags == Config ? VirtNetException.OperationFailed("the disk is full") : null;
        (await _line.RunAsync("net-publish", "lab", "81", "web")).Fails(
            "error: Failed to publish 81 on network lab\nerror: operation failed: the disk is full\n"
            + "hint: the running network lab, which had been changed already, is as it was\n");
        Assert.Equal(before, _network.Metadata[Key]);
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_said()
    {
        _network.Metadata[Key] = "<network><name match='a' address='10.7.0.9' /></network>";
        _network.InactiveMetadata = [];
        int calls = 0;
        _line.Daemon.RefusesMetadata = _ => calls++ == 0 ? null : VirtNetException.OperationFailed("gone");
        CommandLine.Outcome outcome = await _line.RunAsync("net-publish", "lab", "81", "web");
        Assert.Contains("was changed, its definition was not, and the change could not be taken back: operation failed: gone", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_else_changes_meanwhile_is_not_lost()
    {
        int reads = 0;
        _line.Daemon.MetadataRead = network =>
        {
            if (++reads == 3)
            {
                network.Metadata[Key] = "<network><name match='theirs' address='10.7.0.9' /></network>";
            }
        };
        (await _line.RunAsync("net-publish", "lab", "80", "web")).Is("80 published on network lab\n\n");
        Assert.Contains("theirs", Element, StringComparison.Ordinal);
        Assert.Contains("publish", Element, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_changes_it_all_the_time_is_not_waited_for()
    {
        int reads = 0;
        _line.Daemon.MetadataRead = network => network.Metadata[Key] = $"<network><name match='n{++reads}' address='10.7.0.9' /></network>";
        (await _line.RunAsync("net-publish", "lab", "80", "web")).Fails(
            "error: Failed to publish 80 on network lab: somebody else keeps changing it\n");
        Assert.Empty(_network.MetadataChanges);
    }

    [Fact]
    public async Task A_name_is_tied_to_who_has_it_now()
    {
        _network.Leases.Add(new DhcpLease("virbr7", 1_800_000_000, 0, "52:54:00:00:00:05", null, "10.7.0.5", 24, "db", null));
        await _line.RunAsync("net-publish", "lab", "5432", "db");
        Assert.Contains("<to guest=\"db\" mac=\"52:54:00:00:00:05\" />", Element, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_nobody_has_waits_for_somebody()
    {
        _network.Active = false;
        (await _line.RunAsync("net-publish", "lab", "5432", "later")).Is(
            "5432 published on network lab\n\n",
            "warning: nobody is called 'later' yet: it is reached when a reservation or a port gives somebody that name\n");
        Assert.Contains("<to guest=\"later\" />", Element, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_keeps_it_from_being_reached_is_also_said_to_scripts()
    {
        _line.Connector.Publications.Add(new PublicationInForce(
            _network.Ref, Name: null, "203.0.113.9", "tcp", "80", Ipv4: true, Ipv6: false, Connections: 0, Targets: [],
            ["no interface of the host has 203.0.113.9: it works once one has"]));
        (await _line.RunAsync("net-publish", "lab", "203.0.113.9:80", "web")).Is(
            "203.0.113.9:80 published on network lab\n\n", "warning: no interface of the host has 203.0.113.9: it works once one has\n");
    }

    [Fact]
    public async Task Of_a_network_that_does_not_run_the_list_says_what_is_defined()
    {
        _line.Connector.PublicationsRefusal = VirtNetException.OperationInvalid("network 'lab' is not active");
        _network.Active = false;
        _network.Xml = _network.Xml.Replace(
            "</network>",
            "<metadata><v:network xmlns:v='urn:virtnet:network:1'><v:publish name='w' protocol='tcp' port='80'><v:to guest='web' port='8080'/></v:publish></v:network></metadata></network>",
            StringComparison.Ordinal);
        (await _line.RunAsync("net-publish-list", "lab", "--no-header", "--columns", "name,listen,target,address,state")).Is(" w   80   web:8080   -   inactive\n\n");
        Assert.Equal(1, (await _line.RunAsync("net-publish-list")).Status);
    }

    [Fact]
    public async Task Of_a_network_that_does_not_run_documents_say_how_connections_would_be_spread_and_targets_checked()
    {
        _line.Connector.PublicationsRefusal = VirtNetException.OperationInvalid("network 'lab' is not active");
        _network.Active = false;
        _network.Xml = _network.Xml.Replace(
            "</network>",
            "<metadata><v:network xmlns:v='urn:virtnet:network:1'><v:publish protocol='tcp' port='80' balance='source'><v:to guest='a'/><v:to guest='b'/>"
            + "<v:check protocol='http' path='/up'/></v:publish></v:network></metadata></network>",
            StringComparison.Ordinal);
        CommandLine.Outcome listed = await _line.RunAsync("net-publish-list", "lab", "-o", "json");
        Assert.Contains("\"balance\":\"source\"", listed.Output, StringComparison.Ordinal);
        Assert.Contains("\"check\":\"http:/up\"", listed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PublicationDetail.None, "net-wait", "lab", "--for", "published", "--timeout", "0")]
    [InlineData(PublicationDetail.Warnings, "net-publish", "lab", "80", "web")]
    [InlineData(PublicationDetail.All, "net-publish-list", "lab")]
    public async Task No_more_is_asked_of_the_daemon_than_what_is_shown(PublicationDetail most, params string[] words)
    {
        await _line.RunAsync(words);
        Assert.Equal(most, _line.Connector.PublicationDetails.Aggregate((one, other) => one | other));
        Assert.Equal(1, _line.Connector.PublicationDetails.Count(detail => detail == most));
    }

    [Fact]
    public async Task A_daemon_that_cannot_publish_is_not_made_to_store_it()
    {
        _line.Connector.PublicationsRefusal = new VirtNetException(
            VirErrorCode.NoSupport, "this function is not supported by the connection driver: virtnetGetPublications");
        (await _line.RunAsync("net-publish", "lab", "80", "web", "--config")).Fails(
            "error: Failed to publish 80 on network lab\n"
            + "error: this function is not supported by the connection driver: virtnetGetPublications\n");
        Assert.Empty(_network.MetadataChanges);
        _line.Connector.PublicationsRefusal = VirtNetException.OperationInvalid("network 'lab' is not active");
        _network.Active = false;
        (await _line.RunAsync("net-publish", "lab", "80", "web")).Is("80 published on network lab\n\n");
    }

    [Fact]
    public async Task A_dry_run_shows_the_element_and_changes_nothing()
    {
        (await _line.RunAsync("net-publish", "lab", "7979", "host:8080", "--dry-run")).Is(
            "<publish protocol=\"tcp\" port=\"7979\">\n  <to host=\"yes\" port=\"8080\" />\n</publish>\n\n");
        Assert.Empty(_network.MetadataChanges);
        Assert.Equal(1, (await _line.RunAsync("net-publish", "lab", "7979", "10.8.0.1", "--dry-run")).Status);
    }

    [Fact]
    public async Task A_dry_run_is_refused_as_the_daemon_would_refuse_it()
    {
        VirtNetException refusal = VirtNetException.OperationInvalid("port 2222/tcp is held by sshd.service");
        _line.Connector.PlanRefusal = refusal;
        _line.Daemon.RefusesMetadata = _ => refusal;
        CommandLine.Outcome tried = await _line.RunAsync("net-publish", "lab", "2222", "web:80", "--dry-run");
        Assert.Equal(await _line.RunAsync("net-publish", "lab", "2222", "web:80"), tried);
        Assert.Equal(1, tried.Status);
        Assert.Contains("2222", _line.Connector.Planned, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_of_a_definition_alone_meets_no_host()
    {
        _line.Connector.PlanRefusal = VirtNetException.OperationInvalid("port 2222/tcp is held by sshd.service");
        Assert.Equal(0, (await _line.RunAsync("net-publish", "lab", "2222", "web:80", "--dry-run", "--config")).Status);
    }

    [Fact]
    public async Task A_document_says_what_was_written()
    {
        CommandLine.Outcome outcome = await _line.RunAsync("net-publish", "lab", "8080", "web:80", "-o", "json");
        Assert.Contains("\"listen\":\"8080\"", outcome.Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"\"mac\":\"{Mac}\"", outcome.Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8080")]
    [InlineData("8080/tcp")]
    public async Task What_listens_there_is_taken_back(string word)
    {
        await _line.RunAsync("net-publish", "lab", "8080", "web:80");
        (await _line.RunAsync("net-unpublish", "lab", word)).Is($"{word} is no longer published on network lab\n\n");
        Assert.False(_network.Metadata.ContainsKey(Key));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Of_what_is_taken_back_a_document_names_the_copies_that_had_it(bool live, bool config)
    {
        _network.InactiveMetadata = [];
        string[] chosen = live == config ? [] : [live ? "--live" : "--config"];
        await _line.RunAsync(["net-publish", "lab", "8080", "web:80", .. chosen]);
        CommandLine.Outcome outcome = await _line.RunAsync("net-unpublish", "lab", "8080", "-o", "json");
        Assert.Contains(
            $"\"live\":{(live ? "true" : "false")},\"config\":{(config ? "true" : "false")}",
            outcome.Output.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8100", "127.0.0.1:8100")]
    [InlineData("127.0.0.1:8100", "8100")]
    public async Task Where_a_network_listens_by_default_is_one_place_with_and_without_the_address(string first, string second)
    {
        _network.Metadata[Key] = "<network><publish-default address='127.0.0.1' /></network>";
        await _line.RunAsync("net-publish", "lab", first, "web:80");
        (await _line.RunAsync("net-publish", "lab", second, "web:81")).Fails(
            $"error: Failed to publish {second} on network lab\n"
            + $"error: Requested operation is not valid: port 8100 of 127.0.0.1 is published already\n");
        (await _line.RunAsync("net-unpublish", "lab", second)).Is($"{second} is no longer published on network lab\n\n");
        Assert.DoesNotContain("8100", Element, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_listens_where_the_daemon_s_settings_say_is_taken_back_by_that_place()
    {
        await _line.RunAsync("net-publish", "lab", "8100", "web:80");
        _line.Connector.Publications.Add(new PublicationInForce(
            _network.Ref, Name: null, "127.0.0.1", "tcp", "8100", Ipv4: true, Ipv6: false, Connections: 0, Targets: [], Warnings: []));
        (await _line.RunAsync("net-unpublish", "lab", "127.0.0.1:8100")).Is("127.0.0.1:8100 is no longer published on network lab\n\n");
        Assert.Null(Element);
    }

    [Fact]
    public async Task A_name_goes_before_what_listens_there_and_several_are_told_apart()
    {
        await _line.RunAsync("net-publish", "lab", "8080", "web:80", "--name", "a");
        await _line.RunAsync("net-publish", "lab", "8080", "web:80", "--name", "b", "--interface", "eth0");
        (await _line.RunAsync("net-unpublish", "lab", "8080")).Fails(
            "error: several publications of network lab listen on 8080\nhint: name one: a, b\n");
        (await _line.RunAsync("net-unpublish", "lab", "a")).Is("a is no longer published on network lab\n\n");
        (await _line.RunAsync("net-unpublish", "lab", "8080")).Is("8080 is no longer published on network lab\n\n");
        (await _line.RunAsync("net-unpublish", "lab", "8080")).Fails(
            "error: network lab publishes nothing called or listening on 8080\n");
    }

    [Fact]
    public async Task The_list_says_how_it_is_with_every_target()
    {
        _line.Connector.Publications.Add(new PublicationInForce(
            _network.Ref, "web", "203.0.113.5", "tcp", "80", Ipv4: true, Ipv6: false, Connections: 7,
            [
                new PublicationTarget("web1", false, ["10.7.0.7"], "8080", 1, false, TargetState.Up, null, 5) { Open = 2, Octets = 900 },
                new PublicationTarget("web2", false, [], "8080", 1, false, TargetState.Unresolved, "nobody has that name", null),
            ],
            ["no interface has 203.0.113.5"]) { From = ["198.51.100.0/24"], Interface = "eth0", Balance = "source", Check = "tcp" });
        _line.Interactive = true;
        CommandLine.Outcome outcome = await _line.RunAsync("net-publish-list", "lab", "--columns", "listen,open-for,target,address,state,clients,now,in-all");
        Assert.Equal(0, outcome.Status);
        Assert.Contains("203.0.113.5:80   ipv4       web1:8080   10.7.0.7   up           198.51.100.0/24, by eth0   2     5", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("203.0.113.5:80   ipv4       web2:8080   -          unresolved   198.51.100.0/24, by eth0   -     -", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(
            "hint: lab: web: no interface has 203.0.113.5\nhint: lab: web: web2:8080 is unresolved: nobody has that name\n", outcome.Error);
        outcome = await _line.RunAsync("net-publish-list", "-o", "json");
        Assert.Contains("\"state\":\"unresolved\"", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\"from\":[\"198.51.100.0/24\"],\"balance\":\"source\",\"check\":\"tcp\"", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\"connections\":5,\"open\":2,\"bytes\":900", outcome.Output, StringComparison.Ordinal);
    }
}
