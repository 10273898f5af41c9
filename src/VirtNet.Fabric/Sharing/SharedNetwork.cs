using System.Net;
using System.Text.Json.Serialization;

namespace VirtNet.Fabric.Sharing;

/// <summary>A network's definition as the shared store has it: what is the same on all hosts.</summary>
/// <param name="Vni">Its number between the hosts.</param>
/// <param name="Subnets">Its addresses.</param>
/// <param name="Host">Who changed it last.</param>
/// <param name="Autostart">Whether hosts start it by themselves.</param>
/// <param name="Xml">Without what each host has for itself.</param>
internal sealed record SharedNetwork(
    Guid Uuid, string Name, uint Vni, IReadOnlyList<string> Subnets, string Host, bool Autostart, string Xml)
{
    /// <summary>What two networks of a fabric cannot both have, as half a sentence; null = they do not meet.</summary>
    public string? ClashWith(SharedNetwork other) =>
        Name == other.Name ? $"the name is that of another network of the fabric ({other.Uuid}, of {other.Host})"
        : Vni == other.Vni ? $"VNI {Vni} is that of network {other.Name} of the fabric"
        : Overlap(other) is { } subnet ? $"its addresses overlap {subnet} of network {other.Name} of the fabric"
        : null;

    private string? Overlap(SharedNetwork other) => other.Subnets.FirstOrDefault(theirs => Subnets.Any(ours => Overlap(ours, theirs)));

    private static bool Overlap(string one, string another) =>
        IPNetwork.TryParse(one, out IPNetwork first) && IPNetwork.TryParse(another, out IPNetwork second)
        && (first.Contains(second.BaseAddress) || second.Contains(first.BaseAddress));
}

/// <summary>What is stored is JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(SharedNetwork))]
[JsonSerializable(typeof(FabricLease))]
internal sealed partial class SharingJson : JsonSerializerContext;
