using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Host.Firewall;
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
    public async Task What_is_to_go_goes_although_the_host_is_deaf_for_a_moment()
    {
        FakeHost host = new();
        await ConvergeAsync(host, Desired);
        host.DeafFor = 2;

        await new HostReconciler(host, NullLogger<HostReconciler>.Instance).RemoveAsync("lab", Desired, TestContext.Current.CancellationToken);

        Assert.DoesNotContain(host.Resources.Values, resource => !resource.Stays);
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

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_step_of_a_repair_that_fails_keeps_no_other_away(string step)
    {
        FakeHost host = new(failOn: step);

        Reconciled repaired = await RepairAsync(host, Desired);

        Assert.Equal(step, Assert.Single(repaired.Failed).Resource.Key);
        Assert.Equal($"{step} is refused", repaired.Failed[0].Reason);
        Assert.Equal(Desired.Length - 1, host.Resources.Count);
        Assert.Equal(Desired.Length, repaired.Held.Length);
    }

    [Fact]
    public async Task What_a_repair_cannot_remove_is_known_until_it_is_gone()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        BridgeAddress stale = Desired.OfType<BridgeAddress>().First();
        FakeHost host = new(failOn: stale.Key);
        host.Resources.Add(stale.Key, stale);

        ImmutableArray<HostChange> plan = await Reconciler(host).PlanAsync([stale], [], HostReconciler.Ask, token);
        Reconciled first = await Reconciler(host).RepairAsync("default", plan, [], token);
        Assert.Equal([stale], first.Held);
        Assert.Equal(stale, Assert.Single(first.Failed).Resource);

        plan = await Reconciler(host).PlanAsync(first.Held, [], HostReconciler.Ask, token);
        Reconciled second = await Reconciler(host).RepairAsync("default", plan, [], token);
        Assert.Equal([new HostChange(stale, After: null)], second.Changes);
        Assert.Empty(second.Held);
    }

    [Fact]
    public async Task A_repair_puts_rules_first()
    {
        FakeHost host = new();
        await RepairAsync(host, [.. Desired, Rules]);
        Assert.Equal($"create {Rules.Summary}", host.Applied[0]);
    }

    [Fact]
    public async Task Nothing_comes_up_without_the_rules_that_are_to_guard_it()
    {
        FakeHost host = new(failOn: Rules.Key);

        Reconciled repaired = await RepairAsync(host, [.. Desired, Rules]);

        Assert.DoesNotContain(host.Resources.Values, resource => resource is BridgeLink or BridgeUp or FirewallRules);
        Assert.Contains(repaired.Failed, failure => failure.Resource is BridgeUp);
    }

    [Fact]
    public async Task A_change_is_undone_whole_except_for_what_could_not_be_repaired_before()
    {
        FakeHost host = new(failOn: "link virbr0 up");
        ImmutableArray<HostChange> plan = await Reconciler(host).PlanAsync(
            [], Desired, HostReconciler.Ask, TestContext.Current.CancellationToken);

        Reconciled changed = await Reconciler(host).ApplyAsync(
            "default", plan, Desired, change => change.After is BridgeUp, TestContext.Current.CancellationToken);

        Assert.IsType<BridgeUp>(Assert.Single(changed.Failed).Resource);
        Assert.Equal(Desired.Length - 1, host.Resources.Count);
    }

    private static FirewallRules Rules { get; } = FirewallPlanner.RulesFor(TestNetworks.Default)!;

    private static async Task<Reconciled> RepairAsync(FakeHost host, IReadOnlyCollection<HostResource> desired)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        ImmutableArray<HostChange> plan = await Reconciler(host).PlanAsync([], desired, HostReconciler.Ask, token);
        return await Reconciler(host).RepairAsync("default", plan, desired, token);
    }

    private static HostReconciler Reconciler(FakeHost host) => new(host, NullLogger<HostReconciler>.Instance);

    private static Task<Reconciled> ConvergeAsync(FakeHost host, IReadOnlyCollection<HostResource> desired) =>
        Reconciler(host).ConvergeAsync("default", [], desired, TestContext.Current.CancellationToken);
}
