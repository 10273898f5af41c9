namespace VirtNet.Cli.Guests;

/// <summary>What is known about the network that an interface is on.</summary>
/// <param name="Addresses">Those that the interface was given there, with their prefixes.</param>
internal sealed record NetworkView(bool Active, string? Bridge, IReadOnlyList<string> Addresses);
