using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Firewall;
using VirtNet.Model;

namespace VirtNet.Host.Tests.Nft;

public sealed class NftBackendTests : IDisposable
{
    private readonly FakeNft _nft = new();
    private readonly NftBackend _backend;

    public NftBackendTests() => _backend = new NftBackend(_nft, NullLogger<NftBackend>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task A_network_is_one_transaction_to_make_and_one_to_remove()
    {
        FirewallRules first = FirewallNetworks.Rules("nat");
        FirewallRules second = FirewallNetworks.Rules("route", "virbr1", 2);
        await _backend.ApplyAsync(null, first, Cancel);
        await _backend.ApplyAsync(null, second, Cancel);
        Assert.Equal(2, _nft.Transactions);
        await _backend.ApplyAsync(second, null, Cancel);
        Assert.Equal(3, _nft.Transactions);
        Assert.Equal(0, _nft.Listings);
        Assert.DoesNotContain(_nft.Chains, chain => chain.EndsWith("virbr1", StringComparison.Ordinal));
        await _backend.ApplyAsync(first, null, Cancel);
        Assert.False(_nft.HasTable);
    }

    [Fact]
    public async Task A_refused_transaction_changes_nothing_and_is_told_in_libvirts_words()
    {
        await _backend.ApplyAsync(null, FirewallNetworks.Rules("nat"), Cancel);
        _nft.Refuse = "virbr1";
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => _backend.ApplyAsync(null, FirewallNetworks.Rules("route", "virbr1", 2), Cancel));
        Assert.Equal((VirErrorCode.InternalError, VirErrorDomain.Firewall), (e.Code, e.Domain));
        Assert.StartsWith(
            "internal error: Failed to apply firewall command 'nft -f -': Error: Could not process rule: Operation not supported",
            e.Message, StringComparison.Ordinal);
        Assert.Single(await _backend.FindIntactAsync([FirewallNetworks.Rules("nat")], Cancel));
    }

    [Fact]
    public async Task All_networks_are_judged_by_one_look_at_the_kernel()
    {
        FirewallRules[] all = FirewallNetworks.All.Keys
            .Select((name, i) => FirewallNetworks.Rules(name, $"virbr{i}", (byte)(i + 1))).ToArray();
        Assert.Empty(await _backend.FindIntactAsync(all, Cancel));
        foreach (FirewallRules rules in all)
        {
            await _backend.ApplyAsync(null, rules with { Plan = rules.Plan with { Subnets = [] } }, Cancel);
            await _backend.ApplyAsync(null, rules, Cancel); // whatever was there before
        }

        int before = _nft.Listings;
        Assert.Equal(all.Length, (await _backend.FindIntactAsync(all, Cancel)).Count);
        Assert.Equal(before + 1, _nft.Listings);
    }

    [Fact]
    public async Task Rules_that_are_removed_while_the_table_is_in_disorder_take_all_of_their_network_along()
    {
        FirewallRules first = FirewallNetworks.Rules("nat");
        FirewallRules second = FirewallNetworks.Rules("nat", "virbr1", 2);
        await _backend.ApplyAsync(null, first, Cancel);
        await _backend.ApplyAsync(null, second with { Plan = FirewallNetworks.Rules("nat-two-subnets-tftp").Plan }, Cancel);
        await _backend.ApplyAsync(second, null, Cancel); // it knows of one subnet, the table of two
        Assert.DoesNotContain(_nft.Chains, chain => chain.EndsWith("virbr1", StringComparison.Ordinal));
        Assert.Single(await _backend.FindIntactAsync([first], Cancel));
    }

    [Fact]
    public async Task A_network_that_starts_while_leftovers_are_removed_is_none()
    {
        FirewallRules old = FirewallNetworks.Rules("nat");
        FirewallRules late = FirewallNetworks.Rules("route", "virbr1", 2);
        await _backend.ApplyAsync(null, late, Cancel);
        await _backend.RemoveOthersAsync([old], [], Cancel);
        Assert.Single(await _backend.FindIntactAsync([late], Cancel));
    }

    [Fact]
    public async Task A_backend_that_retires_takes_its_table_along()
    {
        await _backend.ApplyAsync(null, FirewallNetworks.Rules("nat"), Cancel);
        using NftBackend unused = new(_nft, NullLogger<NftBackend>.Instance);
        await unused.RetireAsync([], Cancel);
        Assert.False(_nft.HasTable);
        await unused.RetireAsync([], Cancel);
    }

    [Fact]
    public void A_description_is_the_script_itself() =>
        Assert.Contains("masquerade to :1024-65535", _backend.Describe(FirewallNetworks.Rules("nat")), StringComparison.Ordinal);
}
