using Microsoft.Extensions.Logging;
using VirtNet.Host.Iptables;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Nft;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Host.Firewall;

/// <summary>Chooses the backend, as libvirt does: by configuration, else the first that works.</summary>
public static class FirewallBackends
{
    public const string Nftables = "nftables";
    public const string Iptables = "iptables";

    /// <summary>A table and the two kinds of base chain that the rules need, checked and not made.</summary>
    private const string Probe = """
        add table inet virtnet_probe
        add chain inet virtnet_probe forward { type filter hook forward priority 0; }
        add chain inet virtnet_probe nat { type nat hook postrouting priority 100; }
        """;

    /// <param name="configured">Value of <c>firewall_backend</c>; null = not set.</param>
    /// <param name="file">The configuration file, for the error.</param>
    /// <param name="hasHooks">Whether a hook script may want a place for rules of its own; null = never.</param>
    /// <exception cref="VirtNetException">An unknown value, or no such firewall on this host.</exception>
    public static async Task<IFirewallBackend> ChooseAsync(
        string? configured, string file, ICommandRunner runner, ILoggerFactory loggers, CancellationToken cancellationToken,
        Func<bool>? hasHooks = null)
    {
        if (configured is not (null or Nftables or Iptables))
        {
            throw VirtNetException.Internal(
                $"unrecognized firewall_backend = '{configured}' set in network driver config file {file}");
        }

        INftSession? nft = await OpenNftAsync(runner, cancellationToken);
        if (configured is null or Nftables && nft is not null)
        {
            loggers.CreateLogger(typeof(FirewallBackends)).BackendChosen(Nftables, nft is NftLibrary ? "libnftables" : "nft");
            return new NftBackend(nft!, new NftKernel(), hasHooks, loggers.CreateLogger<NftBackend>());
        }

        if (configured is null or Iptables
            && await SucceedsAsync(runner, new HostCommand(IptablesFamily.Ipv4.Save, []), cancellationToken))
        {
            loggers.CreateLogger(typeof(FirewallBackends)).BackendChosen(Iptables, IptablesFamily.Ipv4.Restore);
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
    public static async Task RetireOtherAsync(
        IFirewallBackend chosen, IReadOnlyCollection<FirewallRules> active, ICommandRunner runner, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        try
        {
            if (chosen.Name == Nftables)
            {
                using IptablesBackend iptables = new(
                    runner, IptablesSurroundings.ThisHost, loggers.CreateLogger<IptablesBackend>());
                await iptables.RetireAsync(active, cancellationToken);
            }
            else if (await OpenNftAsync(runner, cancellationToken) is { } nft)
            {
                using NftBackend nftables = new(nft, new NftKernel(), hasHooks: null, loggers.CreateLogger<NftBackend>());
                await nftables.RetireAsync(active, cancellationToken);
            }
        }
        catch (VirtNetException e)
        {
            loggers.CreateLogger(typeof(FirewallBackends)).NotRetired(e);
        }
    }

    /// <summary>Looks after the other firewalls of this host. Make it once the backend is chosen.</summary>
    /// <param name="admits">Whether networks are let through other firewalls; else it is only told who cuts them off.</param>
    public static async Task<Neighbourhood> MakeNeighbourhoodAsync(
        bool admits, ICommandRunner runner, ConditionBoard board, TimeProvider time, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        // A session of its own: no network waits for the listing of somebody else's rules.
        INftSession? nft = await OpenNftAsync(runner, cancellationToken);
        return new Neighbourhood(
            new ForeignRulesets(nft, new IptablesPrograms(runner), new LegacyTableNames().Names),
            admits, OwnPorts.Read(), HostWaysReader.Read, IptablesSurroundings.ThisHost.LinkExists, board, time,
            loggers.CreateLogger<Neighbourhood>());
    }

    /// <summary>The program first: where the kernel has no nftables, the library would end this process.</summary>
    private static async Task<INftSession?> OpenNftAsync(ICommandRunner runner, CancellationToken cancellationToken) =>
        await SucceedsAsync(runner, new HostCommand(NftProgram.Program, ["-c", "-f", "-"], Probe), cancellationToken)
            ? NftLibrary.TryOpen() ?? (INftSession)new NftProgram(runner)
            : null;

    private static async Task<bool> SucceedsAsync(ICommandRunner runner, HostCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await runner.RunAsync(command, cancellationToken);
            return true;
        }
        catch (HostCommandException)
        {
            return false;
        }
    }
}
