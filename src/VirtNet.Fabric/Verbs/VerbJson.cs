using System.Text.Encodings.Web;
using System.Text.Json.Serialization;

namespace VirtNet.Fabric.Verbs;

/// <param name="Known">How the list was come by: <c>now</c> from etcd, or <c>last</c> where it cannot be asked.</param>
internal sealed record JsonMembers(string Known, IReadOnlyList<JsonMember> Members);

/// <param name="State"><c>up</c>, <c>down</c>, or <c>unknown</c> where etcd cannot be asked.</param>
/// <param name="IsThisHost">Whether it is the host that was asked.</param>
internal sealed record JsonMember(string Name, string Address, string State, string Version, bool IsThisHost);

/// <param name="Etcd">Why etcd cannot be followed; null = it is.</param>
/// <param name="Virtnetd">Why virtnetd cannot be asked; null = it can.</param>
/// <param name="Refusal">Why this host is no member; null = it is.</param>
internal sealed record JsonFabricStatus(
    string Name, string Address, bool Running, string? Etcd, string? Virtnetd, string? Refusal, int Members, int Up, int Networks,
    IReadOnlyList<JsonProblem> Problems);

/// <summary>A network that is not on this host what it is in the fabric.</summary>
internal sealed record JsonProblem(string Network, Guid Uuid, string Reason);

/// <summary>A network of the fabric.</summary>
internal sealed record JsonFabricSpan(
    string Name, Guid Uuid, uint Vni, IReadOnlyList<JsonSpanMember> Members, IReadOnlyList<JsonSpanBlock> Blocks);

/// <param name="State"><c>up</c> or <c>down</c>.</param>
/// <param name="Guests">How many have a lease there.</param>
internal sealed record JsonSpanMember(string Name, string Address, string State, int Guests);

/// <param name="Host">Who gives its addresses out.</param>
/// <param name="Used">How many of them guests have, on whatever host.</param>
internal sealed record JsonSpanBlock(string First, string Last, string Host, int Size, int Used);

internal sealed record JsonReflectors(IReadOnlyList<string> Reflectors);

internal sealed record JsonChecks(bool Passed, IReadOnlyList<JsonCheck> Checks);

/// <param name="Subject">Of whom: a URL of etcd, a member, or this host.</param>
internal sealed record JsonCheck(string Check, string Subject, bool Passed, string Detail)
{
    /// <summary>Of a session: since when it is so; null = never, or nobody knows.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Of a session of BGP: how many routes were received by it; null = there is none.</summary>
    public int? Routes { get; init; }
}

/// <summary>As virtnet-json(5) has failures; no server of libvirt's protocol is involved, so its numbers are 0.</summary>
internal sealed record JsonFailure(string Message, int Code, int Domain, string? Cause, IReadOnlyList<string> Hints);

/// <summary>Documents that verbs print.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonMembers))]
[JsonSerializable(typeof(JsonFabricStatus))]
[JsonSerializable(typeof(JsonFabricSpan))]
[JsonSerializable(typeof(JsonReflectors))]
[JsonSerializable(typeof(JsonChecks))]
[JsonSerializable(typeof(JsonFailure))]
internal sealed partial class VerbJson : JsonSerializerContext
{
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
}
