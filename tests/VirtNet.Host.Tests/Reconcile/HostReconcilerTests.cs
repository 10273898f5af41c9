using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Link;
using VirtNet.Host.Reconcile;

namespace VirtNet.Host.Tests.Reconcile;

public class HostReconcilerTests
{
    private static readonly ImmutableArray<HostResource> Desired =
        DesiredState.For(TestNetworks.DualStack.Running(), firewall: null);

    public static TheoryData<string> Steps => [.. Desired.Where(step => !step.BestEffort).Select(step => step.Key)];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_step_that_fails_leaves_the_host_as_it_was(string step)
    {
        FakeHost host = new(failOn: step);
        Sysctl forwarding = Sysctl.Forwarding(Sysctl.Ipv4Forwarding) with { Value = "0" };
        host.Resources.Add(forwarding.Key, forwarding);

        await Assert.ThrowsAsync<IOException>(() => ConvergeAsync(host, Desired));

        Assert.DoesNotContain(host.Resources.Values, resource => resource is not Sysctl { Stays: true });
        Assert.Equal("0", ((Sysctl)host.Resources[forwarding.Key]).Value);
    }

    [Fact]
    public async Task A_route_that_is_refused_is_done_without()
    {
        StaticRoute route = Desired.OfType<StaticRoute>().First();
        FakeHost host = new(failOn: route.Key);

        Reconciled reconciled = await ConvergeAsync(host, Desired);

        Assert.DoesNotContain(route, reconciled.Held);
        Assert.Equal(Desired.Length - 1, reconciled.Held.Length);
        Assert.Equal(Desired.Length - 1, host.Resources.Count);
    }

    [Fact]
    public async Task Where_nothing_differs_nothing_is_done()
    {
        FakeHost host = new();
        await ConvergeAsync(host, Desired);
        host.Applied.Clear();

        Reconciled reconciled = await ConvergeAsync(host, Desired);

        Assert.Empty(reconciled.Changes);
        Assert.Empty(host.Applied);
    }

    [Fact]
    public async Task Only_what_is_missing_is_put_back()
    {
        FakeHost host = new();
        await ConvergeAsync(host, Desired);
        BridgeAddress lost = Desired.OfType<BridgeAddress>().First();
        host.Resources.Remove(lost.Key);

        Reconciled reconciled = await ConvergeAsync(host, Desired);

        Assert.Equal([new HostChange(Before: null, lost)], reconciled.Changes);
    }

    [Fact]
    public async Task Removal_goes_on_after_errors_and_leaves_what_the_host_keeps()
    {
        FakeHost host = new(failOn: "link virbr0 up");
        await Assert.ThrowsAsync<IOException>(() => ConvergeAsync(host, Desired));
        await ConvergeAsync(host, Desired);
        host.Applied.Clear();

        await Reconciler(host).RemoveAsync("default", Desired, TestContext.Current.CancellationToken);

        Assert.Equal(["remove link virbr0 up", $"remove {Desired[0].Summary}"], host.Applied);
        Assert.All(host.Resources.Values, resource => Assert.True(resource is Sysctl { Stays: true }));
    }

    [Fact]
    public async Task Cancelling_between_two_steps_undoes_the_first()
    {
        FakeHost host = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Reconciler(host).ConvergeAsync("default", [], Desired, new CancellationToken(canceled: true)));
        Assert.Empty(host.Resources);
    }

    private static HostReconciler Reconciler(FakeHost host) => new(host, NullLogger<HostReconciler>.Instance);

    private static Task<Reconciled> ConvergeAsync(FakeHost host, IReadOnlyCollection<HostResource> desired) =>
        Reconciler(host).ConvergeAsync("default", [], desired, TestContext.Current.CancellationToken);
}
