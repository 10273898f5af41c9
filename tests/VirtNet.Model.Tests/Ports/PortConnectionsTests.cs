using VirtNet.Model.Ports;
using VirtNet.Model.Xml;
using static VirtNet.Model.Tests.Ports.TestPorts;

namespace VirtNet.Model.Tests.Ports;

public sealed class PortConnectionsTests
{
    [Fact]
    public void Live_XML_counts_the_ports_of_the_network_and_of_each_device()
    {
        NetworkDefinition network = Pool(ForwardMode.Vepa, "e0", "e1");
        NetworkPort[] ports = [Port(1).On("e1"), Port(2).On("e1"), Port(3).On("gone")];
        string live = NetworkXml.Format(network, PortConnections.ShownFor(ports));
        Assert.StartsWith("<network connections='3'>", live, StringComparison.Ordinal);
        Assert.Contains("    <interface dev='e0'/>\n    <interface dev='e1' connections='2'/>\n", live, StringComparison.Ordinal);
        Assert.Equal(NetworkXml.Format(network), NetworkXml.Format(network, PortConnections.ShownFor([])));
    }
}
