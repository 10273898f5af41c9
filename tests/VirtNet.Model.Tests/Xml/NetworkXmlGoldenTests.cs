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
