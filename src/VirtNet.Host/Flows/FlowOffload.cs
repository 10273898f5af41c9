using VirtNet.Host.Firewall;
using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Flows;

/// <summary>Whether established connections of a network may pass the rules by (<see cref="FlowTable"/>).</summary>
/// <param name="Plan">By which rules they were let through: when these change, all connections pass them again.</param>
internal sealed record FlowOffload(string Bridge, bool Allowed, FirewallPlan Plan) : HostResource(Ranks.Flows)
{
    public override string Key => $"flow offload of {Bridge}";

    public override string Kind => "firewall";

    public override string? Device => Bridge;

    /// <summary>Connections pass the rules then, as they would without.</summary>
    public override bool BestEffort => true;

    public override string Summary => $"established connections of {Bridge} {(Allowed ? "offloaded" : "not offloaded")}";

    /// <returns>
    /// Null for a network that never has any of its own: isolated ones forward nothing, and of open ones no rule here says which
    /// connections are let through.
    /// </returns>
    public static FlowOffload? For(NetworkHostState state, FirewallRules? rules) =>
        rules is { Plan.Mode: ForwardMode.Nat or ForwardMode.Route } ? new FlowOffload(rules.Bridge, IsAllowed(state), rules.Plan) : null;

    /// <summary>
    /// Not where somebody counts on every packet taking the long way: limits of the network, of a port group or of a guest's port;
    /// isolated ports; tunnels to other hosts. Nor where the kernel is to forget single connections when a definition changes, which
    /// older ones refuse for those that are offloaded: what is published.
    /// </summary>
    private static bool IsAllowed(NetworkHostState state) =>
        state.Network is { Bandwidth: null, PortIsolated: not true }
        && state.Network.PortGroups.All(group => group.Bandwidth is null)
        && !state.Ports.Any(port => port.IsLimited)
        && state is { Span: null, Publications.Count: 0 };
}
