using VirtNet.Model.Metadata;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Publishing;

public class ExtensionIntakeTests
{
    private const string Later =
        "<publish name='new' protocol='tcp' port='auto'><to guest='a'/></publish><span group='7'/>"
        + "<publish name='capped' protocol='tcp' port='90' limit='5'><to guest='a'/></publish>";

    private const string Good = "<publish name='good' protocol='tcp' port='80'><to guest='a'/></publish>";

    private static readonly NetworkDefinition Plain =
        NetworkXml.Parse("<network><name>lab</name><ip address='192.168.122.1' prefix='24'/></network>").Definition;

    /// <summary>As after a downgrade: read from disk, where nobody refuses it.</summary>
    private static readonly NetworkDefinition Downgraded = Set(Plain, $"<network>{Later}{Good}</network>");

    [Fact]
    public void What_a_later_version_stored_is_kept_and_not_in_force_and_the_rest_is()
    {
        NetworkExtension read = NetworkExtensionXml.Of(Downgraded);
        Assert.Equal("good", Assert.Single(read.Publications).Name);
        Assert.Equal(3, read.Faults.Count);
        Assert.Contains("<span group=\"7\" />", read.Faults.Select(fault => fault.Part));
        Assert.All(read.Faults, fault => Assert.Null(fault.Position));
    }

    [Fact]
    public void Whoever_hands_the_definition_back_need_not_understand_it()
    {
        string document = NetworkXml.Format(Downgraded with { Title = "changed by a program" });
        NetworkDefinition again = NetworkXml.Parse(document).Definition;
        ExtensionIntake.CheckDocument(document, again, null, null, Downgraded);
        Assert.Equal(Downgraded.Metadata, again.Metadata);
    }

    [Fact]
    public void Whoever_adds_something_keeps_it()
    {
        const string More = $"<network>\n{Later}{Good}<name match='x' address='192.0.2.1'/></network>";
        NetworkDefinition changed = Set(Downgraded, More);
        ExtensionIntake.CheckElement(More, null, Downgraded, changed);
        Assert.Equal(3, NetworkExtensionXml.Of(changed).Faults.Count);
        Assert.Single(NetworkExtensionXml.Of(changed).Names);
    }

    [Theory]
    [InlineData("<span group='8'/>")]
    [InlineData("<publish name='new' protocol='tcp' port='auto'><to guest='b'/></publish>")]
    public void What_nobody_stored_is_refused(string part)
    {
        string element = $"<network>{Later}{part}</network>";
        VirtNetException refused = Assert.Throws<VirtNetException>(
            () => ExtensionIntake.CheckElement(element, null, Downgraded, Set(Downgraded, element)));
        Assert.Equal(VirErrorCode.XmlError, refused.Code);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_document_is_refused_with_the_places_in_it_each_on_a_line()
    {
        const string Document =
            "<network>\n <name>lab</name>\n <metadata>\n  <v:network xmlns:v='urn:virtnet:network:1'>\n   <v:publish/>\n   <v:bogus/>\n"
            + "  </v:network>\n  <w:network xmlns:w='urn:virtnet:network:1'/>\n </metadata>\n</network>";
        VirtNetException refused = Assert.Throws<VirtNetException>(
            () => ExtensionIntake.CheckDocument(Document, NetworkXml.Parse(Document).Definition, null, null));
        Assert.Equal(
            "XML error: urn:virtnet:network:1: line 5, column 4: <publish>: an address, or a protocol and a port, is needed\n"
            + "line 6, column 4: <network> has no element <bogus>\n"
            + "line 8, column 3: only the first element of urn:virtnet:network:1 counts",
            refused.Message);
        Assert.Equal(new XmlPosition(5, 4), refused.Position);
    }

    [Fact]
    public void Other_metadata_is_not_looked_at()
    {
        NetworkDefinition other = NetworkMetadataEditor.Set(Plain, NetworkMetadataType.Element, "<publish/>", "a", "urn:a");
        ExtensionIntake.CheckElement("<publish/>", null, Plain, other);
        ExtensionIntake.CheckElement("<publish/>", null, Downgraded, Downgraded);
        ExtensionIntake.CheckElement(null, null, Downgraded, Plain);
    }

    [Fact]
    public void An_element_that_brings_the_namespace_itself_is_looked_at()
    {
        const string Element = "<v:network xmlns:v='urn:virtnet:network:1'><v:bogus/></v:network>";
        NetworkDefinition changed = NetworkMetadataEditor.Set(Plain, NetworkMetadataType.Element, Element, "a", "urn:a");
        Assert.Throws<VirtNetException>(() => ExtensionIntake.CheckElement(Element, null, Plain, changed));
    }

    [Fact]
    public void A_publication_that_a_new_subnet_puts_outside_is_refused()
    {
        const string Element = "<network><publish protocol='tcp' port='80'><to address='192.168.122.9'/></publish></network>";
        NetworkDefinition sound = Set(Plain, Element);
        string moved = NetworkXml.Format(sound).Replace("192.168.122.1'", "192.168.99.1'", StringComparison.Ordinal);
        VirtNetException refused = Assert.Throws<VirtNetException>(
            () => ExtensionIntake.CheckDocument(moved, NetworkXml.Parse(moved).Definition, null, sound));
        Assert.Contains("outside the network", refused.Message, StringComparison.Ordinal);
    }

    private static NetworkDefinition Set(NetworkDefinition network, string element) => NetworkMetadataEditor.Set(
        network, NetworkMetadataType.Element, element, NetworkExtension.Prefix, NetworkExtension.Namespace);
}
