using VirtNet.Model;

namespace VirtNet.Host;

/// <summary>Names one bridge of this host and no other that may take its place: what whoever hands it over has looked up.</summary>
/// <param name="Index">The kernel's number of the link.</param>
public sealed record BridgeMark(int Index, MacAddress Mac);
