using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Nft;
using VirtNet.Integration.Tests.Lab;

namespace VirtNet.Integration.Tests.Firewall;

internal static class NftBackends
{
    /// <summary>A backend whose rules go into this namespace: by the library in this process, or by the program.</summary>
    public static NftBackend Make(NetworkNamespace space, bool inProcess)
    {
        INftSession? session = inProcess ? space.Run(NftLibrary.TryOpen) : new NftProgram(new NamespaceCommandRunner(space));
        Assert.SkipWhen(session is null, "needs libnftables");
        return new NftBackend(session, NullLogger<NftBackend>.Instance);
    }
}
