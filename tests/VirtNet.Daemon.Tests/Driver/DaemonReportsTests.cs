using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Driver;

public sealed class DaemonReportsTests : IAsyncDisposable
{
    private const string Lab = "<network><name>lab</name><bridge name='virbr7'/></network>";

    private readonly TestDaemon _daemon = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task A_network_that_could_not_start_is_down_for_the_reason_that_it_gave()
    {
        NetworkRef lab = await _daemon.Driver.DefineAsync(Lab, 0, Token);
        Assert.Empty((await StatusAsync()).Troubles);
        _daemon.Services.Refuse = _ => "port 53 is taken";
        await Assert.ThrowsAsync<VirtNetException>(() => _daemon.Driver.StartAsync(lab, Token));

        NetworkTrouble trouble = Assert.Single((await StatusAsync()).Troubles);
        Assert.Equal(("lab", false), (trouble.Network.Name, trouble.IsActive));
        Assert.Contains("port 53 is taken", trouble.Text, StringComparison.Ordinal);

        _daemon.Services.Refuse = _ => null;
        await _daemon.Driver.StartAsync(lab, Token);
        DaemonStatus status = await StatusAsync();
        Assert.Empty(status.Troubles);
        Assert.Equal((1U, 1U), (status.Networks, status.ActiveNetworks));
    }

    [Fact]
    public async Task A_network_that_starts_with_the_daemon_and_was_stopped_is_down()
    {
        NetworkRef lab = await _daemon.StartAsync(Lab);
        await _daemon.Driver.SetAutostartAsync(lab, true, Token);
        await _daemon.Driver.DestroyAsync(lab, Token);
        Assert.Equal("it was stopped", Assert.Single((await StatusAsync()).Troubles).Text);
    }

    [Fact]
    public async Task What_is_wrong_with_a_running_network_and_with_the_daemon_is_told()
    {
        NetworkRef lab = await _daemon.StartAsync(Lab);
        _daemon.Conditions.Set(lab.Uuid, "firewall", [new Condition(ConditionKind.CutOff, "ufw drops it")]);
        _daemon.Conditions.Set(null, "disk", [new Condition(ConditionKind.Warning, "the disk is full")]);
        _daemon.Services.AreLeasesFailing = true;

        DaemonStatus status = await StatusAsync();

        Assert.Equal(new NetworkTrouble(lab, IsActive: true, "ufw drops it"), Assert.Single(status.Troubles));
        Assert.Equal(["the disk is full"], status.Warnings);
        Assert.False(status.AreLeasesStored);
    }

    [Fact]
    public async Task Repairs_are_those_of_the_last_hour()
    {
        _daemon.Repairs.Add("address");
        _daemon.Clock.Advance(TimeSpan.FromMinutes(40));
        _daemon.Repairs.Add("address");
        _daemon.Repairs.Add("firewall");
        Assert.Equal([new Counter("address", 2), new Counter("firewall", 1)], (await StatusAsync()).Repairs);

        _daemon.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal([new Counter("address", 1), new Counter("firewall", 1)], (await StatusAsync()).Repairs);
        Assert.Equal(2, _daemon.Repairs.Totals[0].Value);
    }

    private Task<DaemonStatus> StatusAsync() => _daemon.Extensions.GetStatusAsync(Token);
}
