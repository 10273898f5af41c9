using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Model.Metadata;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;

namespace VirtNet.Fuzz.Model;

/// <summary>What any client may set as a network's extension, and any file may hold.</summary>
internal sealed class NetworkExtensionTarget : TextTarget
{
    private static readonly NetworkDefinition Network = NetworkXml.Parse(XmlSeeds.Networks.First()).Definition;

    public override string Name => "network-extension";

    protected override IEnumerable<string> Texts =>
    [
        """
        <network><publish-default address='127.0.0.1'/>
          <publish name='web' protocol='tcp' port='8443' address='203.0.113.5' interface='eth0' from='198.51.100.0/24' balance='source'>
            <to guest='web1' mac='52:54:00:00:00:02' port='443' weight='2'/><to address='10.1.0.12' port='443' backup='yes'/>
            <check protocol='http' path='/' port='443' interval='2' timeout='0.5' fall='3' rise='2'/></publish>
          <publish name='whole' address='203.0.113.6' claim='yes' force='yes'><to guest='db'/></publish>
          <publish protocol='udp' port='80,443,9000-9010'><to address='10.1.0.13' port='8000'/></publish>
          <publish protocol='sctp' port='7979' address='2001:db8::9'><to host='yes' port='8080'/></publish>
          <name match='*.apps.lab.test' address='10.1.0.51'/><name match='a' address='2001:db8::1'/>
          <peer network='lab2' protocol='tcp' port='5432'/><peer network='lab3'/></network>
        """,
        "<v:network xmlns:v='urn:virtnet:network:1'><v:publish port='1'><x xmlns='urn:x'/></v:publish></v:network>",
        "<network later='1'>t<publish protocol='tcp' port='auto'/><new/></network>",
    ];

    protected override IEnumerable<string> Terms =>
    [
        .. XmlSeeds.Words, "<publish ", "<to ", "<check ", "<peer ", "protocol='", "port='", "guest='", "weight='", "interval='", "from='", "match='", "host='yes'",
        "tcp", "udp", "http", "source", "1-65535", ",", "::1", "*.",
    ];

    public override long AllocationBound(int length) => 512 * 1024 + (2048 * length);

    protected override void Decode(string text) => Read(text);

    protected override void Check(string text)
    {
        if (Read(text) is not { } given)
        {
            return;
        }

        NetworkExtension sound = given with { Faults = [] };
        string printed = NetworkExtensionXml.Format(sound);
        Require.Equal(sound, Read(printed), "what could be read is printed so that it reads the same");
        Require.That(NetworkSchema.FindFaults(Document(printed)).Count == 0, "the schema allows what is in force");
        foreach (Publication publication in given.Publications)
        {
            Require.Equal(
                new Publication { Address = publication.Address, Protocol = publication.Protocol, Ports = publication.Ports },
                ListenText.Parse(publication.Listen),
                "where it listens reads as it is written");
        }

        if (given.Faults.Count == 0 && Stored(text) is { } stored)
        {
            Require.Equal(given, NetworkExtensionXml.Of(stored), "what is accepted is found again");
        }
    }

    private static string Document(string element) => $"<network><name>n</name><metadata>{element}</metadata></network>";

    private static NetworkDefinition? Stored(string text)
    {
        try
        {
            return NetworkMetadataEditor.Set(
                Network, NetworkMetadataType.Element, text, NetworkExtension.Prefix, NetworkExtension.Namespace);
        }
        catch (VirtNetException)
        {
            return null; // its root declares the prefix itself
        }
    }

    private static NetworkExtension? Read(string text)
    {
        try
        {
            return NetworkExtensionXml.Parse(text, Network);
        }
        catch (VirtNetException e)
        {
            Require.That(e.Message.Length > 0, "a refusal says why");
            return null;
        }
    }
}
