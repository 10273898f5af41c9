namespace VirtNet.Cli.Output;

/// <summary>What the fabric knows of a network, as virtnet-fabricd tells it in its document.</summary>
internal sealed record FabricSpan(IReadOnlyList<FabricMember> Members, IReadOnlyList<JsonSpanBlock> Blocks);

/// <summary>A host of the fabric, and how many guests of the network have a lease there.</summary>
internal sealed record FabricMember(string Name, string Address, string State, int Guests);

/// <summary>The document.</summary>
internal sealed record FabricSpanAnswer(FabricSpan Result);
