using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary><c>&lt;peer network= protocol= port=/&gt;</c>.</summary>
internal static class NetworkPeerXml
{
    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    /// <exception cref="VirtNetException">It has a form that this version does not know.</exception>
    public static NetworkPeer Parse(XElement peer)
    {
        peer.AllowOnly(["network", "protocol", "port"]);
        NetworkPeer parsed = new(peer.RequiredText("network"), peer.OptionalProtocol(), peer.Ports());
        return parsed is { Protocol: null, Ports.Count: > 0 }
            ? throw peer.At("port").XmlError("<peer> with a port needs a protocol")
            : parsed;
    }

    public static XElement Format(NetworkPeer peer) => new(Ns + "peer",
        new XAttribute("network", peer.Network),
        ElementWriting.Attribute("protocol", peer.Protocol?.Name()),
        ElementWriting.Attribute("port", peer.Ports.Count > 0 ? PortRange.Format(peer.Ports) : null));
}
