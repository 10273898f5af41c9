using CsCheck;
using VirtNet.Model.Updates;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Updates;

public sealed class NetworkUpdatePropertyTests
{
    private static readonly NetworkDefinition Network = NetworkXml.Parse(
        """
        <network><name>n</name><bridge name='b0'/><mac address='52:54:00:00:00:99'/>
          <dns><txt name='t0' value='v'/><host ip='10.1.1.3'><hostname>h0</hostname></host></dns>
          <ip address='10.1.1.1' prefix='24'><dhcp>
            <range start='10.1.1.2' end='10.1.1.9'/><host mac='52:54:00:00:00:00' name='h0' ip='10.1.1.200'/>
          </dhcp></ip>
          <portgroup name='p0'/>
        </network>
        """).Definition;

    /// <summary>A section with an entry that the network above does not have.</summary>
    private static readonly Gen<(NetworkUpdateSection Section, string Xml)> Entry = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 99])
        .Select((kind, n) => kind switch
        {
            0 => (NetworkUpdateSection.IpDhcpHost, $"<host mac='52:54:00:00:00:{n:d2}' name='h{n}' ip='10.1.1.{n + 20}'/>"),
            1 => (NetworkUpdateSection.IpDhcpRange, $"<range start='10.1.1.{n + 10}' end='10.1.1.{n + 20}'/>"),
            2 => (NetworkUpdateSection.PortGroup, $"<portgroup name='p{n}'><vlan><tag id='{n}'/></vlan></portgroup>"),
            3 => (NetworkUpdateSection.DnsHost, $"<host ip='10.1.1.{n + 20}'><hostname>h{n}</hostname></host>"),
            4 => (NetworkUpdateSection.DnsTxt, $"<txt name='t{n}' value='v{n}'/>"),
            _ => (NetworkUpdateSection.DnsSrv, $"<srv service='s{n}' protocol='tcp' domain='d' target='x' port='{n}'/>"),
        });

    [Fact]
    public void What_was_added_can_be_deleted_and_then_was_never_there() =>
        Gen.Select(Entry, Gen.OneOf(NetworkUpdateCommand.AddFirst, NetworkUpdateCommand.AddLast)).Sample(
            (entry, command) =>
            {
                NetworkDefinition added = Apply(Network, command, entry);
                Assert.NotEqual(Network, added);
                Assert.Equal(added with { Bridge = Network.Bridge }, Read(added) with { Bridge = Network.Bridge });
                Assert.Throws<VirtNetException>(() => Apply(added, command, entry));
                Assert.Equal(Network, Apply(added, NetworkUpdateCommand.Delete, entry));
                Assert.Throws<VirtNetException>(() => Apply(Network, NetworkUpdateCommand.Delete, entry));
            },
            iter: 500);

    [Fact]
    public void Any_command_with_any_text_is_done_or_refused_and_nothing_worse() =>
        Gen.Select(Entry, Gen.UInt[0, 14], Gen.UInt[0, 6], Gen.Int[-2, 3], Gen.Double[0, 1], Gen.Char[' ', '~']).Sample(
            (entry, section, command, parent, place, replacement) =>
            {
                int index = (int)(place * entry.Xml.Length);
                string xml = entry.Xml[..index] + replacement + entry.Xml[Math.Min(index + 1, entry.Xml.Length)..];
                try
                {
                    NetworkDefinition changed = NetworkUpdater.Apply(
                        Network, (NetworkUpdateCommand)command, section > 12 ? entry.Section : (NetworkUpdateSection)section, parent, xml);
                    NetworkXml.Format(Read(changed));
                }
                catch (VirtNetException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            },
            iter: 1000);

    private static NetworkDefinition Apply(
        NetworkDefinition network, NetworkUpdateCommand command, (NetworkUpdateSection Section, string Xml) entry) =>
        NetworkUpdater.Apply(network, command, entry.Section, parentIndex: -1, entry.Xml);

    private static NetworkDefinition Read(NetworkDefinition network) => NetworkXml.Parse(NetworkXml.Format(network)).Definition;
}
