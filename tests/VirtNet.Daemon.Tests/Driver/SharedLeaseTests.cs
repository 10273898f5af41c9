using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;

namespace VirtNet.Daemon.Tests.Driver;

/// <summary>SHARE_LEASES, GET_SHARED_LEASES and KEEP_LINKED.</summary>
public sealed class SharedLeaseTests
{
    private const string Lab = """
        <network><name>lab</name><uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid><forward mode='nat'/><bridge name='br0'/><ip address='10.9.0.1'/></network>
        """;

    private static readonly DhcpLease Lease = new("", 1_800_000_000, 0, "52:54:00:00:00:01", null, "10.9.0.20", 0, "web", null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_other_hosts_have_is_handed_on_and_listed_with_all_leases()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync(Lab);
        SharedLease broken = new(Lease with { Mac = "no MAC" }, "h3");
        await daemon.Extensions.ShareLeasesAsync(
            network,
            new LeaseSharing("h1", IsAll: true, [new SharedLease(Lease, "h2") { Replaces = 0 }, broken], ["10.9.0.21"], "few addresses are left"),
            Token);

        HeldLeasesUpdate told = daemon.Services.Shared[network.Uuid];
        HeldLease held = Assert.Single(told.Put); // what cannot be read does not keep the rest from being known
        Assert.Equal(("h1", true, "h2", "10.9.0.20", new Replaced(null)), (told.Host, told.IsAll, held.Host, held.Lease.Address.ToString(), held.Replaces));
        Assert.Equal(["10.9.0.21"], told.Removed.Select(address => address.ToString()));
        Assert.Equal([new Condition(ConditionKind.Warning, "few addresses are left")], await daemon.Extensions.GetConditionsAsync(network, Token));
        SharedLeases all = await daemon.Extensions.GetSharedLeasesAsync(network, Token);
        Assert.Equal(("h1", "h2"), (all.Host, Assert.Single(all.Leases).Host));
        Assert.Equal("10.9.0.20", Assert.Single(await daemon.Driver.GetDhcpLeasesAsync(network, mac: null, flags: 0, Token)).IpAddress);

        await daemon.Extensions.ShareLeasesAsync(network, new LeaseSharing(Host: null, IsAll: true, [], [], Warning: null), Token);
        Assert.Empty(await daemon.Extensions.GetConditionsAsync(network, Token));
        await daemon.Extensions.KeepLinkedAsync(uint.MaxValue, outage: null, Token);
        Assert.Equal(TimeSpan.FromHours(1), daemon.Services.Linked);
        await daemon.Extensions.KeepLinkedAsync(60, "etcd does not answer", Token);
        Assert.Equal(TimeSpan.Zero, daemon.Services.Linked);
    }
}
