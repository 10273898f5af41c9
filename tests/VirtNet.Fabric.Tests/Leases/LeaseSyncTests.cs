using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Fabric.Leases;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;
using VirtNet.Fabric.Syncing;
using VirtNet.Fabric.Tests.Fakes;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Tests.Leases;

public sealed class LeaseSyncTests : IAsyncLifetime
{
    private const string Address = "10.100.0.20";
    private static readonly string Key = FabricKeys.Lease(TestFabric.Uuid, IPAddress.Parse(Address));
    private static readonly NetworkRef Lab = new("lab", TestFabric.Uuid);

    private readonly TestFabric _fabric = new();
    private readonly ConcurrentDictionary<string, long> _heard = [];
    private TestHost _h1 = null!;
    private TestHost _h2 = null!;
    private LeaseSync _sync1 = null!;
    private LeaseSync _sync2 = null!;

    public async ValueTask InitializeAsync()
    {
        _h1 = await _fabric.JoinAsync();
        _h2 = await _fabric.JoinAsync();
        await _h1.DefineAsync(TestFabric.Xml());
        await _fabric.ReconcileAsync(hosts: [_h1, _h2]);
        _sync1 = SyncOf(_h1, "h1");
        _sync2 = SyncOf(_h2, "h2");
        await ReconcileAsync();
    }

    public ValueTask DisposeAsync() => _fabric.DisposeAsync();

    [Fact]
    public async Task A_lease_is_known_to_the_fabric_and_to_the_other_host_and_gone_when_it_ends()
    {
        Happens(_sync1, LeaseChangeKind.Added, "h1");
        await ReconcileAsync();
        Assert.Contains("\"host\":\"h1\"", _fabric.Store.Values[Key], StringComparison.Ordinal);
        Assert.Equal((Address, "h1"), Assert.Single(_h2.Local.Told[^1].Put) is var told ? (told.Lease.IpAddress, told.Host) : default);

        long revision = _fabric.Store.Revision;
        Happens(_sync1, LeaseChangeKind.Renewed, "h1"); // much of its time is left
        await ReconcileAsync();
        Assert.Equal(revision, _fabric.Store.Revision);

        Happens(_sync1, LeaseChangeKind.Expired, "h1");
        await ReconcileAsync();
        Assert.DoesNotContain(Key, _fabric.Store.Values.Keys);
        Assert.Equal([Address], _h1.Local.Told[^1].Removed);
        Assert.Equal([Address], _h2.Local.Told[^1].Removed);
    }

    [Fact]
    public async Task An_address_is_not_free_again_while_the_store_is_away()
    {
        Happens(_sync1, LeaseChangeKind.Added, "h1");
        await ReconcileAsync();
        int told = _h1.Local.Told.Count;
        await _fabric.TakeAwayAsync();
        Happens(_sync1, LeaseChangeKind.Released, "h1");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _sync1.ReconcileAsync(TestFabric.Uuid, _h1.Local, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(_h1.Local.Told.Skip(told), sharing => sharing.Removed.Count > 0);

        _fabric.Store.IsAway = false;
        await ReconcileAsync();
        Assert.Equal([Address], _h1.Local.Told[^1].Removed);
    }

    [Fact]
    public async Task What_was_to_be_done_when_something_unforeseen_happened_is_done_next()
    {
        Happens(_sync2, LeaseChangeKind.Added, "h2");
        await _sync2.ReconcileAsync(TestFabric.Uuid, _h2.Local, TestContext.Current.CancellationToken);
        await SettleAsync();
        _h1.Local.Failure = new InvalidOperationException();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _sync1.ReconcileAsync(TestFabric.Uuid, _h1.Local, TestContext.Current.CancellationToken));
        int told = _h1.Local.Told.Count;
        _h1.Local.Failure = null;
        await _sync1.ReconcileAsync(TestFabric.Uuid, _h1.Local, TestContext.Current.CancellationToken);
        Assert.Equal("h2", Assert.Single(_h1.Local.Told.Skip(told).SelectMany(sharing => sharing.Put)).Host);
    }

    [Fact]
    public async Task A_guest_that_moved_is_the_other_hosts_and_its_former_host_cannot_free_its_address()
    {
        Happens(_sync1, LeaseChangeKind.Added, "h1");
        await ReconcileAsync();
        Happens(_sync2, LeaseChangeKind.Added, "h2");
        await ReconcileAsync();
        Assert.Contains("\"host\":\"h2\"", _fabric.Store.Values[Key], StringComparison.Ordinal);
        Assert.Equal([Address], _h2.Local.Told[^1].Removed); // it is this host's own now
        Assert.Equal("h2", Assert.Single(_h1.Local.Told[^1].Put).Host);

        int told = _h1.Local.Told.Count;
        Happens(_sync1, LeaseChangeKind.Expired, "h1");
        await ReconcileAsync();
        Assert.Contains(Key, _fabric.Store.Values.Keys);
        Assert.DoesNotContain(_h1.Local.Told.Skip(told), sharing => sharing.Removed.Count > 0);
    }

    [Fact]
    public async Task After_a_restart_what_both_sides_have_tells_what_is_to_be_done()
    {
        Happens(_sync1, LeaseChangeKind.Added, "h1");
        await ReconcileAsync();
        _h1.Local.Shared[TestFabric.Uuid] = new SharedLeases("h1", [new SharedLease(LeaseOf(Address), Host: null, HasEnded: true), new SharedLease(LeaseOf("10.100.0.21"), Host: null)]);
        _sync1 = SyncOf(_h1, "h1");
        await ReconcileAsync();
        Assert.DoesNotContain(Key, _fabric.Store.Values.Keys);
        Assert.Contains(FabricKeys.Lease(TestFabric.Uuid, IPAddress.Parse("10.100.0.21")), _fabric.Store.Values.Keys);
        Assert.Contains(_h1.Local.Told, sharing => sharing.Removed.Contains(Address));
    }

    [Fact]
    public async Task Who_runs_out_of_addresses_and_can_get_no_more_says_so()
    {
        for (int i = 0; i < 13; i++)
        {
            _sync1.Note(new NetworkEvent.LeaseChanged(Lab, LeaseChangeKind.Added, LeaseOf(FirstOfBlock(i))));
        }

        await ReconcileAsync();
        Assert.Null(_h1.Local.Told[^1].Warning);
        await _fabric.TakeAwayAsync();
        await _sync1.ReconcileAsync(TestFabric.Uuid, _h1.Local, TestContext.Current.CancellationToken);
        Assert.StartsWith("3 of this host's 16 addresses for guests are left", _h1.Local.Told[^1].Warning, StringComparison.Ordinal);
    }

    /// <summary>As when etcd is reached again, and all hosts write at once what waited.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_changes_while_virtnetd_is_asked_what_it_has_is_not_missed(bool isForgotten)
    {
        _sync2.Forget();
        _h2.Local.WhileListing = async () =>
        {
            Happens(_sync1, LeaseChangeKind.Added, "h1");
            await _sync1.ReconcileAsync(TestFabric.Uuid, _h1.Local, TestContext.Current.CancellationToken);
            await SettleAsync();
            if (isForgotten)
            {
                _sync2.Note(new NetworkEvent.LeaseChanged(Lab, LeaseChangeKind.Added, LeaseOf("10.100.0.200")));
                _sync2.Forget();
                _h2.Local.Shared[TestFabric.Uuid] = new SharedLeases("h2", [new SharedLease(LeaseOf("10.100.0.200"), Host: null)]);
            }
        };

        await ReconcileAsync();

        Assert.Contains(_h2.Local.Told, sharing => sharing.Put.Any(told => (told.Lease.IpAddress, told.Host) == (Address, "h1")));
        Assert.Equal(isForgotten, _fabric.Store.Values.ContainsKey(FabricKeys.Lease(TestFabric.Uuid, IPAddress.Parse("10.100.0.200"))));
    }

    private string FirstOfBlock(int further)
    {
        byte[] first = _h1.Watch.View!.BlocksOf(TestFabric.Uuid, "h1").Single().GetAddressBytes();
        first[3] += (byte)further;
        return new IPAddress(first).ToString();
    }

    private LeaseSync SyncOf(TestHost host, string name)
    {
        LeaseSync sync = new(
            host.Store, host.Watch, host.Synced, new BlockClaims(host.Store, host.Watch, name, NullLogger<BlockClaims>.Instance), name,
            TimeProvider.System, NullLogger<LeaseSync>.Instance);
        _heard[name] = host.Watch.View!.Revision;
        host.Watch.Followed += changes =>
        {
            foreach (string changed in changes is null ? [] : changes.Put.Select(entry => entry.Key).Concat(changes.Removed))
            {
                if (FabricKeys.TryReadLease(changed, out Guid network, out IPAddress? address))
                {
                    sync.Note(network, address);
                }
            }

            _heard[name] = changes?.Revision ?? host.Watch.View!.Revision;
        };
        return sync;
    }

    /// <summary>Until both have done what follows from what the other did.</summary>
    private async Task ReconcileAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            await SettleAsync();
            await _sync1.ReconcileAsync(TestFabric.Uuid, _h1.Local, TestContext.Current.CancellationToken);
            await SettleAsync();
            await _sync2.ReconcileAsync(TestFabric.Uuid, _h2.Local, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Until both have heard of all of the store.</summary>
    private async Task SettleAsync()
    {
        await _fabric.SettleAsync();
        for (int i = 0; i < 500 && _heard.Values.Any(revision => revision < _fabric.Store.Revision); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static void Happens(LeaseSync sync, LeaseChangeKind change, string host) =>
        sync.Note(new NetworkEvent.LeaseChanged(Lab, change, LeaseOf(Address) with { Interface = host }));

    private static DhcpLease LeaseOf(string address) => new(
        "virbr0", TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds(), Type: 0, $"52:54:00:00:00:{byte.Parse(address.Split('.')[3], null):x2}", Iaid: null, address, 24,
        "web", ClientId: null);
}
