using Microsoft.Extensions.Logging;
using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;
using VirtNet.Model;

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
    /// <exception cref="VirtNetException">An unknown value, or no such firewall on this host.</exception>
    public static async Task<IFirewallBackend> ChooseAsync(
        string? configured, string file, ICommandRunner runner, ILoggerFactory loggers, CancellationToken cancellationToken)
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
            return MakeNftables(nft, loggers);
        }

        if (configured is null or Iptables
            && await SucceedsAsync(runner, new HostCommand(IptablesFamily.Ipv4.Save, []), cancellationToken))
        {
            loggers.CreateLogger(typeof(FirewallBackends)).BackendChosen(Iptables, IptablesFamily.Ipv4.Restore);
            return MakeIptables(runner, nft, loggers);
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
                using NeighbourlyBackend nftables = MakeNftables(nft, loggers);
                await nftables.RetireAsync(active, cancellationToken);
            }
        }
        catch (VirtNetException e)
        {
            loggers.CreateLogger(typeof(FirewallBackends)).NotRetired(e);
        }
    }

    private static NeighbourlyBackend MakeNftables(INftSession nft, ILoggerFactory loggers)
    {
        ILogger<NeighbourlyBackend> logger = loggers.CreateLogger<NeighbourlyBackend>();
        return new NeighbourlyBackend(
            new NftBackend(nft, loggers.CreateLogger<NftBackend>()),
            new ForeignFirewalls(nft, sharesTables: false, TimeProvider.System, logger),
            new DockerUserChain(nft, logger),
            logger);
    }

    private static IFirewallBackend MakeIptables(ICommandRunner runner, INftSession? nft, ILoggerFactory loggers)
    {
        IptablesBackend iptables = new(runner, IptablesSurroundings.ThisHost, loggers.CreateLogger<IptablesBackend>());
        if (nft is null)
        {
            return iptables;
        }

        ILogger<NeighbourlyBackend> logger = loggers.CreateLogger<NeighbourlyBackend>();
        return new NeighbourlyBackend(
            iptables, new ForeignFirewalls(nft, sharesTables: true, TimeProvider.System, logger), docker: null, logger);
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
