using System.Collections.Concurrent;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Nft;
using VirtNet.Host.Tests.Namespaces;
using VirtNet.Linux.Netlink;

namespace VirtNet.Host.Tests.Neighbours;

public class OwnPortsTests
{
    [Fact(Timeout = 60_000)]
    public Task Changes_of_our_own_are_told_from_others_by_the_first_on() => PrivateHost.RunAsync(async host =>
    {
        NftLibrary? nft = NftLibrary.TryOpen();
        Assert.SkipWhen(nft is null, "needs libnftables");
        IReadOnlySet<uint> own = OwnPorts.Read(); // before any change
        ConcurrentQueue<uint> heard = [];
        await using NetlinkListener listener = new(
            NetlinkSocket.OpenForGroups(NetlinkFamily.Netfilter, NetlinkGroup.NfTables),
            (in NetlinkMessage message) => heard.Enqueue(message.Port), _ => { }, TimeProvider.System);
        await nft.ExecuteAsync("add table inet ours", TestContext.Current.CancellationToken);
        await host.UntilAsync("true", _ => !heard.IsEmpty);
        Assert.NotEmpty(heard);
        Assert.All(heard, port => Assert.Contains(port, own));
        heard.Clear();
        await host.ShellAsync("nft add table inet theirs");
        await host.UntilAsync("true", _ => !heard.IsEmpty);
        Assert.NotEmpty(heard);
        Assert.All(heard, port => Assert.DoesNotContain(port, own));
        nft.Dispose();
    });
}
