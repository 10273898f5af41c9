using CsCheck;
using VirtNet.Model.Metadata;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Metadata;

public sealed class MetadataPropertyTests
{
    private static readonly Gen<string> Name = Gen.OneOf("a", "b", "o:c", "p:d", "é");

    private static readonly Gen<string> Text = Gen.OneOf("", " ", "\n  ", "text", "t\n", "&lt;", "<![CDATA[x<y]]>", "<!-- c -->", "<?pi x?>");

    /// <summary>An element with all that metadata may hold; the prefixes o and p are its own.</summary>
    private static readonly Gen<string> Element =
        from root in Gen.OneOf("a", "b", "o:c")
        from inner in Inner(depth: 3)
        from attribute in Gen.OneOf("", " x='1'", " o:y='2'", " z='&#10;é\"'")
        select $"<{root} xmlns:o='urn:o' xmlns:p='urn:p'{attribute}>{inner}</{root}>";

    private static Gen<string> Inner(int depth) => depth == 0
        ? Text
        : Gen.Select(Text, Name, Inner(depth - 1), Inner(depth - 1), Text, (before, name, content, after, last) =>
            $"{before}<{name}>{content}</{name}>{after}{last}");

    [Fact]
    public void What_is_stored_survives_printing_and_comes_back_the_same_each_time() => Element.Sample(
        xml =>
        {
            NetworkDefinition set = NetworkMetadataEditor.Set(
                new NetworkDefinition { Name = "n" }, NetworkMetadataType.Element, xml, "k", "urn:k");
            NetworkDefinition read = NetworkXml.Parse(NetworkXml.Format(set)).Definition;
            Assert.Equal(set.Metadata, read.Metadata);
            string uri = Assert.Single(set.Metadata!.Elements).NamespaceUri;
            Assert.Equal(xml.StartsWith("<o:", StringComparison.Ordinal) ? "urn:o" : "urn:k", uri);
            string given = NetworkMetadataEditor.Get(read, NetworkMetadataType.Element, uri);
            if (uri == "urn:k")
            {
                NetworkDefinition again = NetworkMetadataEditor.Set(read, NetworkMetadataType.Element, given, "k", uri);
                Assert.Equal(given, NetworkMetadataEditor.Get(again, NetworkMetadataType.Element, uri));
            }
        },
        iter: 1000);
}
