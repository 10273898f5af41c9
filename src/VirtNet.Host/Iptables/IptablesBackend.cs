using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Nft;
using VirtNet.Model;

namespace VirtNet.Host.Iptables;

/// <summary>
/// libvirt's own chains and rules, two processes for each address family whatever the number of rules. The chains may be
/// shared with a libvirt on the same host; they stay when the last network is gone, as libvirt's do.
/// </summary>
/// <param name="nft">For what iptables' own programs cannot do in tables that nftables has changed; null = no nftables here.</param>
internal sealed class IptablesBackend(
    ICommandRunner runner, IptablesSurroundings surroundings, ILogger<IptablesBackend> logger, INftSession? nft = null)
    : IFirewallBackend, IDisposable
{
    /// <summary>What is written depends on what was read.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    private readonly IptablesPrograms _programs = new(runner);

    private readonly OwnRules _own = new();

    private bool _hasIpv6Chains;
    private bool _hasChecksums = true;

    public string Name => BackendNames.Iptables;

    private MixedTables Mixed => new(_programs, nft);

    public void Dispose()
    {
        _turn.Dispose();
        (nft as IDisposable)?.Dispose();
    }

    public FirewallRules? RulesFor(NetworkDefinition network) => FirewallPlanner.RulesFor(network);

    public Task<IReadOnlyDictionary<HostPublication, ulong>> CountAsync(FirewallRules rules, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<HostPublication, ulong>>(new Dictionary<HostPublication, ulong>());

    public string Describe(FirewallRules rules)
    {
        IptablesState empty = IptablesState.Parse("");
        return string.Concat(IptablesFamily.Both
            .Where(family => !family.IsIpv6 || rules.Plan.Ipv6)
            .Select(family => $"# {family.Restore}\n{IptablesTransaction.Replace(empty, [], Wanted(rules, family))}"
                + PublicationTables.Replace(empty, null, rules, family.IsIpv6)));
    }

    public async Task<IReadOnlySet<Guid>> FindIntactAsync(
        IReadOnlyCollection<FirewallRules> rules, CancellationToken cancellationToken)
    {
        HashSet<Guid> intact = rules.Select(rule => rule.Network).ToHashSet();
        foreach (IptablesFamily family in IptablesFamily.Both)
        {
            FirewallRules[] concerned = rules.Where(rule => !family.IsIpv6 || rule.Plan.Ipv6).ToArray();
            if (concerned.Length > 0)
            {
                IptablesState state = await ReadAsync(family, cancellationToken);
                bool linked = IptablesChains.Links.Where(link => link.Table != IptablesChains.Mangle).All(state.IsLinked);
                intact.ExceptWith(concerned
                    .Where(rule => !linked || !state.Contains(IptablesRenderer.Render(rule, family))
                        || !PublicationTables.IsIntact(state, rule, family.IsIpv6))
                    .Select(rule => rule.Network));
            }
        }

        return intact;
    }

    public Task ApplyAsync(FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken) =>
        ExclusivelyAsync(
            async family =>
            {
                _own.Remember(before, after);
                if (!family.IsIpv6 || before?.Plan.Ipv6 == true || after?.Plan.Ipv6 == true)
                {
                    await ReplaceAsync(family, before, after, cancellationToken);
                }
                else if (after is not null && !_hasIpv6Chains)
                {
                    await PrepareIpv6Async(after, cancellationToken);
                }
            },
            cancellationToken);

    /// <remarks>Bridges that are there keep their rules in any case.</remarks>
    public Task RemoveOthersAsync(
        IReadOnlyCollection<FirewallRules> keep, IReadOnlyCollection<string> bridges, CancellationToken cancellationToken) =>
        ExclusivelyAsync(
            async family =>
            {
                IptablesState state = await ReadAsync(family, cancellationToken);
                IptablesRule[] left = Leftovers(state, family, _own.With(keep)).ToArray();
                string[] published = [.. state.Chains(IptablesChains.Nat).Select(PublicationChains.BridgeOf).OfType<string>().Where(surroundings.LinkExists)];
                await RestoreAsync(
                    family,
                    state,
                    PublicationTables.RemoveOthers(state, [.. _own.With(keep).Select(rules => rules.Bridge), .. bridges, .. published])
                        + IptablesTransaction.Remove(left),
                    cancellationToken);
                logger.RulesRemoved(left.Length, family.Save);
            },
            cancellationToken);

    public Task RetireAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken) =>
        ExclusivelyAsync(
            async family =>
            {
                IptablesState state = await ReadAsync(family, cancellationToken);
                IptablesRule[] ours = About(state, active.ToArray()).Union(Leftovers(state, family, [])).ToArray();
                bool everything = state.LibvirtRules().All(ours.Contains) && !surroundings.MayHaveLibvirt();
                await RestoreAsync(
                    family,
                    state,
                    PublicationTables.RemoveOthers(state, keep: [])
                        + (everything ? IptablesTransaction.RemoveChains(state, ours) : IptablesTransaction.Remove(ours)),
                    cancellationToken);
                logger.RulesRemoved(ours.Length, family.Save);
            },
            cancellationToken);

    /// <summary>One family after the other, and one caller after the other.</summary>
    private async Task ExclusivelyAsync(Func<IptablesFamily, Task> step, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (IptablesFamily family in IptablesFamily.Both)
            {
                await step(family);
            }
        }
        catch (HostCommandException e)
        {
            throw FirewallErrors.Refused(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReplaceAsync(
        IptablesFamily family, FirewallRules? before, FirewallRules? after, CancellationToken cancellationToken)
    {
        try
        {
            await RestoreAsync(family, await ScriptAsync(), cancellationToken);
        }
        catch (HostCommandException e) when (e.ExitCode > 0)
        {
            // Somebody changed the tables since they were read, maybe; and those before the failing one are done. Look again.
            string again = await ScriptAsync();
            try
            {
                await RestoreAsync(family, again, cancellationToken);
            }
            catch (HostCommandException refusal) when (refusal.ExitCode > 0 && again.Contains("-j CHECKSUM", StringComparison.Ordinal))
            {
                await DoWithoutChecksumsAsync(refusal);
            }
        }

        _hasIpv6Chains |= family.IsIpv6 && after is not null;

        // Our own DHCP server completes its checksums itself.
        async Task DoWithoutChecksumsAsync(HostCommandException refusal)
        {
            _hasChecksums = false;
            try
            {
                await RestoreAsync(family, await ScriptAsync(), cancellationToken);
                logger.NoChecksums(refusal);
            }
            catch
            {
                _hasChecksums = true; // it was not for want of them
                throw;
            }
        }

        async Task<string> ScriptAsync()
        {
            IptablesState state = await ReadAsync(family, cancellationToken);
            if (state.Mixed.Count > 0 && !(after is not null && state.Contains(Wanted(after, family))))
            {
                await Mixed.DeleteAsync(
                    family, state, [.. SubjectsOf(before, family), .. SubjectsOf(after, family)], cancellationToken);
            }

            IptablesRule[] have = About(state, before, after).ToArray();
            string published = PublicationTables.Replace(state, before?.Bridge ?? after?.Bridge, after, family.IsIpv6);
            string script = after is null ? published + IptablesTransaction.Remove(have) : Replacement(state, have, after) + published;
            return await Mixed.DeleteJumpsAsync(family, state, script, cancellationToken);
        }

        string Replacement(IptablesState state, IptablesRule[] have, FirewallRules now)
        {
            IptablesRule[] want = Wanted(now, family).ToArray();
            bool inPlace = (have.Length == want.Length || state.Mixed.Count > 0) && state.Contains(want);
            return IptablesTransaction.Replace(state, inPlace ? [] : have, inPlace ? [] : want);
        }
    }

    /// <summary>libvirt makes its IPv6 chains with the first network of any kind; a host may do without IPv6.</summary>
    private async Task PrepareIpv6Async(FirewallRules network, CancellationToken cancellationToken)
    {
        try
        {
            await ReplaceAsync(IptablesFamily.Ipv6, null, network, cancellationToken);
        }
        catch (HostCommandException e)
        {
            _hasIpv6Chains = true; // not tried again until a network needs them
            logger.NoIpv6(e);
        }
    }

    private IEnumerable<string> SubjectsOf(FirewallRules? rules, IptablesFamily family) =>
        rules is null ? [] : Wanted(rules, family).Select(MixedChain.SubjectOf).Where(subject => subject.Length > 0).Distinct();

    private IEnumerable<IptablesRule> Wanted(FirewallRules rules, IptablesFamily family)
    {
        IEnumerable<IptablesRule> wanted = IptablesRenderer.Render(rules, family);
        return !family.IsIpv6 && _hasChecksums && IptablesRenderer.Checksum(rules) is { } checksum
            ? wanted.Append(checksum) : wanted;
    }

    /// <summary>What these networks have in the kernel now, also from an earlier definition that a crash made us forget.</summary>
    private static IEnumerable<IptablesRule> About(IptablesState state, params FirewallRules?[] networks)
    {
        FirewallRules[] known = networks.OfType<FirewallRules>().ToArray();
        HashSet<string> bridges = known.Select(rules => rules.Bridge).ToHashSet();
        return state.About(
            bridges.Contains,
            known.SelectMany(rules => rules.Plan.Subnets).Select(subnet => subnet.Network.ToString()).ToHashSet());
    }

    /// <summary>Rules of bridges that are gone. One that exists may be libvirt's.</summary>
    private IEnumerable<IptablesRule> Leftovers(
        IptablesState state, IptablesFamily family, IReadOnlyCollection<FirewallRules> keep)
    {
        HashSet<string> kept = keep.Select(rules => rules.Bridge).ToHashSet();
        return state.About(bridge => !kept.Contains(bridge) && !surroundings.LinkExists(bridge), new HashSet<string>())
            // A translation names no bridge, and a subnet may have moved to another one.
            .Except(keep.SelectMany(rules => IptablesRenderer.Render(rules, family)));
    }

    private async Task<IptablesState> ReadAsync(IptablesFamily family, CancellationToken cancellationToken)
    {
        string saved = await _programs.SaveAsync(family.Program, table: null, cancellationToken);
        return IptablesPrograms.LacksTables(saved)
            ? await Mixed.ReadAsync(family, saved, cancellationToken)
            : IptablesState.Parse(saved);
    }

    private async Task RestoreAsync(IptablesFamily family, IptablesState state, string script, CancellationToken cancellationToken) =>
        await RestoreAsync(family, await Mixed.DeleteJumpsAsync(family, state, script, cancellationToken), cancellationToken);

    private async Task RestoreAsync(IptablesFamily family, string script, CancellationToken cancellationToken)
    {
        if (script.Length > 0)
        {
            await _programs.RestoreAsync(family.Program, script, cancellationToken);
        }
    }
}
