using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Syncing;

namespace VirtNet.Fabric.Tests.Fakes;

/// <summary>Hosts h1, h2, … of one fabric, at 192.0.2.1, .2, ….</summary>
internal sealed class TestFabric : IAsyncDisposable
{
    private readonly List<TestHost> _hosts = [];

    public MemoryStore Store { get; } = new();

    public static string Xml(
        string name = "lab", Guid? uuid = null, uint vni = 5077, string subnet = "10.100.0", string host = "192.0.2.1",
        string range = "<range start='10.100.0.20' end='10.100.0.219'/>", string extra = "") =>
        $"""
        <network><name>{name}</name><uuid>{uuid ?? Uuid}</uuid>
        <metadata><vn:network xmlns:vn='urn:virtnet:network:1'><vn:span vni='{vni}'><vn:host address='{host}'/></vn:span></vn:network></metadata>
        <forward mode='nat'/>{extra}<ip address='{subnet}.1' netmask='255.255.255.0'><dhcp>{range.Replace("10.100.0", subnet, StringComparison.Ordinal)}</dhcp></ip></network>
        """;

    /// <summary>The same with another element for what it spans.</summary>
    public static string WithSpan(string span, string name = "lab", Guid? uuid = null, string subnet = "10.100.0") =>
        Xml(name, uuid, subnet: subnet).Replace("<vn:span vni='5077'><vn:host address='192.0.2.1'/></vn:span>", span, StringComparison.Ordinal);

    public static Guid Uuid { get; } = new("11111111-2222-3333-4444-555555555555");

    /// <param name="bgpPort">Where its speaker of BGP listens; 0 = it has none.</param>
    public async Task<TestHost> JoinAsync(int bgpPort = 0)
    {
        int number = _hosts.Count + 1;
        Member member = new($"h{number}", Guid.NewGuid(), $"192.0.2.{number}", "1.0.0") { BgpPort = bgpPort };
        await Store.CommitAsync(
            new StoreTransaction([], [new StoreWrite.Put(FabricKeys.Host(member.Name), JsonSerializer.Serialize(member, SharingJson.Default.Member))]),
            TestContext.Current.CancellationToken);
        TestHost host = new(Store, member);
        _hosts.Add(host);
        await SettleAsync();
        return host;
    }

    /// <summary>Until every host has seen all of the store.</summary>
    public async Task SettleAsync()
    {
        foreach (TestHost host in _hosts)
        {
            for (int i = 0; i < 500 && host.Watch.Outage is not null; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            Assert.True(await host.Watch.ReachesAsync(Store.Revision, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        }
    }

    /// <summary>The store answers nobody, and every host knows.</summary>
    public async Task TakeAwayAsync()
    {
        Store.IsAway = true;
        for (int i = 0; i < 500 && _hosts.Any(host => host.Watch.Outage is null); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async Task ReconcileAsync(Guid? uuid = null, params TestHost[] hosts)
    {
        foreach (TestHost host in hosts)
        {
            await SettleAsync();
            await host.Sync.ReconcileAsync(uuid ?? Uuid, host.Local, TestContext.Current.CancellationToken);
        }

        await SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestHost host in _hosts)
        {
            await host.DisposeAsync();
        }
    }
}

internal sealed class TestHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-").FullName;
    private readonly CancellationTokenSource _ending = new();
    private readonly MemoryStore _store;
    private readonly Member _member;
    private readonly Task _watching;

    public TestHost(MemoryStore store, Member member)
    {
        (_store, _member) = (store, member);
        Watch = new FabricWatch(store, new FabricIdentity(Path.Combine(_folder, "fabric-id")), TimeProvider.System, NullLogger<FabricWatch>.Instance);
        _watching = Watch.RunAsync(_ending.Token);
        Problems = new SyncProblems(NullLogger<SyncProblems>.Instance);
        Restart();
    }

    public MemoryStore Store => _store;

    public FabricWatch Watch { get; }

    public FakeLocalNetworks Local { get; } = new();

    public SyncProblems Problems { get; }

    public SyncedNetworks Synced { get; private set; } = null!;

    public NetworkSync Sync { get; private set; } = null!;

    public string? Problem => Problems.All.SingleOrDefault()?.Reason;

    /// <summary>With what it has on disk.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(Sync), nameof(Synced))]
    public void Restart()
    {
        Synced = new SyncedNetworks(_folder, NullLogger<SyncedNetworks>.Instance);
        Sync = new NetworkSync(
            _store, Watch, Synced, new BlockClaims(_store, Watch, _member.Name, NullLogger<BlockClaims>.Instance), Problems, _member,
            NullLogger<NetworkSync>.Instance);
    }

    public Task DefineAsync(string xml) => Local.DefineAsync(xml, isActive: false, TestContext.Current.CancellationToken);

    /// <summary>Nothing can be written any more, until it is called again.</summary>
    public void FillDisk(bool full = true) => Directory.Move(full ? _folder : _folder + "-full", full ? _folder + "-full" : _folder);

    public async Task UndefineAsync(Guid uuid)
    {
        await Local.UndefineAsync(Local.Get(uuid)!.Ref, TestContext.Current.CancellationToken);
        Sync.NoteUndefined(uuid);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Sync.Dispose();
        _ending.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
