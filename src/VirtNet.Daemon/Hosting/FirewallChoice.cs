using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Configuration;
using VirtNet.Host;
using VirtNet.Host.Firewall;

namespace VirtNet.Daemon.Hosting;

/// <summary>The firewall backend of this run: made once, when the daemon is put together.</summary>
internal sealed class FirewallChoice(
    CommandLine commandLine, DaemonOptions options, ICommandRunner commands, ILoggerFactory loggers)
{
    private IFirewallBackend? _backend;

    public IFirewallBackend Backend =>
        _backend ?? throw new InvalidOperationException("the backend is chosen before anything uses it");

    /// <exception cref="Model.VirtNetException">There is no usable backend, or not the configured one.</exception>
    public async Task MakeAsync() => _backend = await FirewallBackends.ChooseAsync(
        options.FirewallBackend, commandLine.ConfigurationFile, commands, loggers, CancellationToken.None);
}
