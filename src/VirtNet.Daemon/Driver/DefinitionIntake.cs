using Microsoft.Extensions.Logging;
using VirtNet.Daemon.Networks;
using VirtNet.Model;
using VirtNet.Model.Xml;

namespace VirtNet.Daemon.Driver;

/// <summary>Takes in what clients define: the schema where they ask for it, the registry's checks, hints for the log.</summary>
internal sealed class DefinitionIntake(NetworkRegistry registry, ILogger<DefinitionIntake> logger)
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

        NetworkDocument document = NetworkXml.Parse(xml);
        DefinitionClaim claim = registry.Claim(
            complete is null ? document.Definition : complete(document.Definition));
        Warn(document, claim.Definition);
        return claim;
    }

    private void Warn(NetworkDocument document, NetworkDefinition definition)
    {
        foreach (XmlHint hint in document.Hints)
        {
            logger.DefinitionHint(definition.Name, hint.ToString());
        }

        IEnumerable<DhcpHost> unreachable = definition.Ips
            .SelectMany(ip => ip.Hosts)
            .Where(host => host.Address is { } address && !definition.Ips.Any(ip => ip.Network?.Contains(address) == true));
        foreach (DhcpHost host in unreachable)
        {
            logger.HostOutsideSubnet(definition.Name, host.Address!.ToString());
        }
    }
}
