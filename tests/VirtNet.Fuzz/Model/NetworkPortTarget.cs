using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Model.Ports;
using VirtNet.Model.Xml;

namespace VirtNet.Fuzz.Model;

/// <summary>A network's port as a hypervisor's daemon asks for it.</summary>
internal sealed class NetworkPortTarget : TextTarget
{
    public const string Port =
        """
        <networkport><uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid>
          <owner><name>guest</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner><group>p</group>
          <mac address='52:54:00:7b:35:93'/><virtualport type='802.1Qbh'><parameters profileid='x'/></virtualport>
          <bandwidth classID='3'><inbound average='1' peak='2' burst='3' floor='2'/></bandwidth><vlan trunk='yes'><tag id='1'/><tag id='2'/></vlan>
          <port isolated='yes'/><rxfilters trustGuest='yes'/>
          <plug type='network' bridge='virbr0' macTableManager='kernel'/></networkport>
        """;

    private static readonly NetworkDefinition[] Networks = [.. XmlSeeds.Networks.Select(xml => NetworkXml.Parse(xml).Definition)];

    public override string Name => "networkport-xml";

    protected override IEnumerable<string> Texts =>
    [
        Port,
        Port.Replace("type='network' bridge='virbr0' macTableManager='kernel'", "type='direct' dev='eth0' mode='vepa'", StringComparison.Ordinal),
        Port.Replace(
            "<plug type='network' bridge='virbr0' macTableManager='kernel'/>",
            "<plug type='hostdev-pci' managed='yes'><driver name='vfio'/><address domain='0x0001' bus='0x02' slot='0x03' function='0x4'/></plug>",
            StringComparison.Ordinal),
    ];

    protected override IEnumerable<string> Terms =>
        [.. XmlSeeds.Words, "<plug type='", "hostdev-pci", "direct", "<owner>", "<uuid>", "<group>", "classID='", "floor='", "<rxfilters ", "<driver name='"];

    public override long AllocationBound(int length) => 128 * 1024 + (512 * length);

    protected override void Decode(string text) => Read(text);

    protected override void Check(string text)
    {
        if (Read(text) is not { } port)
        {
            return;
        }

        string printed = NetworkPortXml.Format(port);
        Require.Equal(port, Read(printed), "a port reads as it was printed");
        Require.Equal(printed, NetworkPortXml.Format(Read(printed)!), "a port prints the same again");
        foreach (NetworkDefinition network in Networks)
        {
            try
            {
                NetworkPort allocated = NetworkPortAllocator.Allocate(network, [], port, reclaim: false);
                Require.Equal(allocated, Read(NetworkPortXml.Format(allocated)), "an allocated port reads as it was printed");
            }
            catch (VirtNetException)
            {
                // the network has no such port
            }
        }
    }

    private static NetworkPort? Read(string xml)
    {
        try
        {
            return NetworkPortXml.Parse(xml);
        }
        catch (VirtNetException e)
        {
            Require.That(e.Message.Length > 0, "a refusal says why");
            return null;
        }
    }
}
