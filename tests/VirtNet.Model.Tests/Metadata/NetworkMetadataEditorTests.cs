using VirtNet.Model.Metadata;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Metadata;

public sealed class NetworkMetadataEditorTests
{
    private const string Uri = "http://x.org/";

    private static readonly NetworkDefinition Plain = new() { Name = "n" };

    [Theory]
    [InlineData(NetworkMetadataType.Description)]
    [InlineData(NetworkMetadataType.Title)]
    public void Text_that_was_set_is_read_back_and_removed_by_nothing_or_an_empty_text(NetworkMetadataType type)
    {
        NetworkDefinition set = NetworkMetadataEditor.Set(Plain, type, "some text", key: null, uri: null);
        Assert.Equal("some text", NetworkMetadataEditor.Get(set, type, uri: null));
        Assert.Equal(Plain, NetworkMetadataEditor.Set(set, type, "", key: null, uri: null));
        Assert.Equal(Plain, NetworkMetadataEditor.Set(set, type, value: null, key: null, uri: null));
        Assert.Equal(Plain, NetworkMetadataEditor.Set(Plain, type, value: null, key: null, uri: null));
    }

    [Theory]
    [InlineData(NetworkMetadataType.Description, null)]
    [InlineData(NetworkMetadataType.Title, null)]
    [InlineData(NetworkMetadataType.Element, Uri)]
    public void What_is_absent_cannot_be_read(NetworkMetadataType type, string? uri)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkMetadataEditor.Get(Plain, type, uri));
        Assert.Equal(VirErrorCode.NoNetworkMetadata, refused.Code);
        Assert.Equal("metadata not found: Requested metadata element is not present", refused.Message);
    }

    [Fact]
    public void A_title_stays_on_one_line_and_a_description_need_not()
    {
        Assert.Equal("a\nb", NetworkMetadataEditor.Set(Plain, NetworkMetadataType.Description, "a\nb", null, null).Description);
        Refused("metadata title can't contain newlines",
            () => NetworkMetadataEditor.Set(Plain, NetworkMetadataType.Title, "a\nb", null, null));
    }

    [Fact]
    public void Arguments_that_do_not_belong_to_the_type_are_refused()
    {
        const NetworkMetadataType title = NetworkMetadataType.Title;
        const NetworkMetadataType element = NetworkMetadataType.Element;
        Refused("uri in virNetworkGetMetadata must be NULL", () => NetworkMetadataEditor.Get(Plain, title, Uri));
        Refused("uri in virNetworkGetMetadata must not be NULL", () => NetworkMetadataEditor.Get(Plain, element, null));
        Refused("uri in virNetworkSetMetadata must be NULL", () => NetworkMetadataEditor.Set(Plain, title, "t", null, Uri));
        Refused("key in virNetworkSetMetadata must be NULL", () => NetworkMetadataEditor.Set(Plain, title, "t", "k", null));
        Refused("uri in virNetworkSetMetadata must not be NULL",
            () => NetworkMetadataEditor.Set(Plain, element, "<a/>", "k", null));
        Refused("key in virNetworkSetMetadata must not be NULL",
            () => NetworkMetadataEditor.Set(Plain, element, "<a/>", null, Uri));
        Refused("invalid argument: unknown metadata type '7'",
            () => NetworkMetadataEditor.Get(Plain, (NetworkMetadataType)7, null));
        Refused("invalid argument: unknown metadata type '-1'",
            () => NetworkMetadataEditor.Set(Plain, (NetworkMetadataType)(-1), null, null, null));
    }

    [Theory]
    [InlineData("<bar>1</bar>", "<foo:bar xmlns:foo=\"http://x.org/\">1</foo:bar>")]
    [InlineData("<bar/>", "<foo:bar xmlns:foo=\"http://x.org/\"/>")]
    [InlineData("<bar a='1' b=\"2\"/>", "<foo:bar xmlns:foo=\"http://x.org/\" a=\"1\" b=\"2\"/>")]
    [InlineData("<bar><baz>&lt;</baz></bar>",
        "<foo:bar xmlns:foo=\"http://x.org/\">\n      <foo:baz>&lt;</foo:baz>\n    </foo:bar>")]
    [InlineData("<bar>\n\n<baz/>  </bar>",
        "<foo:bar xmlns:foo=\"http://x.org/\">\n      <foo:baz/>\n    </foo:bar>")]
    [InlineData("<bar xmlns:o='urn:o'><o:baz o:c='1'/></bar>",
        "<foo:bar xmlns:o=\"urn:o\" xmlns:foo=\"http://x.org/\">\n      <o:baz o:c=\"1\"/>\n    </foo:bar>")]
    public void An_element_is_stored_under_its_key_and_given_back_without_it(string xml, string stored)
    {
        NetworkDefinition set = NetworkMetadataEditor.Set(Plain, NetworkMetadataType.Element, xml, "foo", Uri);
        string printed = NetworkXml.Format(set);
        Assert.Contains($"  <metadata>\n    {stored}\n  </metadata>\n", printed, StringComparison.Ordinal);
        Assert.Equal(set.Metadata, NetworkXml.Parse(printed).Definition.Metadata);

        string given = NetworkMetadataEditor.Get(set, NetworkMetadataType.Element, Uri);
        Assert.DoesNotContain("foo", given, StringComparison.Ordinal);
        NetworkDefinition again = NetworkMetadataEditor.Set(Plain, NetworkMetadataType.Element, given, "foo", Uri);
        Assert.Equal(set, again);
    }

    [Fact]
    public void The_element_comes_back_as_libvirt_prints_it()
    {
        NetworkDefinition set = NetworkMetadataEditor.Set(
            Plain, NetworkMetadataType.Element, "<bar a='1'><baz>1</baz><empty/></bar>", "foo", Uri);
        Assert.Equal(
            "<bar a=\"1\">\n  <baz>1</baz>\n  <empty/>\n</bar>",
            NetworkMetadataEditor.Get(set, NetworkMetadataType.Element, Uri));
    }

    [Fact]
    public void Setting_an_element_replaces_the_one_of_its_namespace_and_no_other()
    {
        NetworkDefinition two = Set(Set(Plain, "<a/>", "k", "urn:1"), "<b/>", "l", "urn:2");
        NetworkDefinition replaced = Set(two, "<c/>", "m", "urn:1");
        Assert.Equal(["urn:2", "urn:1"], replaced.Metadata!.Elements.Select(element => element.NamespaceUri));
        Assert.Equal("<c/>", NetworkMetadataEditor.Get(replaced, NetworkMetadataType.Element, "urn:1"));
        Assert.Equal("<b/>", NetworkMetadataEditor.Get(replaced, NetworkMetadataType.Element, "urn:2"));
    }

    [Fact]
    public void Removing_the_last_element_removes_metadata_itself()
    {
        NetworkDefinition two = Set(Set(Plain, "<a/>", "k", "urn:1"), "<b/>", "l", "urn:2");
        NetworkDefinition one = Set(two, null, null, "urn:1");
        Assert.Equal("urn:2", Assert.Single(one.Metadata!.Elements).NamespaceUri);
        Assert.Equal(one, Set(one, null, null, "urn:nothing"));
        Assert.Equal(Plain, Set(one, null, null, "urn:2"));
    }

    [Theory]
    [InlineData("", Uri, "failed to validate prefix for a new XML namespace")]
    [InlineData("1k", Uri, "failed to validate prefix for a new XML namespace")]
    [InlineData("a:b", Uri, "failed to validate prefix for a new XML namespace")]
    [InlineData("xml", Uri, "failed to create a new XML namespace")]
    [InlineData("taken", Uri, "failed to create a new XML namespace")]
    [InlineData("k", "", "failed to create a new XML namespace")]
    [InlineData("k", "urn:\u0001", "failed to create a new XML namespace")]
    public void A_key_that_cannot_be_a_prefix_is_refused(string key, string uri, string text)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(
            () => Set(Plain, "<a xmlns:taken='urn:t'/>", key, uri));
        Assert.Equal((VirErrorCode.InternalError, $"internal error: {text}"), (refused.Code, refused.Message));
    }

    [Fact]
    public void Text_that_is_not_XML_is_refused()
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => Set(Plain, "<bar", "k", Uri));
        Assert.Equal(VirErrorCode.XmlDetail, refused.Code);
    }

    private static NetworkDefinition Set(NetworkDefinition definition, string? xml, string? key, string uri) =>
        NetworkMetadataEditor.Set(definition, NetworkMetadataType.Element, xml, key, uri);

    private static void Refused(string text, Action action)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(action);
        Assert.Equal((VirErrorCode.InvalidArgument, text), (refused.Code, refused.Message));
    }
}
