using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Nft;

/// <summary>Networks that come and go at the same time: while one is written the others wait, and are written together.</summary>
public sealed class NftTogetherTests : IDisposable
{
    private const int Many = 12;

    private readonly FakeNft _nft = new();
    private readonly NftBackend _backend;
    private int _firsts = 20;

    public NftTogetherTests() => _backend = new NftBackend(_nft, _nft, hasHooks: null, NullLogger<NftBackend>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task What_waits_is_one_transaction()
    {
        await Task.WhenAll(await TogetherAsync(i => _backend.ApplyAsync(null, Numbered(i), Cancel)));
        Assert.Equal(2, _nft.Changes); // the one that the others waited for, and theirs
        Assert.Equal(Many, (await IntactAsync()).Count);
        Assert.Equal(2, _nft.Scripts); // the rules for a first kind of subnet, and with the others'
    }

    [Fact]
    public async Task One_that_is_refused_fails_alone_with_its_own_error()
    {
        _nft.Refuse = "10.60.5.1";
        Task[] starts = await TogetherAsync(i => _backend.ApplyAsync(null, Numbered(i), Cancel));
        VirtNetException refused = await Assert.ThrowsAsync<VirtNetException>(() => starts[5]);
        Assert.Contains("10.60.5.1", refused.Message, StringComparison.Ordinal);
        await Task.WhenAll(starts.Where((_, i) => i != 5));
        Assert.Equal(Many - 1, (await IntactAsync()).Count);
        Assert.DoesNotContain(_nft.Elements, element => element.Contains("vb5\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_whose_kind_of_subnet_is_refused_keeps_no_other_from_its_own()
    {
        _nft.Refuse = "ports_5000_6000";
        NatOptions ports = new() { Ports = new NatPortRange(5000, 6000) };
        FirewallRules other = Rules(TestNetworks.Numbered(5) with { Forward = new Forward(ForwardMode.Nat) { Nat = ports } });
        Task[] starts = await TogetherAsync(i => _backend.ApplyAsync(null, i == 5 ? other : Numbered(i), Cancel));
        await Assert.ThrowsAsync<VirtNetException>(() => starts[5]);
        await Task.WhenAll(starts.Where((_, i) => i != 5));
        Assert.Equal(Many - 1, (await IntactAsync()).Count);
    }

    [Fact]
    public async Task Networks_that_share_an_element_are_served_in_the_order_in_which_they_came()
    {
        FirewallRules first = FirewallNetworks.Rules("nat-one-address");
        FirewallRules second = FirewallNetworks.Rules("nat-ipv6-nat", "virbr1", 2);
        await Task.WhenAll(await TogetherAsync(i => i switch
        {
            0 => _backend.ApplyAsync(null, first, Cancel),
            1 => _backend.ApplyAsync(null, second, Cancel),
            _ => Task.CompletedTask,
        }));
        Assert.Contains("snat_host_any 192.168.122.1 : 203.0.113.20-203.0.113.20", _nft.Elements);
        Assert.Equal(2, (await _backend.FindIntactAsync([first, second], Cancel)).Count);
    }

    [Fact]
    public async Task Those_that_come_and_those_that_go_are_one_transaction_and_the_last_takes_the_table_along()
    {
        await Task.WhenAll(await TogetherAsync(i => _backend.ApplyAsync(null, Numbered(i), Cancel)));
        int before = _nft.Changes;
        await Task.WhenAll(await TogetherAsync(i => i % 2 == 0
            ? _backend.ApplyAsync(Numbered(i), null, Cancel) : _backend.ApplyAsync(null, Numbered(100 + i), Cancel)));
        Assert.InRange(_nft.Changes - before, 1, 2);
        Assert.DoesNotContain(_nft.Elements, element => element.Contains("\"vb4\"", StringComparison.Ordinal));
        Assert.Contains("bridges \"vb105\"", _nft.Elements);
        await Task.WhenAll(Enumerable.Range(0, 112).Select(i => _backend.ApplyAsync(Numbered(i), null, Cancel)));
        await _backend.ApplyAsync(Other(20), null, Cancel);
        Assert.True(_nft.HasTable);
        await _backend.ApplyAsync(Other(21), null, Cancel);
        Assert.False(_nft.HasTable);
    }

    /// <summary>Begins these while another is being written, and lets all go on.</summary>
    private async Task<Task[]> TogetherAsync(Func<int, Task> begin)
    {
        TaskCompletionSource hold = new();
        _nft.Hold = hold.Task;
        Task first = _backend.ApplyAsync(null, Other(_firsts++), Cancel);
        await _nft.Held.WaitAsync(Cancel);
        Task[] begun = [.. Enumerable.Range(0, Many).Select(begin)];
        _nft.Hold = null;
        hold.SetResult();
        await first;
        await Task.WhenAny(Task.WhenAll(begun));
        return begun;
    }

    private Task<IReadOnlySet<Guid>> IntactAsync() => _backend.FindIntactAsync([.. Enumerable.Range(0, Many).Select(Numbered)], Cancel);

    /// <summary>One with a subnet of a size that no other has, so that rules are written for it.</summary>
    private static FirewallRules Other(int prefix)
    {
        NetworkDefinition network = TestNetworks.Numbered(200 + prefix);
        return Rules(network with { Ips = [network.Ips[0] with { Prefix = (uint)prefix }] });
    }

    private static FirewallRules Numbered(int number) => Rules(TestNetworks.Numbered(number));

    private static FirewallRules Rules(NetworkDefinition network) =>
        FirewallPlanner.RulesFor(network) ?? throw new InvalidOperationException("it has rules");
}
