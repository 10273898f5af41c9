using VirtNet.Fabric.Definitions;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Tests.Fakes;

namespace VirtNet.Fabric.Tests.Syncing;

public sealed class NetworkSyncTests : IAsyncDisposable
{
    private static readonly Guid Uuid = TestFabric.Uuid;

    private readonly TestFabric _fabric = new();

    public ValueTask DisposeAsync() => _fabric.DisposeAsync();

    [Fact]
    public async Task What_one_host_defines_all_have_with_all_hosts_and_other_addresses_to_give()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());

        await _fabric.ReconcileAsync(null, one, two);

        SpanDefinition here = SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!;
        SpanDefinition there = SpanDefinition.TryRead(two.Local.XmlOf(Uuid))!;
        Assert.Equal(["192.0.2.1", "192.0.2.2"], here.Hosts);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], there.Hosts);
        Assert.NotEqual(here.Ranges.Single(), there.Ranges.Single());
        Assert.Null(one.Problem ?? two.Problem);
    }

    /// <summary>It is each host's own whether it does: those with and without go together.</summary>
    [Fact]
    public async Task A_host_with_FRRouting_does_not_learn_where_guests_are_and_the_fabric_knows_nothing_of_that()
    {
        TestHost one = await _fabric.JoinAsync(bgpPort: 179);
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two, one);

        Assert.False(SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!.Learns);
        Assert.True(SpanDefinition.TryRead(two.Local.XmlOf(Uuid))!.Learns);
        Assert.DoesNotContain("learning", one.Watch.View!.Networks[Uuid].Network.Xml, StringComparison.Ordinal);
        Assert.Null(one.Problem ?? two.Problem);
    }

    [Fact]
    public async Task What_is_agreed_on_is_not_defined_again()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two, one, two);
        (long revision, int first, int second) = (_fabric.Store.Revision, one.Local.Definitions, two.Local.Definitions);
        two.Restart();

        await _fabric.ReconcileAsync(null, one, two, one, two);

        Assert.Equal((revision, first, second), (_fabric.Store.Revision, one.Local.Definitions, two.Local.Definitions));
    }

    [Fact]
    public async Task A_change_goes_the_other_way_too_and_leaves_the_pool_as_it_was()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two);
        await two.DefineAsync(two.Local.XmlOf(Uuid).Replace("<forward", "<domain name='lab.example'/><forward", StringComparison.Ordinal));

        await _fabric.ReconcileAsync(null, two, one);

        Assert.Contains("lab.example", one.Local.XmlOf(Uuid), StringComparison.Ordinal);
        Assert.Contains("start=\\u002210.100.0.20\\u0022 end=\\u002210.100.0.219\\u0022", _fabric.Store.Values[FabricKeys.Network(Uuid)], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_done_to_a_network_while_it_becomes_the_fabrics_stays_and_is_shared_next()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        Guid other = Guid.NewGuid();
        await one.DefineAsync(TestFabric.Xml("other", other, vni: 5078, subnet: "10.101.0"));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        one.Local.WhileFinding.Enqueue(() => { });
        one.Local.WhileFinding.Enqueue(() => one.Local.SetAutostartAsync(one.Local.Get(Uuid)!.Ref, autostart: true, cancellation));
        await _fabric.ReconcileAsync(Uuid, one);
        Assert.True(one.Local.Get(Uuid)!.Autostart);

        string changed = one.Local.XmlOf(other).Replace("<forward", "<domain name='lab.example'/><forward", StringComparison.Ordinal);
        one.Local.WhileFinding.Enqueue(() => { });
        one.Local.WhileFinding.Enqueue(() => one.Local.DefineAsync(changed, isActive: false, cancellation));
        await _fabric.ReconcileAsync(other, one);
        Assert.Contains("lab.example", one.Local.XmlOf(other), StringComparison.Ordinal);

        await _fabric.ReconcileAsync(Uuid, one, two);
        await _fabric.ReconcileAsync(other, one, two);
        Assert.True(two.Local.Get(Uuid)!.Autostart);
        Assert.Contains("lab.example", two.Local.XmlOf(other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_undefined_on_one_host_is_so_on_all()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two);
        await two.UndefineAsync(Uuid);

        await _fabric.ReconcileAsync(null, two, one);

        Assert.Null(one.Local.Get(Uuid));
        Assert.DoesNotContain(_fabric.Store.Values.Keys, key => key.Contains(Uuid.ToString(), StringComparison.Ordinal));
    }

    /// <summary>A host that lost its files, or whose daemon did not run, does not take the network from all others.</summary>
    [Fact]
    public async Task A_definition_that_vanished_without_a_word_comes_back()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two);
        await two.Local.UndefineAsync(two.Local.Get(Uuid)!.Ref, TestContext.Current.CancellationToken);

        await _fabric.ReconcileAsync(null, two);

        Assert.NotNull(two.Local.Get(Uuid));
    }

    /// <summary>Neither a number nor a host needs to be said.</summary>
    [Fact]
    public async Task A_network_that_says_only_that_it_spans_hosts_gets_a_number_and_the_hosts()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.WithSpan("<vn:span/>"));
        await two.DefineAsync(TestFabric.WithSpan("<vn:span/>", "other", Guid.NewGuid(), "10.101.0"));
        foreach (Guid network in two.Local.Uuids.Append(Uuid))
        {
            await _fabric.ReconcileAsync(network, one, two, one);
        }

        SpanDefinition here = SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!;
        SpanDefinition there = SpanDefinition.TryRead(two.Local.XmlOf(Uuid))!;
        Assert.InRange(here.Vni, 1u, 0xffffffu);
        Assert.Equal(here.Vni, there.Vni);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], there.Hosts);
        Assert.Equal(2, one.Local.Uuids.Select(network => SpanDefinition.TryRead(one.Local.XmlOf(network))!.Vni).Distinct().Count());
        Assert.Null(one.Problem ?? two.Problem);
    }

    [Fact]
    public async Task Only_hosts_that_match_have_a_network()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        TestHost three = await _fabric.JoinAsync();
        await three.DefineAsync(TestFabric.WithSpan("<vn:span vni='5077'><vn:hosts match='h?'/></vn:span>"));
        await _fabric.ReconcileAsync(null, three, one, two);
        Assert.Equal(3, SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!.Hosts.Count);

        await two.DefineAsync(two.Local.XmlOf(Uuid).Replace("match=\"h?\"", "match=\"*1\"", StringComparison.Ordinal));
        await _fabric.ReconcileAsync(null, two, one, three, two, one, three);

        Assert.Equal(["192.0.2.1"], SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!.Hosts);
        Assert.Null(two.Local.Get(Uuid));
        Assert.Null(three.Local.Get(Uuid));
        Assert.True(_fabric.Store.Values.ContainsKey(FabricKeys.Network(Uuid)));
        Assert.Null(one.Problem ?? two.Problem ?? three.Problem);
    }

    [Fact]
    public async Task A_network_that_matches_nobody_stays_where_it_is()
    {
        TestHost one = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.WithSpan("<vn:span vni='5077'><vn:hosts match='rack1-*'/></vn:span>"));

        await _fabric.ReconcileAsync(null, one);

        Assert.NotNull(one.Local.Get(Uuid));
        Assert.StartsWith("no member of the fabric has a name", one.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lab", 6000u, "10.101.0", "the name is that of another network of the fabric")]
    [InlineData("other", 5077u, "10.101.0", "VNI 5077 is that of network lab of the fabric")]
    [InlineData("other", 6000u, "10.100.0", "its addresses overlap 10.100.0.0/24 of network lab of the fabric")]
    public async Task Of_two_that_cannot_both_be_the_second_is_refused_and_stays_where_it_is(string name, uint vni, string subnet, string reason)
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one);
        Guid other = Guid.NewGuid();
        await two.DefineAsync(TestFabric.Xml(name, other, vni, subnet, "192.0.2.2"));

        await _fabric.ReconcileAsync(other, two);

        Assert.StartsWith(reason, two.Problem, StringComparison.Ordinal);
        Assert.NotNull(two.Local.Get(other));
        Assert.False(_fabric.Store.Values.ContainsKey(FabricKeys.Network(other)));
    }

    [Fact]
    public async Task Of_two_at_the_same_moment_one_is_refused()
    {
        TestHost[] hosts = [await _fabric.JoinAsync(), await _fabric.JoinAsync(), await _fabric.JoinAsync()];
        Guid[] networks = [.. hosts.Select(_ => Guid.NewGuid())];
        for (int i = 0; i < hosts.Length; i++)
        {
            await hosts[i].DefineAsync(TestFabric.Xml($"n{i}", networks[i], subnet: $"10.10{i}.0", host: $"192.0.2.{i + 1}"));
        }

        await Task.WhenAll(hosts.Select((host, i) => host.Sync.ReconcileAsync(networks[i], host.Local, TestContext.Current.CancellationToken)));

        Assert.Single(_fabric.Store.Values.Keys, key => key.StartsWith(FabricKeys.Networks, StringComparison.Ordinal));
        Assert.Equal(2, hosts.Count(host => host.Problem is not null));
    }

    [Fact]
    public async Task A_network_of_hosts_outside_the_fabric_stays_as_it_is()
    {
        TestHost one = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml(host: "198.51.100.7"));

        await _fabric.ReconcileAsync(null, one);

        Assert.StartsWith("it names host 198.51.100.7, which is no member", one.Problem, StringComparison.Ordinal);
        Assert.Equal(["198.51.100.7"], SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!.Hosts);
    }

    [Fact]
    public async Task A_network_without_span_is_its_hosts_alone()
    {
        TestHost one = await _fabric.JoinAsync();
        await one.DefineAsync($"<network><name>own</name><uuid>{Uuid}</uuid><ip address='10.9.0.1' prefix='24'/></network>");
        long revision = _fabric.Store.Revision;

        await _fabric.ReconcileAsync(null, one);

        Assert.Equal(revision, _fabric.Store.Revision);
    }

    [Fact]
    public async Task While_the_store_is_away_nothing_changes_and_what_was_changed_is_shared_when_it_is_back()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two);
        await _fabric.TakeAwayAsync();
        await one.DefineAsync(one.Local.XmlOf(Uuid).Replace("<forward", "<domain name='lab.example'/><forward", StringComparison.Ordinal));

        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => one.Sync.ReconcileAsync(Uuid, one.Local, TestContext.Current.CancellationToken));
        Assert.Contains("lab.example", one.Local.XmlOf(Uuid), StringComparison.Ordinal);
        Assert.StartsWith("what was done here is in force on this host alone until etcd answers", one.Problem, StringComparison.Ordinal);
        _fabric.Store.IsAway = false;
        await _fabric.ReconcileAsync(null, one, two);

        Assert.Contains("lab.example", two.Local.XmlOf(Uuid), StringComparison.Ordinal);
        Assert.Null(one.Problem);
    }

    [Fact]
    public async Task Two_changes_at_once_are_nobodys_to_choose_between_until_one_is_undefined()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two);
        await one.DefineAsync(one.Local.XmlOf(Uuid).Replace("<forward", "<domain name='one.example'/><forward", StringComparison.Ordinal));
        await two.DefineAsync(two.Local.XmlOf(Uuid).Replace("<forward", "<domain name='two.example'/><forward", StringComparison.Ordinal));

        await _fabric.ReconcileAsync(null, one, two);

        Assert.StartsWith("it was defined here and elsewhere in different ways", two.Problem, StringComparison.Ordinal);
        Assert.Contains("two.example", two.Local.XmlOf(Uuid), StringComparison.Ordinal);
        await two.UndefineAsync(Uuid);
        await _fabric.ReconcileAsync(null, two);
        Assert.Contains("one.example", two.Local.XmlOf(Uuid), StringComparison.Ordinal);
        Assert.NotNull(one.Local.Get(Uuid));
        Assert.Null(two.Problem);
    }

    [Fact]
    public async Task What_this_host_refuses_is_said()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        two.Local.Refusal = "bridge is in use";

        await _fabric.ReconcileAsync(null, one, two);

        Assert.Contains("this host refuses it", two.Problem, StringComparison.Ordinal);
        two.Local.Refusal = null;
        await _fabric.ReconcileAsync(null, two);
        Assert.Null(two.Problem);
    }

    [Fact]
    public async Task Each_host_has_its_own_name_for_the_bridge_unless_one_was_given()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await two.DefineAsync("<network><name>own</name><ip address='10.9.0.1' prefix='24'/></network>");
        await one.DefineAsync(TestFabric.Xml());

        await _fabric.ReconcileAsync(null, one, two, one, two);

        Assert.Equal("virbr0", SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!.BridgeName);
        Assert.Equal("virbr1", SpanDefinition.TryRead(two.Local.XmlOf(Uuid))!.BridgeName);
    }

    [Fact]
    public async Task A_mark_for_boot_is_shared_and_starts_the_network_where_it_was_not_yet()
    {
        TestHost one = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await one.Local.SetAutostartAsync(one.Local.Get(Uuid)!.Ref, autostart: true, TestContext.Current.CancellationToken);
        await _fabric.ReconcileAsync(null, one);
        TestHost two = await _fabric.JoinAsync();

        await _fabric.ReconcileAsync(null, two);

        Assert.True(two.Local.Get(Uuid) is { Autostart: true, IsActive: true });
    }

    [Fact]
    public async Task A_host_that_runs_out_of_addresses_takes_more_and_never_those_of_another()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two);
        one.Local.Activate(Uuid);
        for (int round = 0; round < 6; round++)
        {
            one.Local.Leases[Uuid] = [.. SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!.Ranges
                .SelectMany(range => Enumerable.Range(range.Start.GetAddressBytes()[3], range.End.GetAddressBytes()[3] - range.Start.GetAddressBytes()[3] + 1))
                .Select(last => $"10.100.0.{last}")];
            await _fabric.ReconcileAsync(null, one);
        }

        AddressBlock[] mine = [.. SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!.Ranges.Select(range => new AddressBlock(range.Start, range.End))];
        AddressBlock[] theirs = [.. SpanDefinition.TryRead(two.Local.XmlOf(Uuid))!.Ranges.Select(range => new AddressBlock(range.Start, range.End))];
        Assert.Equal(200, mine.Concat(theirs).Sum(block => block.Count));
        Assert.DoesNotContain(mine, block => theirs.Any(other => block.Intersect(other) is not null));
    }

    [Fact]
    public async Task Addresses_that_guests_had_before_stay_theirs()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        one.Local.Activate(Uuid);
        one.Local.Leases[Uuid] = ["10.100.0.21", "10.100.0.22", "10.100.0.200"];

        await _fabric.ReconcileAsync(null, one, two, one);

        Assert.All(one.Local.Leases[Uuid], lease => Assert.Contains(
            SpanDefinition.TryRead(one.Local.XmlOf(Uuid))!.Ranges,
            range => new AddressBlock(range.Start, range.End).Contains(System.Net.IPAddress.Parse(lease))));
    }

    [Fact]
    public async Task Another_name_is_shared_too()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two);
        await one.Local.RenameAsync(one.Local.Get(Uuid)!.Ref, "office", TestContext.Current.CancellationToken);

        await _fabric.ReconcileAsync(null, one, two);

        Assert.Equal("office", two.Local.Get(Uuid)!.Ref.Name);
    }

    /// <summary>A virtnetd of another version may write a definition differently than it was given.</summary>
    [Fact]
    public async Task A_host_that_words_it_differently_is_not_told_again_and_again()
    {
        TestHost one = await _fabric.JoinAsync();
        TestHost two = await _fabric.JoinAsync();
        two.Local.Adds = "<domain name='added.example'/>";
        await one.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(null, one, two);

        await _fabric.ReconcileAsync(null, two, two, two);

        Assert.Equal(1, two.Local.Definitions);
        Assert.DoesNotContain("added.example", one.Local.XmlOf(Uuid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_was_started_meanwhile_runs_with_all_hosts_too()
    {
        TestHost one = await _fabric.JoinAsync();
        await one.DefineAsync(TestFabric.Xml());
        one.Local.Activate(Uuid);
        string before = one.Local.Get(Uuid)!.LiveXml!;
        await _fabric.ReconcileAsync(null, one);
        one.Local.Run(Uuid, before);

        await _fabric.ReconcileAsync(null, one);
        Assert.Equal(before, one.Local.Get(Uuid)!.LiveXml); // what was brought there once, and is not, is not tried for ever

        TestHost two = await _fabric.JoinAsync();
        await _fabric.ReconcileAsync(null, one, two);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], SpanDefinition.TryRead(one.Local.Get(Uuid)!.LiveXml!)!.Hosts);
        two.Local.Run(Uuid, before);
        await _fabric.ReconcileAsync(null, two);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], SpanDefinition.TryRead(two.Local.Get(Uuid)!.LiveXml!)!.Hosts);
    }
}
