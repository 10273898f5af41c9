using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Hooks;
using VirtNet.Daemon.Publishing;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Networks;

/// <summary>What every network's actor works with.</summary>
internal sealed record NetworkEnvironment(
    INetworkHost Host,
    INetworkServices Services,
    NetworkConfigFiles ConfigFiles,
    NetworkStateFiles StateFiles,
    MacMapFiles MacMaps,
    HookScripts Hooks,
    NetworkEvents Events,
    ConditionBoard Conditions,
    NetworkPublishing Publishing,
    RunningNetworks Running,
    ILogger<NetworkActor> Logger)
{
    /// <summary>What is kept of a network while it is defined: its leases, and files beside its definition.</summary>
    public async Task ForgetAsync(NetworkDefinition definition, CancellationToken cancellationToken)
    {
        await Services.ForgetAsync(definition, cancellationToken);
        MacMaps.Delete(definition);
        StateFiles.DeleteGuests(definition.Name);
    }
}
