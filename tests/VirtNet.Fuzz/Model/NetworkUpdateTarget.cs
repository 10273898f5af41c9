using System.Text;
using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Model.Updates;
using VirtNet.Model.Xml;

namespace VirtNet.Fuzz.Model;

/// <summary>One change to a definition: octets for command, section, parent and definition, then its XML.</summary>
internal sealed class NetworkUpdateTarget : FuzzTarget
{
    private const int HeadLength = 4;

    private static readonly NetworkDefinition[] Networks = [.. XmlSeeds.Networks.Select(xml => NetworkXml.Parse(xml).Definition)];

    public override string Name => "network-update";

    public override int MaxLength => 2048;

    public override IEnumerable<byte[]> Seeds =>
    [
        Update(3, NetworkUpdateSection.IpDhcpHost, "<host mac='52:54:00:00:00:09' name='new' ip='10.1.0.6'/>"),
        Update(2, NetworkUpdateSection.IpDhcpHost, "<host mac='52:54:00:00:00:02'/>"),
        Update(1, NetworkUpdateSection.IpDhcpHost, "<host mac='52:54:00:00:00:02' name='h2' ip='10.1.0.5'/>"),
        Update(4, NetworkUpdateSection.IpDhcpRange, "<range start='10.1.0.30' end='10.1.0.40'/>"),
        Update(2, NetworkUpdateSection.IpDhcpRange, "<range start='10.1.0.10' end='10.1.0.20'/>"),
        Update(3, NetworkUpdateSection.ForwardInterface, "<interface dev='eth1'/>"),
        Update(3, NetworkUpdateSection.PortGroup, "<portgroup name='q' default='yes'><vlan><tag id='1'/></vlan></portgroup>"),
        Update(3, NetworkUpdateSection.DnsHost, "<host ip='10.1.0.3'><hostname>k</hostname></host>"),
        Update(2, NetworkUpdateSection.DnsHost, "<host><hostname>h</hostname></host>"),
        Update(3, NetworkUpdateSection.DnsTxt, "<txt name='c' value='d'/>"),
        Update(3, NetworkUpdateSection.DnsSrv, "<srv service='x' protocol='udp' port='1' target='t'/>"),
        Update(1, NetworkUpdateSection.Bridge, "<bridge name='b'/>"),
    ];

    public override IReadOnlyList<byte[]> Words => [.. XmlSeeds.Words.Select(Encoding.UTF8.GetBytes)];

    // The entry is read, the whole is printed and read again.
    public override long AllocationBound(int length) => 512 * 1024 + (1024 * length);

    public override void Decode(ReadOnlySpan<byte> input) => Apply(input);

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (Apply(input) is { } changed)
        {
            string printed = NetworkXml.Format(changed);
            Require.Equal(printed, NetworkXml.Format(NetworkXml.Parse(printed).Definition), "a changed definition prints, reads and prints the same");
        }
    }

    private static byte[] Update(byte command, NetworkUpdateSection section, string xml) =>
        [command, (byte)section, 1, 0, .. Encoding.UTF8.GetBytes(xml)];

    private static NetworkDefinition? Apply(ReadOnlySpan<byte> input)
    {
        if (input.Length < HeadLength)
        {
            return null;
        }

        try
        {
            return NetworkUpdater.Apply(
                Networks[input[3] % Networks.Length],
                (NetworkUpdateCommand)(input[0] % 6),
                (NetworkUpdateSection)(input[1] % 14),
                parentIndex: (input[2] % 5) - 1,
                Encoding.UTF8.GetString(input[HeadLength..]));
        }
        catch (VirtNetException)
        {
            return null;
        }
    }
}
