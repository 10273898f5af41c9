using System.Xml;
using System.Xml.Linq;
using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Tests.Fakes;

/// <summary>A daemon in memory: as much of libvirt's behaviour as commands can see.</summary>
internal sealed class FakeNetworkDriver : INetworkDriver
{
    private static readonly Dictionary<string, uint> Filters = new() { ["inactive"] = 1, ["active"] = 2 };

    public List<FakeNetwork> Networks { get; } = [];

    /// <summary>Thrown by every call that changes something.</summary>
    public VirtNetException? Refusal { get; set; }

    /// <summary>Thrown by a start.</summary>
    public VirtNetException? StartRefusal { get; set; }

    /// <summary>Why metadata is not changed so.</summary>
    public Func<MetadataChange, VirtNetException?> RefusesMetadata { get; set; } = _ => null;

    /// <summary>Runs when somebody reads metadata.</summary>
    public Action<FakeNetwork>? MetadataRead { get; set; }

    /// <summary>Questions for leases are left unanswered.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whose leases it was asked for; null = everybody's.</summary>
    public List<string?> LeaseQuestions { get; } = [];

    public FakeNetwork Add(string name, string uuid = "", bool active = false, bool autostart = false)
    {
        FakeNetwork network = new(name, uuid.Length == 0 ? Guid.NewGuid() : Guid.Parse(uuid))
        {
            Active = active,
            Autostart = autostart,
        };
        Networks.Add(network);
        return network;
    }

    public Task<IReadOnlyList<NetworkRef>> ListNetworksAsync(uint flags, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<NetworkRef>>(
        [
            .. Networks.Where(network =>
                    Passes(flags, Filters["active"], network.Active, Filters["inactive"])
                    && Passes(flags, 4, network.Persistent, 8)
                    && Passes(flags, 16, network.Autostart, 32))
                .Select(network => network.Ref),
        ]);

    public Task<NetworkRef> LookupByNameAsync(string name, CancellationToken cancellationToken) =>
        Networks.Find(network => network.Ref.Name == name) is { } found
            ? Task.FromResult(found.Ref)
            : Task.FromException<NetworkRef>(VirtNetException.NoNetworkWithName(name));

    public Task<NetworkRef> LookupByUuidAsync(Guid uuid, CancellationToken cancellationToken) =>
        Networks.Find(network => network.Ref.Uuid == uuid) is { } found
            ? Task.FromResult(found.Ref)
            : Task.FromException<NetworkRef>(VirtNetException.NoNetworkWithUuid(uuid));

    public Task<NetworkRef> DefineAsync(string xml, uint flags, CancellationToken cancellationToken) =>
        Change(() => Load(xml, active: null).Ref);

    public Task<NetworkRef> CreateAsync(string xml, uint flags, CancellationToken cancellationToken) =>
        Change(() => Load(xml, active: true).Ref);

    public Task StartAsync(NetworkRef network, CancellationToken cancellationToken) => Change(() =>
    {
        FakeNetwork found = Find(network);
        found.Active = StartRefusal is { } refusal ? throw refusal
            : !found.Active ? true : throw VirtNetException.OperationInvalid("network is already active");
        return true;
    });

    public Task DestroyAsync(NetworkRef network, CancellationToken cancellationToken) => Change(() =>
    {
        FakeNetwork found = Find(network);
        found.Active = found.Active
            ? false
            : throw VirtNetException.OperationInvalid($"network '{network.Name}' is not active");
        return found.Persistent || Networks.Remove(found);
    });

    public Task UndefineAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Change(() => Networks.Remove(Find(network)));

    public Task<NetworkRef> RenameAsync(NetworkRef network, string name) => Change(() =>
    {
        FakeNetwork old = Find(network);
        if (old.Active)
        {
            throw VirtNetException.OperationInvalid($"cannot rename network '{network.Name}' while it is active: guests are plugged into it");
        }

        Networks.Remove(old);
        return Add(name, network.Uuid.ToString(), autostart: old.Autostart).Ref;
    });

    public Task<string> GetXmlAsync(NetworkRef network, uint flags, CancellationToken cancellationToken) =>
        Task.FromResult((flags & 1) != 0 ? Find(network).InactiveXml ?? Find(network).Xml : Find(network).Xml);

    public Task<string> GetBridgeNameAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Find(network).Bridge is { } bridge
            ? Task.FromResult(bridge)
            : Task.FromException<string>(
                VirtNetException.Internal($"network '{network.Name}' does not have a bridge name."));

    public Task<bool> GetAutostartAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult(Find(network).Autostart);

    public Task SetAutostartAsync(NetworkRef network, bool autostart, CancellationToken cancellationToken) =>
        Change(() => Find(network).Autostart = autostart);

    public Task<bool> IsActiveAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult(Find(network).Active);

    public Task<bool> IsPersistentAsync(NetworkRef network, CancellationToken cancellationToken) =>
        Task.FromResult(Find(network).Persistent);

    public Task UpdateAsync(NetworkRef network, NetworkUpdateRequest request, CancellationToken cancellationToken) =>
        Change(() =>
        {
            Find(network).Updates.Add(request);
            return true;
        });

    public async Task<IReadOnlyList<DhcpLease>> GetDhcpLeasesAsync(
        NetworkRef network, string? mac, uint flags, CancellationToken cancellationToken)
    {
        LeaseQuestions.Add(mac);
        if (IsSilent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        return await LeasesAsync(network, mac);
    }

    private Task<IReadOnlyList<DhcpLease>> LeasesAsync(NetworkRef network, string? mac) =>
        mac == "zz"
            ? Task.FromException<IReadOnlyList<DhcpLease>>(
                new VirtNetException(VirErrorCode.InvalidMac, $"invalid MAC address: {mac}"))
            : Task.FromResult<IReadOnlyList<DhcpLease>>(
                [.. Find(network).Leases.Where(lease => mac is null || lease.Mac == mac)]);

    public Task SetMetadataAsync(NetworkRef network, MetadataChange change, CancellationToken cancellationToken) =>
        Change(() =>
        {
            if (RefusesMetadata(change) is { } refusal)
            {
                throw refusal;
            }

            FakeNetwork found = Find(network);
            found.MetadataChanges.Add(change);
            foreach (Dictionary<string, string> metadata in MetadataOf(found, change.Flags))
            {
                metadata.Remove(MetadataKey(change.Type, change.Uri));
                if (!string.IsNullOrEmpty(change.Value))
                {
                    metadata[MetadataKey(change.Type, change.Uri)] = change.Value;
                }
            }

            return true;
        });

    public Task<string> GetMetadataAsync(
        NetworkRef network, int type, string? uri, uint flags, CancellationToken cancellationToken)
    {
        MetadataRead?.Invoke(Find(network));
        return MetadataOf(Find(network), flags).First().TryGetValue(MetadataKey(type, uri), out string? value)
            ? Task.FromResult(value)
            : Task.FromException<string>(
                new VirtNetException(VirErrorCode.NoNetworkMetadata, "metadata not found: Requested metadata not present"));
    }

    /// <summary>The copies that virNetworkUpdateFlags mean.</summary>
    private static IEnumerable<Dictionary<string, string>> MetadataOf(FakeNetwork network, uint flags) =>
        network.InactiveMetadata is not { } inactive ? [network.Metadata]
        : flags switch { 2 => [inactive], 3 => [network.Metadata, inactive], _ => [network.Metadata] };

    public Task<IReadOnlyList<NetworkPortRef>> ListPortsAsync(
        NetworkRef network, uint flags, CancellationToken cancellationToken) =>
        Find(network).Active
            ? Task.FromResult<IReadOnlyList<NetworkPortRef>>(
                [.. Find(network).Ports.Keys.Select(uuid => new NetworkPortRef(network, uuid))])
            : Task.FromException<IReadOnlyList<NetworkPortRef>>(
                VirtNetException.OperationInvalid($"network '{network.Name}' is not active"));

    public Task<NetworkPortRef> LookupPortAsync(NetworkRef network, Guid uuid, CancellationToken cancellationToken) =>
        Find(network).Ports.ContainsKey(uuid)
            ? Task.FromResult(new NetworkPortRef(network, uuid))
            : Task.FromException<NetworkPortRef>(new VirtNetException(
                VirErrorCode.NoNetworkPort, $"network port not found: no network port with matching UUID '{uuid}'"));

    public Task<NetworkPortRef> CreatePortAsync(
        NetworkRef network, string xml, uint flags, CancellationToken cancellationToken) => Change(() =>
    {
        Guid uuid = Guid.Parse(XElement.Parse(xml).Element("uuid")!.Value);
        Find(network).Ports.Add(uuid, xml);
        return new NetworkPortRef(network, uuid);
    });

    public Task<string> GetPortXmlAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken) =>
        Task.FromResult(Find(port.Network).Ports[port.Uuid]);

    public Task DeletePortAsync(NetworkPortRef port, uint flags, CancellationToken cancellationToken) =>
        Change(() => Find(port.Network).Ports.Remove(port.Uuid));

    public Task<IReadOnlyList<TypedParameter>> GetPortParametersAsync(
        NetworkPortRef port, uint flags, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TypedParameter>>([]);

    public Task SetPortParametersAsync(
        NetworkPortRef port, IReadOnlyList<TypedParameter> parameters, uint flags, CancellationToken cancellationToken) =>
        Change(() => true);

    private static bool Passes(uint flags, uint yes, bool value, uint no) =>
        (flags & (yes | no)) == 0 || (flags & (value ? yes : no)) != 0;

    private static string MetadataKey(int type, string? uri) => $"{type} {uri}";

    private FakeNetwork Find(NetworkRef network) =>
        Networks.Find(candidate => candidate.Ref.Uuid == network.Uuid)
        ?? throw VirtNetException.NoNetwork(network.Uuid, network.Name);

    private FakeNetwork Load(string xml, bool? active)
    {
        XElement root;
        try
        {
            root = XElement.Parse(xml);
        }
        catch (XmlException)
        {
            throw VirtNetException.XmlDetail("at line 1: broken\n<\n-^");
        }

        string name = root.Element("name")?.Value
            ?? throw new VirtNetException(VirErrorCode.NoName, "missing name information");
        Networks.RemoveAll(network => network.Ref.Name == name);
        FakeNetwork network = Add(name, root.Element("uuid")?.Value ?? "", active ?? false);
        network.Persistent = active is null;
        network.Xml = xml;
        return network;
    }

    private Task<T> Change<T>(Func<T> change)
    {
        try
        {
            return Task.FromResult(Refusal is null ? change() : throw Refusal);
        }
        catch (VirtNetException e)
        {
            return Task.FromException<T>(e);
        }
    }
}
