using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

/// <summary>The manual of definitions, virtnet-network(5), knows what the parser knows.</summary>
public class ManualTests
{
    private static readonly string[] Manual =
        File.ReadAllLines(Path.Combine(GoldenFolder.Root, "packaging", "man", "virtnet-network.5"));

    [Fact]
    public void Each_element_is_in_the_manual_with_all_its_attributes() =>
        Assert.All(All(NetworkShape.Root), element => Assert.Contains(
            $".B <{element.Name}{string.Concat(element.Attributes.Select(attribute => $" {attribute}="))}>", Manual));

    [Fact]
    public void The_manual_has_no_element_that_the_parser_does_not_know() => Assert.All(
        Manual.Where(line => line.StartsWith(".B <", StringComparison.Ordinal)).Select(line => line[4..].TrimEnd('>'))
            .Where(entry => !entry.StartsWith("vn:", StringComparison.Ordinal)),
        entry => Assert.Contains(
            entry.Split(' ')[0],
            (IEnumerable<string>)[.. All(NetworkShape.Root).Select(element => element.Name), "options", "option", "hookData"]));

    [Fact]
    public void The_extensions_elements_are_those_of_its_schema()
    {
        XNamespace xs = "http://www.w3.org/2001/XMLSchema";
        XElement schema = XElement.Load(Path.Combine(GoldenFolder.Root, "schemas", "virtnet-network-1.xsd"));
        IEnumerable<string> expected = schema.Descendants(xs + "element").Where(element => element.Attribute("type") is not null).Select(element =>
        {
            XElement type = schema.Elements(xs + "complexType").Single(type => type.Attribute("name")!.Value == element.Attribute("type")!.Value);
            IEnumerable<string> attributes = type.Elements(xs + "attribute").Select(attribute => $" {attribute.Attribute("name")!.Value}=");
            return $".B <vn:{element.Attribute("name")!.Value}{string.Concat(attributes)}>";
        });
        Assert.Equal(expected.Order(), Manual.Where(line => line.StartsWith(".B <vn:", StringComparison.Ordinal)).Order());
    }

    private static IEnumerable<ElementShape> All(ElementShape shape) => [shape, .. shape.Children.SelectMany(All)];
}
