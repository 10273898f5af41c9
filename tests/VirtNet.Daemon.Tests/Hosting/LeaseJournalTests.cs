using System.Net;
using VirtNet.Daemon.Hosting;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Rpc.Driver;
using VirtNet.Services.Leases;
using VirtNet.Services.Tests.Fakes;

namespace VirtNet.Daemon.Tests.Hosting;

public class LeaseJournalTests
{
    private const string Network = "<network><name>lab</name><bridge name='br0'/><ip address='10.1.0.1' prefix='24'/></network>";

    [Fact(Timeout = 60_000)]
    public async Task Who_got_an_address_and_who_lost_it_is_written_and_renewals_are_not()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync(Network);
        ListLogger<LeaseJournal> log = new();
        using LeaseJournal journal = new(daemon.Registry, daemon.Services, log);
        await journal.StartAsync(TestContext.Current.CancellationToken);
        Lease lease = new(
            network.Uuid, IPAddress.Parse("10.1.0.9"), MacAddress.Parse("52:54:00:01:02:03"), null, null, "web", null);
        ILeaseObserver observer = Assert.Single(daemon.Services.Observers);

        observer.OnChange(new LeaseChange(LeaseEvent.Added, lease));
        observer.OnChange(new LeaseChange(LeaseEvent.Renewed, lease, lease));
        observer.OnChange(new LeaseChange(LeaseEvent.Expired, lease));
        observer.OnChange(new LeaseChange(LeaseEvent.Released, lease with { Network = Guid.NewGuid() })); // of no network

        await UntilAsync(() => log.Lines.Count >= 2);
        await journal.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                "Network lab: 52:54:00:01:02:03 (web) has 10.1.0.9",
                "Network lab: 52:54:00:01:02:03 (web) no longer has 10.1.0.9: the lease is expired",
            ],
            log.Lines.Select(line => line.Text));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
