using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Daemon.Hooks;
using VirtNet.Host;
using VirtNet.Host.Firewall;
using VirtNet.Host.Flows;
using VirtNet.Host.Hairpins;
using VirtNet.Host.Neighbours;
using VirtNet.Host.Networks;
using VirtNet.Host.Spanning;
using VirtNet.Model.Conditions;

namespace VirtNet.Daemon.Hosting;

/// <summary>The firewall backend of this run, and who looks after the other firewalls: made once, when the daemon is put together.</summary>
internal sealed class FirewallChoice(
    CommandLine commandLine, DaemonOptions options, ICommandRunner commands, ConditionBoard conditions, HookScripts hooks,
    TimeProvider time, ILoggerFactory loggers)
{
    private readonly FirewallBackends _backends = new(commands, time, loggers);
    private IFirewallBackend? _backend;
    private Neighbourhood? _neighbours;
    private FlowTable? _flows;

    public IFirewallBackend Backend =>
        _backend ?? throw new InvalidOperationException("the backend is chosen before anything uses it");

    public Neighbourhood Neighbours =>
        _neighbours ?? throw new InvalidOperationException("other firewalls are looked for before anything asks about them");

    /// <summary>What offloads established connections, if anything does.</summary>
    public FlowTable Flows => _flows ?? throw new InvalidOperationException("what is offloaded is settled before anything uses it");

    /// <summary>What makes the rules of networks that span hosts.</summary>
    public SpanFirewall MakeSpanFirewall() => _backends.MakeSpanFirewall(Backend);

    /// <summary>What belongs to ports that are hairpins for publications.</summary>
    public HairpinTable MakeHairpinTable() => _backends.MakeHairpinTable();

    /// <exception cref="Model.VirtNetException">There is no usable backend, or not the configured one.</exception>
    public async Task MakeAsync()
    {
        _backend = await _backends.ChooseAsync(
            options.FirewallBackend, commandLine.ConfigurationFile, CancellationToken.None, () => hooks.Any);
        _flows = await _backends.MakeFlowTableAsync(options.FlowOffload, _backend, conditions, CancellationToken.None);
        _neighbours = await _backends.MakeNeighbourhoodAsync(options.AdaptsToFirewalls, conditions, CancellationToken.None);
    }

    /// <inheritdoc cref="FirewallBackends.RetireOtherAsync"/>
    public Task RetireOtherAsync(IReadOnlyCollection<FirewallRules> active, CancellationToken cancellationToken) =>
        _backends.RetireOtherAsync(Backend, active, cancellationToken);
}
