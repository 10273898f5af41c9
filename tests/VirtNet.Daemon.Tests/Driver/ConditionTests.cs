using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Driver;

/// <summary>GET_CONDITIONS.</summary>
public sealed class ConditionTests
{
    private static readonly Condition Ufw = new(ConditionKind.CutOff, "ufw");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_wrong_with_a_network_is_told_until_it_stops()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync("<network><name>lab</name><forward mode='nat'/><ip address='10.9.0.1'/></network>");
        daemon.Conditions.Set(network.Uuid, "firewall", [Ufw]);
        Assert.Equal([Ufw], await daemon.Extensions.GetConditionsAsync(network, Token));
        Assert.Empty(await daemon.Extensions.GetConditionsAsync(null, Token));
        await daemon.Driver.DestroyAsync(network, Token);
        Assert.Empty(await daemon.Extensions.GetConditionsAsync(network, Token));
    }

    [Fact]
    public async Task Who_asks_while_other_firewalls_are_looked_at_hears_what_is_found()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync("<network><name>lab</name><forward mode='nat'/><ip address='10.9.0.1'/></network>");
        daemon.Host.Look = _ =>
        {
            daemon.Conditions.Set(network.Uuid, "firewall", [Ufw]);
            return Task.CompletedTask;
        };
        Assert.Equal([Ufw], await daemon.Extensions.GetConditionsAsync(network, Token));
    }

    [Fact]
    public async Task A_look_that_does_not_end_keeps_nobody()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync("<network><name>lab</name><forward mode='nat'/><ip address='10.9.0.1'/></network>");
        daemon.Conditions.Set(network.Uuid, "firewall", [Ufw]);
        daemon.Host.Look = cancellationToken => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        Assert.Equal([Ufw], await daemon.Extensions.GetConditionsAsync(network, Token));
    }

    [Fact]
    public async Task A_network_that_is_not_there_has_none()
    {
        await using TestDaemon daemon = new();
        VirtNetException refusal = await Assert.ThrowsAsync<VirtNetException>(
            () => daemon.Extensions.GetConditionsAsync(new NetworkRef("gone", Guid.NewGuid()), Token));
        Assert.Equal(VirErrorCode.NoNetwork, refusal.Code);
    }
}
