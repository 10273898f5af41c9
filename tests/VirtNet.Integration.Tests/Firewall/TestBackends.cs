using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Iptables;
using VirtNet.Host.Nft;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>Backends whose rules go into a namespace.</summary>
internal static class TestBackends
{
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
