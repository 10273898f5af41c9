using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

public class NetworkXmlGoldenTests
{
    public static TheoryData<string> Cases => GoldenFolder.CasesWith("in.xml");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_document_prints_in_libvirts_form(string name)
    {
        NetworkDefinition definition = NetworkXml.Parse(GoldenFolder.Read(name, "in.xml")).Definition;
        GoldenFolder.AssertMatches(name, "out.xml", NetworkXml.Format(definition));
    }

    [Theory]
    [InlineData("<a:b xmlns:a='urn:ä' k='ä'/>", "\n    <a:b xmlns:a=\"urn:ä\" k=\"&#xE4;\"/>\n")]
    [InlineData("<a:b xmlns:a='urn:a&amp;b'/>", "\n    <a:b xmlns:a=\"urn:a&amp;b\"/>\n")]
    public void Metadata_prints_as_libxml2_prints_it(string metadata, string printed) => Assert.Contains(
        printed, NetworkXml.Format(NetworkXml.Parse(Documents.Whole($"<metadata>{metadata}</metadata>")).Definition), StringComparison.Ordinal);

    [Fact]
    public void Metadata_is_indented_by_sixty_blanks_at_most()
    {
        string deep = "<a xmlns='urn:a'>" + string.Concat(Enumerable.Repeat("<b>", 40)) + string.Concat(Enumerable.Repeat("</b>", 40)) + "</a>";
        string[] lines = NetworkXml.Format(NetworkXml.Parse(Documents.Whole($"<metadata>{deep}</metadata>")).Definition).Split('\n');
        Assert.Equal(60, lines.Max(line => line.Length - line.TrimStart(' ').Length));
        Assert.Contains(new string(' ', 58) + "<b>", lines);
    }

    [Fact]
    public void A_line_for_dnsmasq_may_have_its_value_under_a_prefix() => Assert.Equal(["no-hosts"], NetworkXml.Parse(Documents.Whole(
        "<d:options xmlns:d='http://libvirt.org/schemas/network/dnsmasq/1.0'><d:option d:value='no-hosts'/></d:options>")).Definition.DnsmasqOptions);

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_was_printed_reads_back_as_the_same_definition(string name)
    {
        NetworkDefinition printed = NetworkXml.Parse(GoldenFolder.Read(name, "out.xml")).Definition;
        Assert.Equal(GoldenFolder.Read(name, "out.xml"), NetworkXml.Format(printed));
        Assert.Equal(printed, NetworkXml.Parse(NetworkXml.Format(printed)).Definition);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_that_is_printed_is_known_to_our_schema(string name) =>
        Assert.Empty(SchemaFaults.OfShape(GoldenFolder.Read(name, "out.xml")));
}
