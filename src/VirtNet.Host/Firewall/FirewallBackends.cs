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

        if (configured is null or Nftables
            && await SucceedsAsync(runner, new HostCommand(NftProgram.Program, ["-c", "-f", "-"], Probe), cancellationToken))
        {
            NftLibrary? library = NftLibrary.TryOpen();
            loggers.CreateLogger(typeof(FirewallBackends)).BackendChosen(Nftables, library is null ? "nft" : "libnftables");
            return new NftBackend(library ?? (INftSession)new NftProgram(runner), loggers.CreateLogger<NftBackend>());
        }

        if (configured is null or Iptables
            && await SucceedsAsync(runner, new HostCommand(IptablesFamily.Ipv4.Save, []), cancellationToken))
        {
            loggers.CreateLogger(typeof(FirewallBackends)).BackendChosen(Iptables, IptablesFamily.Ipv4.Restore);
            return new IptablesBackend(runner, IptablesSurroundings.ThisHost, loggers.CreateLogger<IptablesBackend>());
        }

        throw VirtNetException.Internal(configured is null
            ? "could not find a usable firewall backend"
            : $"requested firewall_backend '{configured}' is not available");
    }

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
