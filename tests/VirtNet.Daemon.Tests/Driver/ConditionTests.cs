using VirtNet.Daemon.Tests.Fakes;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Tests.Driver;

/// <summary>GET_CONDITIONS.</summary>
public sealed class ConditionTests
{
    private static readonly Condition Ufw = new(ConditionKind.CutOff, "ufw");

    private const string Lab = """
        <network><name>lab</name><uuid>6f0d0b1e-0000-4000-8000-000000000001</uuid><forward mode='nat'/><bridge name='br0'/><ip address='10.9.0.1'/></network>
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_wrong_with_a_network_is_told_until_whoever_found_it_takes_it_back()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync(Lab);
        daemon.Conditions.Set(network.Uuid, "firewall", [Ufw]);
        Assert.Equal([Ufw], await daemon.Extensions.GetConditionsAsync(network, Token));
        Assert.Empty(await daemon.Extensions.GetConditionsAsync(null, Token));
        daemon.Conditions.Set(network.Uuid, "firewall", []);
        Assert.Empty(await daemon.Extensions.GetConditionsAsync(network, Token));
    }

    [Fact]
    public async Task What_is_wrong_with_a_definition_is_told_also_when_its_network_stops()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync(Lab);
        daemon.Conditions.Set(network.Uuid, "files", [Ufw]);
        await daemon.Driver.DestroyAsync(network, Token);
        Assert.Equal([Ufw], await daemon.Extensions.GetConditionsAsync(network, Token));
        await daemon.Driver.UndefineAsync(network, Token);
        Assert.Empty(daemon.Conditions.Of(network.Uuid));
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("not started")]
    [InlineData("gone after a restart")]
    public async Task A_network_that_does_not_exist_any_more_leaves_nothing_to_be_told(string why)
    {
        await using TestDaemon daemon = new();
        NetworkRef network = new("lab", Guid.Parse("6f0d0b1e-0000-4000-8000-000000000001"));
        daemon.Host.Refuse = _ =>
        {
            daemon.Conditions.Set(network.Uuid, "host", [Ufw]);
            return why == "not started" ? "no" : null;
        };
        switch (why)
        {
            case "not started":
                await Assert.ThrowsAsync<VirtNetException>(() => daemon.Driver.CreateAsync(Lab, 0, Token));
                break;
            case "stopped":
                await daemon.StartAsync(Lab, persistent: false);
                await daemon.Driver.DestroyAsync(network, Token);
                break;
            default:
                await daemon.StartAsync(Lab, persistent: false);
                await daemon.RestartAsync(daemon.Host.Links.Clear);
                break;
        }

        Assert.Empty(daemon.Conditions.Of(network.Uuid));
        Assert.Empty(daemon.Registry.All);
    }

    [Fact]
    public async Task Who_asks_while_other_firewalls_are_looked_at_hears_what_is_found()
    {
        await using TestDaemon daemon = new();
        NetworkRef network = await daemon.StartAsync(Lab);
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
        NetworkRef network = await daemon.StartAsync(Lab);
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
