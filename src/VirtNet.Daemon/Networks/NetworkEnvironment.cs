using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Hooks;
using VirtNet.Daemon.Publishing;
using VirtNet.Daemon.Spanning;
using VirtNet.Host;
using VirtNet.Host.Networks;
using VirtNet.Host.Pci;
using VirtNet.Model;
using VirtNet.Model.Conditions;
using VirtNet.Model.Ports;
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
    NetworkSpanning Spanning,
    RunningNetworks Running,
    ILogger<NetworkActor> Logger)
{
    /// <summary>What a definition becomes when it is started.</summary>
    public NetworkDefinition LiveOf(NetworkDefinition definition) => Spanning.Complete(VirtualFunctions.Resolve(LiveDefinition.Of(definition)));

    /// <summary>What is to be on the host.</summary>
    public NetworkHostState StateOf(NetworkDefinition live, ValueList<NetworkPort> ports) => Spanning.Extend(Publishing.StateOf(live, ports));

    /// <summary>Whether what is on the host depends on where guests are: what is published does, and what spans hosts.</summary>
    public bool FollowsGuests(NetworkDefinition live) => Publishing.Follows(live) || Spanning.FollowsGuests(live);

    /// <summary>What can be said against a start without a look at the host, and without anything being touched.</summary>
    /// <exception cref="VirtNetException">It can never succeed.</exception>
    public void ThrowIfNeverStarted(NetworkDefinition live)
    {
        if (StateFiles.WhyNeverSaved(live.Name) is { } refusal)
        {
            throw refusal;
        }

        Services.Examine(live).ThrowIfRefused();
    }

    /// <summary>Whether a definition can be put in force, as things are now: what <see cref="Admit"/> would say, and nothing kept.</summary>
    /// <param name="before">What is in force; null = nothing.</param>
    /// <exception cref="VirtNetException">It cannot, with the reason.</exception>
    public void Check(NetworkDefinition? before, NetworkDefinition after, ValueList<NetworkPort> ports)
    {
        Publishing.Check(before, after, ports);
        Spanning.Check(after);
    }

    /// <summary>
    /// Whether a network that runs can become another on this host: what a start would be refused for is no change either, as far as it
    /// was not so before.
    /// </summary>
    /// <exception cref="VirtNetException">It cannot, with the text of a start.</exception>
    public Task CheckChangeAsync(NetworkDefinition before, NetworkHostState after, CancellationToken cancellationToken) =>
        Services.Examine(after.Network).Refusal is { } refusal && Services.Examine(before).Refusal?.Message != refusal.Message
            ? Task.FromException(refusal)
            : Host.CheckChangeAsync(before, after, cancellationToken);

    /// <summary>Before a definition is put in force: refuses what cannot be, and keeps what it takes from others.</summary>
    /// <param name="before">What is in force; null = nothing.</param>
    /// <exception cref="VirtNetException">With the reason; nothing was changed.</exception>
    public void Admit(NetworkDefinition? before, NetworkDefinition after, ValueList<NetworkPort> ports)
    {
        Publishing.Admit(before, after, ports);
        try
        {
            Spanning.Admit(after);
        }
        catch when (before is null)
        {
            Publishing.Release(after.Uuid!.Value);
            throw;
        }
        catch
        {
            Adopt(before!);
            throw;
        }
    }

    /// <summary>Keeps what a network takes that runs already.</summary>
    public void Adopt(NetworkDefinition live)
    {
        Publishing.Adopt(live);
        Spanning.Adopt(live);
    }

    /// <summary>After something is in force: says what does not work as it is meant to.</summary>
    public void Tell(NetworkDefinition live, ValueList<NetworkPort> ports)
    {
        Publishing.Tell(live, ports);
        Spanning.Tell(live);
        KeepHealth(live);
    }

    /// <summary>Has on disk which targets of a network do not answer, for the next daemon.</summary>
    public void KeepHealth(NetworkDefinition live) => StateFiles.SaveDown(live.Name, Publishing.DownOf(live.Uuid!.Value));

    /// <summary>The network has ended: others may have what it took.</summary>
    public void Release(Guid network)
    {
        Publishing.Release(network);
        Spanning.Release(network);
    }

    /// <summary>What is kept of a network while it is defined: its leases, and files beside its definition.</summary>
    public async Task ForgetAsync(NetworkDefinition definition, CancellationToken cancellationToken)
    {
        await Services.ForgetAsync(definition, cancellationToken);
        MacMaps.Delete(definition);
        StateFiles.DeleteGuests(definition.Name);
    }
}
