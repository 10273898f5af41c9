using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VirtNet.Fabric.Configuration;
using VirtNet.Fabric.Store;
using VirtNet.Model.Spanning;

namespace VirtNet.Fabric.Sharing;

/// <summary>A definition, and the store's revision that changed it last.</summary>
internal sealed record StoredNetwork(SharedNetwork Network, long ModRevision);

/// <summary>What the shared store held at one of its revisions. What is there and cannot be understood is as if it were not.</summary>
internal sealed record FabricView(long Revision)
{
    /// <summary>Which fabric this is; null = none yet.</summary>
    public string? Id { get; init; }

    public ImmutableDictionary<string, Member> Members { get; init; } = ImmutableDictionary<string, Member>.Empty;

    /// <summary>Names of members that run.</summary>
    public ImmutableHashSet<string> Alive { get; init; } = [];

    /// <summary>Names of members through which the others' bgpd hear from each other; some of them may be members no longer.</summary>
    public ImmutableList<string> Reflectors { get; init; } = [];

    public ImmutableDictionary<Guid, StoredNetwork> Networks { get; init; } = ImmutableDictionary<Guid, StoredNetwork>.Empty;

    /// <summary>Of each network the first addresses of blocks, and whose they are.</summary>
    public ImmutableDictionary<Guid, ImmutableDictionary<IPAddress, string>> Blocks { get; init; } =
        ImmutableDictionary<Guid, ImmutableDictionary<IPAddress, string>>.Empty;

    /// <summary>Of each network the addresses that guests have.</summary>
    public ImmutableDictionary<Guid, ImmutableDictionary<IPAddress, StoredLease>> Leases { get; init; } =
        ImmutableDictionary<Guid, ImmutableDictionary<IPAddress, StoredLease>>.Empty;

    /// <summary>The revision that changed a definition last; 0 = none has.</summary>
    public long GuardRevision { get; init; }

    public static FabricView Of(StoredRange range) => range.Entries.Aggregate(new FabricView(range.Revision), Put);

    /// <summary>With further changes.</summary>
    public FabricView With(StoreChanges changes) =>
        changes.Removed.Aggregate(changes.Put.Aggregate(this, Put), Remove) with { Revision = changes.Revision };

    /// <summary>The first addresses of a member's blocks of a network.</summary>
    public IEnumerable<IPAddress> BlocksOf(Guid network, string member) =>
        Blocks.TryGetValue(network, out ImmutableDictionary<IPAddress, string>? blocks)
            ? blocks.Where(block => block.Value == member).Select(block => block.Key)
            : [];

    /// <summary>What guests of a network have, by address.</summary>
    public ImmutableDictionary<IPAddress, StoredLease> LeasesOf(Guid network) =>
        Leases.GetValueOrDefault(network) ?? ImmutableDictionary<IPAddress, StoredLease>.Empty;

    /// <summary>A VNI that no definition has: one and the same for a network until somebody else takes it.</summary>
    /// <returns>0: there is none.</returns>
    public uint FreeVni(Guid network)
    {
        HashSet<uint> taken = [.. Networks.Values.Select(stored => stored.Network.Vni)];
        uint first = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(network.ToByteArray()));
        for (uint i = 0; i <= taken.Count; i++)
        {
            uint vni = 1 + ((first + i) % NetworkSpan.MaxVni);
            if (!taken.Contains(vni))
            {
                return vni;
            }
        }

        return 0;
    }

    private static FabricView Put(FabricView view, StoredEntry entry) => Place.Of(entry.Key) switch
    {
        Place.Host host when Read(entry.Value, SharingJson.Default.Member) is { } member && member.Name == host.Name
            && IPAddress.TryParse(member.Address, out _) =>
            view with { Members = view.Members.SetItem(host.Name, member) },
        Place.AliveHost host => view with { Alive = view.Alive.Add(host.Name) },
        Place.Network place when Read(entry.Value, SharingJson.Default.SharedNetwork) is { } network && network.Uuid == place.Uuid =>
            view with { Networks = view.Networks.SetItem(place.Uuid, new StoredNetwork(network, entry.ModRevision)) },
        Place.Block place => view with
        {
            Blocks = view.Blocks.SetItem(place.Owner, BlocksOf(view, place.Owner).SetItem(place.First, entry.Value)),
        },
        Place.Lease place when Read(entry.Value, SharingJson.Default.FabricLease) is { Host: { } whose } lease && HostName.IsValid(whose) => view with
        {
            Leases = view.Leases.SetItem(place.Owner, view.LeasesOf(place.Owner).SetItem(place.Address, new StoredLease(lease, entry.ModRevision))),
        },
        Place.Guard => view with { GuardRevision = entry.ModRevision },
        Place.Identity => view with { Id = entry.Value },
        Place.ReflectorList => view with { Reflectors = ReflectorList.Parse(entry.Value) },
        _ => view,
    };

    private static FabricView Remove(FabricView view, string key) => Place.Of(key) switch
    {
        Place.Host host => view with { Members = view.Members.Remove(host.Name) },
        Place.AliveHost host => view with { Alive = view.Alive.Remove(host.Name) },
        Place.Network place => view with { Networks = view.Networks.Remove(place.Uuid) },
        Place.Block place => BlocksOf(view, place.Owner).Remove(place.First) is { Count: > 0 } left
            ? view with { Blocks = view.Blocks.SetItem(place.Owner, left) }
            : view with { Blocks = view.Blocks.Remove(place.Owner) },
        Place.Lease place => view.LeasesOf(place.Owner).Remove(place.Address) is { Count: > 0 } left
            ? view with { Leases = view.Leases.SetItem(place.Owner, left) }
            : view with { Leases = view.Leases.Remove(place.Owner) },
        Place.Guard => view with { GuardRevision = 0 },
        Place.Identity => view with { Id = null },
        Place.ReflectorList => view with { Reflectors = [] },
        _ => view,
    };

    private static ImmutableDictionary<IPAddress, string> BlocksOf(FabricView view, Guid network) =>
        view.Blocks.GetValueOrDefault(network) ?? ImmutableDictionary<IPAddress, string>.Empty;

    private static T? Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a key is of.</summary>
    private abstract record Place
    {
        public static Place? Of(string key) =>
            key == FabricKeys.Guard ? new Guard()
            : key == FabricKeys.Id ? new Identity()
            : key == FabricKeys.Reflectors ? new ReflectorList()
            : After(key, FabricKeys.Hosts) is { } host ? new Host(host)
            : After(key, FabricKeys.Alive) is { } alive ? new AliveHost(alive)
            : After(key, FabricKeys.Networks) is { } network && Guid.TryParse(network, out Guid uuid) ? new Network(uuid)
            : After(key, FabricKeys.Blocks)?.Split('/') is [var of, var address] && Guid.TryParse(of, out Guid owner)
                && IPAddress.TryParse(address, out IPAddress? first) ? new Block(owner, first)
            : FabricKeys.TryReadLease(key, out Guid leased, out IPAddress? held) ? new Lease(leased, held)
            : null;

        private static string? After(string key, string prefix) =>
            key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : null;

        public sealed record Host(string Name) : Place;

        public sealed record AliveHost(string Name) : Place;

        public sealed record Network(Guid Uuid) : Place;

        public sealed record Block(Guid Owner, IPAddress First) : Place;

        public sealed record Lease(Guid Owner, IPAddress Address) : Place;

        public sealed record Guard : Place;

        public sealed record Identity : Place;

        public sealed record ReflectorList : Place;
    }
}
