using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Fabric.Serving;
using VirtNet.Fabric.Syncing;
using VirtNet.Fabric.Tests.Fakes;

namespace VirtNet.Fabric.Tests.Serving;

/// <summary>What virtnetd is told of networks that are not the same on all hosts.</summary>
public sealed class ProblemReportTests : IDisposable
{
    private static readonly Guid Shared = TestFabric.Uuid;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("report-");
    private readonly FakeLocalNetworks _local = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_keeps_one_is_told_at_each_look_and_that_all_is_well_once()
    {
        SyncProblems problems = new(NullLogger<SyncProblems>.Instance);
        SyncedNetworks synced = new(_folder.FullName, NullLogger<SyncedNetworks>.Instance);
        ProblemReport report = new(problems, synced);
        await report.TellAsync(Shared, _local, Token); // a network of this host alone
        Assert.Empty(_local.Obstacles);

        problems.Set(Shared, "lab", "all VNIs are taken");
        await TellTwiceAsync();
        Assert.Equal("all VNIs are taken, all VNIs are taken", Taken()); // it may have been defined anew meanwhile

        problems.Clear(Shared);
        synced.Save(new SyncedNetwork(Shared, "lab", 1, "<network/>", "", []));
        await TellTwiceAsync();
        Assert.Equal("nothing", Taken());

        report.Forget(); // virtnetd is another one
        await TellTwiceAsync();
        Assert.Equal("nothing", Taken());

        async Task TellTwiceAsync()
        {
            await report.TellAsync(Shared, _local, Token);
            await report.TellAsync(Shared, _local, Token);
        }
    }

    private string Taken()
    {
        string taken = string.Join(", ", _local.Obstacles.Select(obstacle => obstacle ?? "nothing"));
        _local.Obstacles.Clear();
        return taken;
    }
}
