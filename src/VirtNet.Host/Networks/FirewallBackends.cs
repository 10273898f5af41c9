using Microsoft.Extensions.Logging;
using VirtNet.Host.Firewall;
using VirtNet.Host.Flows;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Iptables;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Nft;
using VirtNet.Host.Spanning;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Networks;

/// <summary>Chooses the backend, as libvirt does: by configuration, else the first that works. What works is found out once.</summary>
public sealed class FirewallBackends(ICommandRunner runner, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>A table and the two kinds of base chain that the rules need, checked and not made.</summary>
    private const string Probe = """
        add table inet virtnet_probe
        add chain inet virtnet_probe forward { type filter hook forward priority 0; }
        add chain inet virtnet_probe nat { type nat hook postrouting priority 100; }
        """;

    private readonly ILogger _logger = loggers.CreateLogger<FirewallBackends>();

    private bool? _hasNft;

    /// <param name="configured">Value of <c>firewall_backend</c>; null = not set.</param>
    /// <param name="file">The configuration file, for the error.</param>
    /// <param name="hasHooks">Whether a hook script may want a place for rules of its own; null = never.</param>
    /// <exception cref="VirtNetException">An unknown value, or no such firewall on this host.</exception>
    public async Task<IFirewallBackend> ChooseAsync(
        string? configured, string file, CancellationToken cancellationToken, Func<bool>? hasHooks = null)
    {
        if (configured is not (null or BackendNames.Nftables or BackendNames.Iptables or BackendNames.None))
        {
            throw VirtNetException.Internal(
                $"unrecognized firewall_backend = '{configured}' set in network driver config file {file}");
        }

        if (configured is BackendNames.None)
        {
            _logger.NoBackend();
            return new NoFirewall();
        }

        INftSession? nft = await OpenNftAsync(cancellationToken);
        if (configured is null or BackendNames.Nftables && nft is not null)
        {
            _logger.BackendChosen(BackendNames.Nftables, nft is NftLibrary ? "libnftables" : "nft");
            return new NftBackend(nft!, new NftKernel(), hasHooks, loggers.CreateLogger<NftBackend>());
        }

        if (configured is null or BackendNames.Iptables
            && await SucceedsAsync(() => new IptablesPrograms(runner).SaveAsync(IptablesFamily.Ipv4.Program, table: null, cancellationToken)))
        {
            _logger.BackendChosen(BackendNames.Iptables, IptablesFamily.Ipv4.Restore);
            return new IptablesBackend(
                runner, IptablesSurroundings.ThisHost, loggers.CreateLogger<IptablesBackend>(), nft);
        }

        throw VirtNetException.Internal(configured is null
            ? "could not find a usable firewall backend"
            : $"requested firewall_backend '{configured}' is not available");
    }

    /// <summary>
    /// Removes what the other backend made for these running networks, once their rules are in the chosen one: the configuration
    /// changed since the last run. A backend that is not installed any more is passed over.
    /// </summary>
    public async Task RetireOtherAsync(
        IFirewallBackend chosen, IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken)
    {
        if (chosen.Name != BackendNames.Iptables)
        {
            using IptablesBackend iptables = new(
                runner, IptablesSurroundings.ThisHost, loggers.CreateLogger<IptablesBackend>(), await OpenNftAsync(cancellationToken));
            await RetireAsync(iptables);
        }

        if (chosen.Name != BackendNames.Nftables && await OpenNftAsync(cancellationToken) is { } nft)
        {
            using NftBackend nftables = new(nft, new NftKernel(), hasHooks: null, loggers.CreateLogger<NftBackend>());
            await RetireAsync(nftables);
        }

        async Task RetireAsync(IFirewallBackend other)
        {
            try
            {
                await other.RetireAsync(active, cancellationToken);
            }
            catch (VirtNetException e) when (e.InnerException is HostCommandException { ExitCode: HostCommandException.NotStarted } missing)
            {
                _logger.NotInstalled(other.Name, missing.Command.Program);
            }
            catch (VirtNetException e)
            {
                _logger.NotRetired(other.Name, e);
            }
        }
    }

    /// <summary>What makes the rules of networks that span hosts, if there are any.</summary>
    public SpanFirewall MakeSpanFirewall(IFirewallBackend chosen) => new(
        OpenNftAsync,
        chosen.Name == BackendNames.None ? "a network cannot span hosts: no firewall backend is in use" : null);

    /// <summary>What belongs to ports that are hairpins for publications, if there are any.</summary>
    public HairpinTable MakeHairpinTable() => new(OpenNftAsync);

    /// <summary>What offloads established connections. What an earlier run left of it goes.</summary>
    /// <param name="wanted">Whether <c>flow_offload</c> says so. Where it cannot be, the board and one line in the log say why.</param>
    public async Task<FlowTable> MakeFlowTableAsync(
        bool wanted, IFirewallBackend chosen, ConditionBoard board, CancellationToken cancellationToken)
    {
        INftSession? nft = await OpenNftAsync(cancellationToken);
        NftKernel? kernel = nft is null ? null : new NftKernel(FlowScript.Table);
        if (kernel?.ReadTable([]) is not null)
        {
            await nft!.ExecuteAsync(FlowScript.Removal, cancellationToken);
        }

        string? obstacle = wanted ? await WhyNotOffloadedAsync(chosen, cancellationToken) : null;
        if (wanted && obstacle is null)
        {
            _logger.FlowsOffloaded();
            return new FlowTable(nft, kernel, FlowUplinks.Of, time);
        }

        if (obstacle is not null)
        {
            string text = $"flow_offload = \"yes\" changes nothing here: {obstacle}; all connections pass the rules";
            board.Set(network: null, "flow_offload", [new Condition(ConditionKind.Warning, text)]);
            _logger.FlowsNotOffloaded(text);
        }

        kernel?.Dispose();
        (nft as IDisposable)?.Dispose();
        return new FlowTable();
    }

    private async Task<string?> WhyNotOffloadedAsync(IFirewallBackend chosen, CancellationToken cancellationToken)
    {
        if (chosen.Name != BackendNames.Nftables)
        {
            return $"firewall_backend is {chosen.Name}";
        }

        try
        {
            await runner.RunAsync(new HostCommand(NftProgram.Program, ["-c", "-f", "-"], FlowScript.Probe), cancellationToken);
            return null;
        }
        catch (HostCommandException e)
        {
            return "the kernel has no flowtables, or none that nftables knows (nft_flow_offload): "
                + e.Error.Split('\n', StringSplitOptions.TrimEntries)[0];
        }
    }

    /// <summary>Looks after the other firewalls of this host. Make it once the backend is chosen.</summary>
    /// <param name="admits">Whether networks are let through other firewalls; else it is only told who cuts them off.</param>
    public async Task<Neighbourhood> MakeNeighbourhoodAsync(bool admits, ConditionBoard board, CancellationToken cancellationToken)
    {
        // A session of its own: no network waits for the listing of somebody else's rules.
        INftSession? nft = await OpenNftAsync(cancellationToken);
        IptablesPrograms iptables = new(runner);
        return new Neighbourhood(
            new ForeignRulesets(nft, iptables, new IptablesVariants(iptables, time), new LegacyTables(time).Names, NftablesConf.ThisHost),
            admits, HostWaysReader.Read, IptablesSurroundings.ThisHost.LinkExists, board, time,
            loggers.CreateLogger<Neighbourhood>());
    }

    /// <summary>The program first: where the kernel has no nftables, the library would end this process.</summary>
    private async Task<INftSession?> OpenNftAsync(CancellationToken cancellationToken) =>
        (_hasNft ??= await SucceedsAsync(() => runner.RunAsync(new HostCommand(NftProgram.Program, ["-c", "-f", "-"], Probe), cancellationToken)))
            ? NftLibrary.TryOpen() ?? (INftSession)new NftProgram(runner)
            : null;

    private static async Task<bool> SucceedsAsync(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (HostCommandException)
        {
            return false;
        }
    }
}
