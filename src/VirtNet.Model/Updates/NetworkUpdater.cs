using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Updates;

/// <summary>
/// Changes one entry of a definition, as virNetworkUpdate does. Pure: the caller applies it to the live or the persistent
/// definition or to both, and keeps neither result unless all succeeded.
/// </summary>
public static class NetworkUpdater
{
    /// <param name="parentIndex">Which <c>&lt;ip&gt;</c> the sections of DHCP mean; -1 = the one that fits best.</param>
    /// <param name="xml">The element alone: whole for adding, as much as finds the entry for deleting.</param>
    /// <param name="ports">The ports of the running network when the live definition is changed.</param>
    /// <exception cref="VirtNetException">With libvirt's code and text; unknown numbers are refused with 84.</exception>
    public static NetworkDefinition Apply(
        NetworkDefinition definition,
        NetworkUpdateCommand command,
        NetworkUpdateSection section,
        int parentIndex,
        string xml,
        IReadOnlyCollection<NetworkPort>? ports = null)
    {
        UpdateRequest request = new(definition, command, parentIndex, XmlSource.Read(xml));
        NetworkDefinition changed = section switch
        {
            NetworkUpdateSection.Bridge => throw NoSupport("bridge", definition),
            NetworkUpdateSection.Domain => throw NoSupport("domain", definition),
            NetworkUpdateSection.Ip => throw NoSupport("ip", definition),
            NetworkUpdateSection.Forward => throw NoSupport("forward", definition),
            NetworkUpdateSection.ForwardPf => throw NoSupport("forward pf", definition),
            NetworkUpdateSection.IpDhcpHost => DhcpHostUpdate.Apply(request),
            NetworkUpdateSection.IpDhcpRange => DhcpRangeUpdate.Apply(request),
            NetworkUpdateSection.ForwardInterface => ForwardInterfaceUpdate.Apply(request, ports ?? []),
            NetworkUpdateSection.PortGroup => PortGroupUpdate.Apply(request),
            NetworkUpdateSection.DnsHost => DnsHostUpdate.Apply(request),
            NetworkUpdateSection.DnsTxt => DnsTxtUpdate.Apply(request),
            NetworkUpdateSection.DnsSrv => DnsSrvUpdate.Apply(request),
            _ => throw VirtNetException.OperationUnsupported("can't update unrecognized section of network"),
        };

        // What one entry alone does not show (a second interface of a NAT network, say) shows when the whole is read again.
        NetworkXml.Parse(NetworkXml.Format(changed));
        return changed;
    }

    private static VirtNetException NoSupport(string section, NetworkDefinition definition) =>
        VirtNetException.OperationUnsupported($"can't update '{section}' section of network '{definition.Name}'");
}
