using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>Backends whose rules go into a namespace.</summary>
internal static class TestBackends
{
    /// <summary>With the nftables backend, of which nothing must be left at the end.</summary>
    /// <param name="check">The topology, the backend, and what makes somebody flush all its rules.</param>
    public static async Task CheckNftablesAsync(Func<FirewallTopology, IFirewallBackend, string, Task> check)
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        using NftBackend backend = Nftables(topology.Host, inProcess: true);
        await check(topology, backend, "nft flush ruleset");
        Assert.Equal("", await topology.Host.RunAsync("nft", "list", "ruleset"));
    }

    /// <summary>With the iptables backend, of whose publications nothing must be left at the end.</summary>
    /// <inheritdoc cref="CheckNftablesAsync"/>
    public static async Task CheckIptablesAsync(Func<FirewallTopology, IFirewallBackend, string, Task> check)
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("iptables");
        using IptablesBackend backend = Iptables(topology.Host);
        await check(topology, backend, "for f in iptables ip6tables; do for t in filter nat raw; do $f -t $t -F; done; done");
        string left = await topology.Host.ShellAsync("iptables-save; ip6tables-save");
        Assert.DoesNotContain("VIRTNET_PU", left, StringComparison.Ordinal);
        Assert.DoesNotContain("VNP", left, StringComparison.Ordinal);
    }

    /// <param name="inProcess">By the library in this process, else by the program.</param>
    /// <param name="hooks">Whether there are hook scripts.</param>
    public static NftBackend Nftables(NetworkNamespace space, bool inProcess, bool hooks = false)
    {
        INftSession? session = inProcess ? space.Run(NftLibrary.TryOpen) : new NftProgram(new NamespaceCommandRunner(space));
        Assert.SkipWhen(session is null, "needs libnftables");
        return new NftBackend(session, space.Run(() => new NftKernel()), () => hooks, NullLogger<NftBackend>.Instance);
    }

    /// <param name="links">Which links the backend believes to exist; null = all.</param>
    public static IptablesBackend Iptables(
        NetworkNamespace space, Func<string, bool>? links = null, bool libvirt = false, NamespaceCommandRunner? runner = null,
        bool withNftables = false) =>
        new(
            runner ?? new NamespaceCommandRunner(space),
            new IptablesSurroundings(links ?? (_ => true), () => libvirt),
            NullLogger<IptablesBackend>.Instance,
            withNftables ? new NftProgram(new NamespaceCommandRunner(space)) : null);
}
