using VirtNet.Fabric.Local;
using VirtNet.Model;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Fabric.Tests.Fakes;

/// <summary>A host's networks as virtnetd keeps them: names are unique, and a network without a bridge's name gets one.</summary>
internal sealed class FakeLocalNetworks : ILocalNetworks
{
    private readonly Dictionary<Guid, LocalNetwork> _networks = [];
    private int _bridges;

    /// <summary>Whatever is defined is refused with this.</summary>
    public string? Refusal { get; set; }

    /// <summary>What every definition gets in addition.</summary>
    public string? Adds { get; set; }

    public int Definitions { get; private set; }

    public Dictionary<Guid, List<string>> Leases { get; } = [];

    public IReadOnlyList<Guid> Uuids => [.. _networks.Keys];

    public string XmlOf(Guid uuid) => _networks[uuid].Xml;

    public LocalNetwork? Get(Guid uuid) => _networks.GetValueOrDefault(uuid);

    /// <summary>What runs is another definition than the persistent one.</summary>
    public void Run(Guid uuid, string xml) => _networks[uuid] = _networks[uuid] with { LiveXml = xml };

    public void Activate(Guid uuid) => _networks[uuid] = _networks[uuid] with { LiveXml = _networks[uuid].Xml };

    public Task<IReadOnlyList<NetworkRef>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<NetworkRef>>([.. _networks.Values.Select(network => network.Ref)]);

    /// <summary>What somebody else does before each time that a network is looked at.</summary>
    public Queue<Action> WhileFinding { get; } = [];

    public Task<LocalNetwork?> FindAsync(Guid uuid, CancellationToken cancellationToken)
    {
        if (WhileFinding.TryDequeue(out Action? happens))
        {
            happens();
        }

        return Task.FromResult(Get(uuid));
    }

    public Task<NetworkRef> DefineAsync(string xml, bool isActive, CancellationToken cancellationToken)
    {
        NetworkDefinition definition = NetworkXml.Parse(Adds is null ? xml : xml.Replace("<ip ", Adds + "<ip ", StringComparison.Ordinal)).Definition;
        Guid uuid = definition.Uuid ?? Guid.NewGuid();
        if (Refusal is not null || _networks.Values.Any(other => (other.Ref.Name == definition.Name) != (other.Ref.Uuid == uuid)))
        {
            throw VirtNetException.OperationFailed(Refusal ?? $"network '{definition.Name}' already exists with another UUID");
        }

        Definitions++;
        NetworkRef network = new(definition.Name, uuid);
        Bridge bridge = definition.Bridge ?? new Bridge();
        string stored = NetworkXml.Format(definition with
        {
            Uuid = uuid,
            Bridge = bridge.Name is null ? bridge with { Name = $"virbr{_bridges++}" } : bridge,
        });
        LocalNetwork? before = Get(uuid);
        _networks[uuid] = new LocalNetwork(network, stored, isActive ? stored : before?.LiveXml, before?.Autostart ?? false);
        return Task.FromResult(network);
    }

    public Task<NetworkRef> RenameAsync(NetworkRef network, string name, CancellationToken cancellationToken)
    {
        LocalNetwork before = _networks[network.Uuid];
        NetworkRef renamed = network with { Name = name };
        _networks[network.Uuid] = before with { Ref = renamed, Xml = NetworkXml.Format(NetworkXml.Parse(before.Xml).Definition with { Name = name }) };
        return Task.FromResult(renamed);
    }

    public Task StartAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        Activate(network.Uuid);
        return Task.CompletedTask;
    }

    public Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        _networks.Remove(network.Uuid);
        return Task.CompletedTask;
    }

    public Task SetAutostartAsync(NetworkRef network, bool autostart, CancellationToken cancellationToken)
    {
        _networks[network.Uuid] = _networks[network.Uuid] with { Autostart = autostart };
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> LeasedAddressesAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(Leases.GetValueOrDefault(network.Uuid) ?? []);

    /// <summary>What each network's leases are.</summary>
    public Dictionary<Guid, SharedLeases> Shared { get; } = [];

    /// <summary>What was told of other hosts, in order.</summary>
    public List<LeaseSharing> Told { get; } = [];

    public uint? Linked { get; private set; }

    /// <summary>What happens while leases are asked for.</summary>
    public Func<Task>? WhileListing { get; set; }

    public async Task<SharedLeases> LeasesAsync(NetworkRef network, CancellationToken cancellationToken)
    {
        SharedLeases leases = Shared.GetValueOrDefault(network.Uuid) ?? new SharedLeases(Host: null, []);
        Func<Task>? happens = WhileListing;
        WhileListing = null;
        await (happens?.Invoke() ?? Task.CompletedTask);
        return leases;
    }

    /// <summary>What goes wrong with whatever is told.</summary>
    public Exception? Failure { get; set; }

    public Task ShareLeasesAsync(NetworkRef network, LeaseSharing sharing, CancellationToken cancellationToken)
    {
        Told.Add(sharing);
        return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
    }

    /// <summary>What was said to keep networks from being shared.</summary>
    public List<string?> Obstacles { get; } = [];

    public Task TellSharedAsync(NetworkRef network, string? obstacle, CancellationToken cancellationToken)
    {
        Obstacles.Add(obstacle);
        return Task.CompletedTask;
    }

    public Task KeepLinkedAsync(uint seconds, string? outage, CancellationToken cancellationToken)
    {
        Linked = seconds;
        return Task.CompletedTask;
    }
}
