namespace VirtNet.Host.Neighbours;

/// <summary>What firewalls may ask of a link besides its name.</summary>
/// <param name="Kind">bridge, veth, …; null = a device of no such kind.</param>
/// <param name="Group">0 = the group of all that nobody has put into another one.</param>
internal sealed record LinkTraits(string? Kind, uint Group);
