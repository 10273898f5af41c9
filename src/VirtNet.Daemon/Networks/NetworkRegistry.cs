using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using VirtNet.Daemon.Files;
using VirtNet.Host.Pci;
using VirtNet.Linux;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Daemon.Networks;

/// <summary>
/// All networks of the host, and what must be unique among them: names, UUIDs, bridges. Decisions are made under one
/// lock and are quick; what follows from them runs in the actors.
/// </summary>
internal sealed class NetworkRegistry(NetworkEnvironment environment) : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Guid, NetworkActor> _byUuid = []; // changed under the lock, read without it
    private readonly ConcurrentDictionary<string, NetworkActor> _byName = new(StringComparer.Ordinal);
    private readonly BridgeUse _bridges = new();
    private readonly List<DefinitionClaim> _claims = [];
    private readonly HashSet<Guid> _renamed = []; // at this moment

    public IReadOnlyList<NetworkActor> All => [.. _byUuid.Values];

    /// <summary>Whether decisions are still being made: false when the lock is not to be had for so long.</summary>
    public bool Answers(TimeSpan patience)
    {
        bool entered = _lock.TryEnter(patience);
        if (entered)
        {
            _lock.Exit();
        }

        return entered;
    }

    /// <summary>Waits for nobody: also asked while leases are locked.</summary>
    public bool TryFind(Guid uuid, [NotNullWhen(true)] out NetworkActor? network) =>
        _byUuid.TryGetValue(uuid, out network) && !network.Snapshot.IsGone;

    public bool TryFind(string name, [NotNullWhen(true)] out NetworkActor? network) =>
        _byName.TryGetValue(name, out network) && !network.Snapshot.IsGone;

    /// <exception cref="VirtNetException">There is no such network.</exception>
    public NetworkActor Find(NetworkRef network) =>
        TryFind(network.Uuid, out NetworkActor? found) ? found : throw VirtNetException.NoNetwork(network.Uuid, network.Name);

    /// <summary>
    /// Makes a parsed definition ready to be defined or created: checks it against the others, fills in what is
    /// missing, and finds or makes its actor. Dispose the claim when the actor has taken the definition over.
    /// </summary>
    /// <exception cref="VirtNetException">A clash, or a definition that the driver refuses.</exception>
    public DefinitionClaim Claim(NetworkDefinition parsed)
    {
        lock (_lock)
        {
            CheckBridge(parsed);
            NetworkValidator.Validate(parsed, VirtualFunctions.IsVirtualFunction);
            CheckIdentity(parsed);
            NetworkDefinition complete = NetworkDefaults.Complete(parsed, SystemRandom.Fill, IsBridgeTaken);
            NetworkActor network = FindOrAdd(complete, new NetworkSnapshot(null, null, Autostart: false, []));
            DefinitionClaim claim = new(this, network, complete);
            _claims.Add(claim);
            return claim;
        }
    }

    /// <summary>Adds a network that was found on disk.</summary>
    public NetworkActor Load(NetworkSnapshot snapshot)
    {
        lock (_lock)
        {
            CheckIdentity(snapshot.Current);
            return FindOrAdd(snapshot.Current, snapshot);
        }
    }

    /// <summary>
    /// Finds or makes the actor of a definition that lies on disk, for it to take that over. As it runs meanwhile, nothing is said of
    /// the definition but whose it is.
    /// </summary>
    /// <exception cref="VirtNetException">Another network has its name or UUID.</exception>
    public DefinitionClaim ClaimStored(NetworkDefinition stored)
    {
        lock (_lock)
        {
            CheckIdentity(stored);
            DefinitionClaim claim = new(this, FindOrAdd(stored, new NetworkSnapshot(null, null, Autostart: false, [])), stored);
            _claims.Add(claim);
            return claim;
        }
    }

    /// <summary>Gives a network another name; nobody else can have either name meanwhile.</summary>
    /// <exception cref="VirtNetException">It runs and somebody knows it by its name, something is under way with it, or the name is taken or none.</exception>
    public async Task<NetworkRef> RenameAsync(NetworkActor network, string name, CancellationToken cancellationToken)
    {
        NetworkRef renamed = network.Identity with { Name = name };
        lock (_lock)
        {
            CheckName(name);
            if (_byName.TryGetValue(name, out NetworkActor? other))
            {
                throw VirtNetException.OperationFailed($"network '{name}' already exists with uuid {other.Identity.Uuid}");
            }

            if (_claims.Any(claim => claim.Network == network) || !_renamed.Add(renamed.Uuid))
            {
                throw VirtNetException.OperationInvalid($"network '{network.Identity.Name}' is being changed");
            }

            _byName[name] = network; // taken from now on
        }

        try
        {
            await network.LeaveToAsync(name, moved => Replace(network, renamed, moved), cancellationToken);
        }
        catch
        {
            lock (_lock)
            {
                _byName.TryRemove(name, out _);
            }

            throw;
        }
        finally
        {
            lock (_lock)
            {
                _renamed.Remove(renamed.Uuid);
            }
        }

        environment.Logger.NetworkRenamed(network.Identity.Name, name);
        environment.Events.Publish(new NetworkEvent.Lifecycle(network.Identity, NetworkLifecycle.Undefined));
        environment.Events.Publish(new NetworkEvent.Lifecycle(renamed, NetworkLifecycle.Defined));
        return renamed;
    }

    /// <summary>Networks take no more operations; those that run are waited for, unless they hang.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(All.Select(network => network.DisposeAsync().AsTask()))
            .WaitAsync(EndLimit)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    internal void Release(DefinitionClaim claim)
    {
        lock (_lock)
        {
            _claims.Remove(claim);
            if (claim.Network.Snapshot.IsGone)
            {
                Remove(claim.Network); // a new network that could not be stored or started
            }
        }
    }

    /// <summary>While the network is about to be gone: at no moment is its UUID unknown, or its bridge nobody's.</summary>
    private void Replace(NetworkActor network, NetworkRef renamed, NetworkSnapshot moved)
    {
        lock (_lock)
        {
            NetworkActor successor = network.Under(renamed, moved);
            _byUuid[renamed.Uuid] = successor;
            _byName[renamed.Name] = successor;
            _byName.TryRemove(network.Identity.Name, out _);
            network.Close();
        }
    }

    private NetworkActor FindOrAdd(NetworkDefinition definition, NetworkSnapshot initial)
    {
        Guid uuid = definition.Uuid ?? throw new InvalidOperationException("a complete definition has a UUID");
        if (_byUuid.TryGetValue(uuid, out NetworkActor? existing))
        {
            return existing;
        }

        NetworkActor network = new(new NetworkRef(definition.Name, uuid), initial, environment, _bridges, Remove);
        _byUuid[uuid] = network;
        _byName[definition.Name] = network;
        return network;
    }

    private void Remove(NetworkActor network)
    {
        lock (_lock)
        {
            if (_claims.Any(claim => claim.Network == network))
            {
                return; // a definition is on its way to it; the claim's end decides
            }

            _byUuid.TryRemove(network.Identity.Uuid, out _);
            _byName.TryRemove(network.Identity.Name, out _);
            network.Close();
            environment.Conditions.Forget(network.Identity.Uuid);
        }
    }

    /// <summary>A bridge of the host may serve any number of networks; one that a network makes is its own.</summary>
    private void CheckBridge(NetworkDefinition definition)
    {
        if (definition is { OwnsBridge: true, BridgeName: { } bridge }
            && !bridge.Contains('%', StringComparison.Ordinal)
            && IsBridgeUsed(bridge, except: definition.Name))
        {
            throw VirtNetException.Internal($"bridge name '{bridge}' already in use.");
        }
    }

    private void CheckIdentity(NetworkDefinition definition)
    {
        if (definition.Uuid is { } uuid && _byUuid.TryGetValue(uuid, out NetworkActor? sameUuid))
        {
            if (_renamed.Contains(uuid))
            {
                throw VirtNetException.OperationInvalid($"network '{sameUuid.Identity.Name}' is being renamed");
            }

            if (sameUuid.Identity.Name != definition.Name)
            {
                throw VirtNetException.OperationFailed(
                    $"network '{sameUuid.Identity.Name}' is already defined with uuid {uuid}");
            }
        }
        else if (_byName.TryGetValue(definition.Name, out NetworkActor? sameName))
        {
            throw VirtNetException.OperationFailed(
                $"network '{definition.Name}' already exists with uuid {sameName.Identity.Uuid}");
        }
    }

    /// <summary>A name that a definition can have: not all that comes over the wire can stand in a document and be read again.</summary>
    private static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new VirtNetException(VirErrorCode.NoName, "missing name information");
        }

        NetworkDefinition read = NetworkXml.Parse(NetworkXml.Format(new NetworkDefinition { Name = name })).Definition;
        NetworkValidator.Validate(read);
        if (read.Name != name)
        {
            throw VirtNetException.XmlDetail("invalid char in name", VirErrorDomain.Xml);
        }
    }

    private bool IsBridgeTaken(string bridge) =>
        IsBridgeUsed(bridge, except: null) || environment.Host.LinkExists(bridge);

    private bool IsBridgeUsed(string bridge, string? except) =>
        _bridges.IsUsed(bridge, except)
        || _claims.Any(claim => claim.Definition.Name != except && claim.Definition.BridgeName == bridge);
}

/// <summary>A definition on its way to its network; until disposed, its bridge name is taken.</summary>
internal sealed class DefinitionClaim(NetworkRegistry registry, NetworkActor network, NetworkDefinition definition) : IDisposable
{
    public NetworkActor Network { get; } = network;

    /// <summary>Checked and with all automatic values.</summary>
    public NetworkDefinition Definition { get; } = definition;

    public void Dispose() => registry.Release(this);
}
