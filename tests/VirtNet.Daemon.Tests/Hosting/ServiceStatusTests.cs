using VirtNet.Daemon.Hosting;
using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model.Conditions;

namespace VirtNet.Daemon.Tests.Hosting;

public sealed class ServiceStatusTests : IAsyncDisposable
{
    private static readonly Condition Slow = new(ConditionKind.Warning, "the disk is slow");
    private static readonly Condition Full = new(ConditionKind.Warning, "the disk is full");

    private readonly TestDaemon _daemon = new();
    private readonly ServiceStatus _status;

    public ServiceStatusTests() => _status = new ServiceStatus(_daemon.Registry, _daemon.Conditions);

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task One_line_says_how_many_networks_are_active_and_what_is_wrong_with_the_daemon()
    {
        await _daemon.StartAsync("<network><name>a</name><bridge name='virbr1'/></network>");
        await _daemon.Driver.DefineAsync("<network><name>b</name><bridge name='virbr2'/></network>", 0, TestContext.Current.CancellationToken);
        Assert.Equal("1 of 2 networks active", _status.Text);
        _daemon.Conditions.Set(network: null, "disk", [Slow]);
        Assert.Equal("1 of 2 networks active; the disk is slow", _status.Text);
        _daemon.Conditions.Set(network: null, "disk", [Full, Slow, Slow]);
        Assert.Equal("1 of 2 networks active; the disk is full; and 2 more (virtnet net-list says all)", _status.Text);
    }
}
