using System.Text.Json.Serialization;
using VirtNet.Fabric.Definitions;

namespace VirtNet.Fabric.Syncing;

/// <summary>What this host and the fabric last agreed on about a network: what either has changed since is told by it.</summary>
/// <param name="ModRevision">The store's revision of the definition.</param>
/// <param name="Xml">What all hosts have alike.</param>
/// <param name="Hash">Of what the host had then, of that (<see cref="SpanDefinition.HashOf"/>).</param>
/// <param name="Ranges">The DHCP ranges that the host was given.</param>
internal sealed record SyncedNetwork(Guid Uuid, string Name, long ModRevision, string Xml, string Hash, IReadOnlyList<string> Ranges)
{
    /// <summary>It was undefined here, and the fabric does not know yet.</summary>
    public bool Undefined { get; init; }

    [JsonIgnore]
    public GivenDefinition Given => new(Xml, Ranges);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SyncedNetwork))]
internal sealed partial class SyncJson : JsonSerializerContext;
