using System.Net;
using System.Text.Json.Serialization;

namespace VirtNet.Fabric.Sharing;

/// <summary>A host of the fabric, as the shared store has it.</summary>
/// <param name="Id">Made up when it joined: another host of the same name has another one.</param>
/// <param name="Address">Where the others reach it.</param>
/// <param name="Version">Of its program.</param>
internal sealed record Member(string Name, Guid Id, string Address, string Version)
{
    /// <summary>Where its speaker of BGP listens; 0 = it has none.</summary>
    public int BgpPort { get; init; }

    /// <summary>The autonomous system that its speaker says it is; 0 = it has none, or does not say.</summary>
    public uint BgpAsn { get; init; }

    [JsonIgnore]
    public IPAddress Ip => IPAddress.Parse(Address);
}
