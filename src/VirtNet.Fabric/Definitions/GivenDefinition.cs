namespace VirtNet.Fabric.Definitions;

/// <summary>What a host was given of a definition of the fabric.</summary>
/// <param name="Xml">The fabric's.</param>
/// <param name="Ranges">The DHCP ranges in the host's own document, each as <see cref="AddressBlock.Format"/> writes it.</param>
internal sealed record GivenDefinition(string Xml, IReadOnlyList<string> Ranges);
