using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Bus;
using VirtNet.Host.Firewalld;
using VirtNet.Integration.Tests.Lab;
using VirtNet.Model;

namespace VirtNet.Integration.Tests.Firewall;

/// <summary>A real firewalld on a bus of the test's own.</summary>
public class FirewalldTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bridges_enter_and_leave_zones_and_a_reload_or_restart_is_heard()
    {
        await using FirewallTopology topology = await FirewallTopology.CreateAsync("nft");
        await using SystemBusWithFirewalld bus = await SystemBusWithFirewalld.StartBusAsync(topology.Host);
        using SystemBus system = new(bus.Address);
        BusFirewalld firewalld = new(system);
        FirewalldZones zones = new(firewalld, NullLogger<FirewalldZones>.Instance);
        Assert.False(await firewalld.IsRunningAsync(Cancel));
        await bus.StartFirewalldAsync();
        Assert.True(await firewalld.IsRunningAsync(Cancel));

        await topology.Host.RunAsync("ip", "link", "add", "virbr0", "type", "bridge");
        BridgeZone byMode = new("default", "virbr0", null, ForwardMode.Nat);
        BridgeZone trusted = byMode with { Requested = "trusted" };
        await zones.ApplyAsync(null, byMode, Cancel);
        Assert.Contains(byMode, await zones.FindInPlaceAsync([byMode, trusted], Cancel));
        await zones.ApplyAsync(byMode, trusted, Cancel);
        Assert.DoesNotContain(byMode, await zones.FindInPlaceAsync([byMode, trusted], Cancel));
        VirtNetException e = await Assert.ThrowsAsync<VirtNetException>(
            () => zones.ApplyAsync(null, byMode with { Requested = "nix" }, Cancel));
        Assert.Equal(VirErrorCode.DBusService, e.Code);
        await zones.ApplyAsync(trusted, null, Cancel);
        await zones.ApplyAsync(trusted, null, Cancel);
        Assert.Empty(await zones.FindInPlaceAsync([byMode, trusted], Cancel));

        await zones.ApplyAsync(null, trusted, Cancel);
        List<FirewalldSignal> heard = [];
        await using IAsyncEnumerator<FirewalldSignal> signals = firewalld.WatchAsync(Cancel).GetAsyncEnumerator(Cancel);
        ValueTask<bool> next = signals.MoveNextAsync();
        await Wait.UntilAsync(
            async () => next.IsCompleted || ((await bus.CallAsync("reload")).ExitCode == 0 && next.IsCompleted),
            "the reload to be heard", seconds: 30);
        Assert.True(await next);
        Assert.Equal(FirewalldSignal.Reloaded, signals.Current);
        await bus.StopFirewalldAsync();
        while (await signals.MoveNextAsync() && signals.Current == FirewalldSignal.Reloaded)
        {
            // more than one reload may have been asked for before the monitor was listening
        }

        Assert.Equal(FirewalldSignal.Stopped, signals.Current);
        Assert.Contains(trusted, await zones.FindInPlaceAsync([trusted], Cancel));
    }
}
