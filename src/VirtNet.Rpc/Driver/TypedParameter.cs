namespace VirtNet.Rpc.Driver;

/// <summary>A named value of one of libvirt's parameter types.</summary>
/// <param name="Value">int, uint, long, ulong, double, bool or string.</param>
public sealed record TypedParameter(string Name, object Value);
