using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Files;
using VirtNet.Daemon.Networks;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Services.Networks;

namespace VirtNet.Daemon.Driver;

/// <summary>Takes in what clients define: the schema where they ask for it, the registry's checks, hints for the log.</summary>
internal sealed class DefinitionIntake(NetworkRegistry registry, NetworkEnvironment environment, ILogger<DefinitionIntake> logger)
{
    /// <param name="complete">Fills in, before anything is made up, what the definition leaves open.</param>
    /// <exception cref="VirtNetException">The document, or what it says, is refused.</exception>
    public DefinitionClaim Claim(
        string xml, bool validate, Func<NetworkDefinition, NetworkDefinition>? complete = null)
    {
        if (validate)
        {
            NetworkSchema.Validate(xml);
        }

        NetworkDocument document = Read(xml, complete);
        DefinitionClaim claim = registry.Claim(SpanDefaults.Complete(document.Definition));
        Warn(document, claim.Definition);
        return claim;
    }

    /// <summary>Reads a document, also what it says beyond libvirt's XML.</summary>
    /// <inheritdoc cref="Claim"/>
    public NetworkDocument Read(string xml, Func<NetworkDefinition, NetworkDefinition>? complete = null)
    {
        NetworkDocument document = NetworkXml.Parse(xml);
        NetworkDefinition given = complete is null ? document.Definition : complete(document.Definition);
        NetworkSnapshot? stored = Find(given)?.Snapshot;
        ExtensionIntake.CheckDocument(xml, given, environment.Publishing.HostDefault, stored?.Live, stored?.Config);
        return document with { Definition = given };
    }

    /// <summary>What will not be as the definition says, or keeps it from being started, as far as it depends on no other thing.</summary>
    public IEnumerable<string> Warnings(NetworkDefinition definition)
    {
        ServiceVerdict verdict = environment.Services.Examine(definition);
        VirtNetException? refused = environment.StateFiles.WhyNeverSaved(definition.Name) ?? verdict.Refusal
            ?? environment.Host.WhyNeverStarted(definition);
        string? limit = definition is { OwnsBridge: true, BridgeName: { } bridge } ? InterfaceName.WhyImpossible(bridge) : null;
        IEnumerable<string> refusal =
            refused is null ? [] : [$"the network will not start: {refused.Message}{(limit is null ? "" : $" ({limit})")}"];
        IEnumerable<string> notInForce = environment.Publishing.ExtensionOf(definition).Faults
            .Select(fault => $"in its metadata, {fault.Part} is not in force: {fault.Text}");
        return DefinitionWarnings.Of(definition).Concat(notInForce).Concat(verdict.Warnings).Concat(refusal);
    }

    /// <summary>Tells the log.</summary>
    public void Warn(NetworkDefinition definition)
    {
        foreach (string warning in Warnings(definition))
        {
            logger.DefinitionHint(definition.Name, warning);
        }
    }

    /// <summary>The network that a definition is for, if there is one.</summary>
    private NetworkActor? Find(NetworkDefinition given) =>
        (given.Uuid is { } uuid ? registry.TryFind(uuid, out NetworkActor? network) : registry.TryFind(given.Name, out network)) ? network : null;

    private void Warn(NetworkDocument document, NetworkDefinition definition)
    {
        foreach (XmlHint hint in document.Hints)
        {
            logger.DefinitionHint(definition.Name, hint.ToString());
        }

        Warn(definition);
    }
}
