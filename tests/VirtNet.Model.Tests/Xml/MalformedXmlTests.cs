using VirtNet.Model.Xml;

namespace VirtNet.Model.Tests.Xml;

public class MalformedXmlTests
{
    [Theory]
    [InlineData("", "at line 1: Document is empty\n")]
    [InlineData(" \n ", "at line 1: Document is empty\n \n^")]
    [InlineData("not xml", "at line 1: Start tag expected, '<' not found\nnot xml\n^")]
    [InlineData("<network><name>broken\n", "at line 2: Premature end of data in tag name line 1\n<network><name>broken\n---------------------^")]
    [InlineData("<bar", "at line 1: Couldn't find end of Start Tag bar line 1\n<bar\n----^")]
    [InlineData("<network>\n  <name>n</nam>\n</network>",
        "at line 2: Opening and ending tag mismatch: name line 2 and nam\n  <name>n</nam>\n---------------^")]
    [InlineData("<network/><network/>", "at line 1: Extra content at the end of the document\n<network/><network/>\n----------^")]
    [InlineData("<network a=b/>", "at line 1: AttValue: \" or ' expected\n<network a=b/>\n-----------^")]
    [InlineData("<network a/>", "at line 1: Specification mandates value for attribute a\n<network a/>\n----------^")]
    [InlineData("<network a='1' a='2'/>", "at line 1: Attribute a redefined\n<network a='1' a='2'/>\n----------------^")]
    [InlineData("<network a='<'/>", "at line 1: Unescaped '<' not allowed in attributes values\n<network a='<'/>\n------------^")]
    [InlineData("<network>a & b</network>", "at line 1: xmlParseEntityRef: no name\n<network>a & b</network>\n------------^")]
    [InlineData("<network>&nbsp;</network>", "at line 1: Entity 'nbsp' not defined\n<network>&nbsp;</network>\n--------------^")]
    [InlineData("<network>&#0;</network>", "at line 1: xmlParseCharRef: invalid xmlChar value 0\n<network>&#0;</network>\n----------^")]
    [InlineData("<network>&#;</network>", "at line 1: xmlParseCharRef: invalid decimal value\n<network>&#;</network>\n----------^")]
    [InlineData("<network>&#xg;</network>", "at line 1: xmlParseCharRef: invalid hexadecimal value\n<network>&#xg;</network>\n----------^")]
    [InlineData("<network>\uFFFF</network>",
        "at line 1: Input is not proper UTF-8, indicate encoding !\n<network>\uFFFF</network>\n---------^")]
    [InlineData(" <?xml version='1.0'?><network/>",
        "at line 1: XML declaration allowed only at the start of the document\n <?xml version='1.0'?><network/>\n------^")]
    [InlineData("<network><!-- a -- b --></network>",
        "at line 1: Double hyphen within comment: <!-- a \n<network><!-- a -- b --></network>\n----------------^")]
    [InlineData("<network>\u0001</network>", "at line 1: PCDATA invalid Char value 1\n<network>\u0001</network>\n---------^")]
    [InlineData("<network><!-- </network>", "at line 1: Comment not terminated\n<network><!-- </network>\n---------^")]
    [InlineData("<network>\r<a>\r\n\r<b c=1/>", "at line 2: AttValue: \" or ' expected\n<b c=1/>\n-----^")]
    [InlineData("<network><1/></network>", "at line 1: StartTag: invalid element name\n<network><1/></network>\n----------^")]
    [InlineData("<!DOCTYPE network [<!ENTITY a 'b'>]>\n<network>&a;</network>",
        "at line 1: A document type declaration is not allowed here\n<!DOCTYPE network [<!ENTITY a 'b'>]>\n^")]
    [InlineData("<?xml version='1.0' encoding='xyz'?><network/>",
        "at line 1: Unsupported encoding xyz\n<?xml version='1.0' encoding='xyz'?><network/>\n----------------------------------^")]
    [InlineData("<?xml version='1.0' encoding=''?><network/>",
        "at line 1: Invalid XML encoding name\n<?xml version='1.0' encoding=''?><network/>\n------------------------------^")]
    public void What_is_wrong_is_shown_with_its_line_and_a_caret(string xml, string message)
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(xml));
        Assert.Equal((VirErrorCode.XmlDetail, VirErrorDomain.Network), (refused.Code, refused.Domain));
        Assert.Equal(message, refused.Message);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    [InlineData("1.2")]
    public void A_version_of_XML_1_is_taken(string version) =>
        Assert.Equal("n", NetworkXml.Parse($"<?xml version='{version}' encoding='UTF-8'?><network><name>n</name></network>").Definition.Name);

    /// <summary>A document that comes as text has no other encoding than RPC's, whatever it says.</summary>
    [Theory]
    [InlineData("utf8")]
    [InlineData("ISO-8859-15")]
    [InlineData("US-ASCII")]
    [InlineData("windows-1252")]
    [InlineData("UTF-16")]
    [InlineData("EUC-JP")]
    [InlineData("KOI8-R")]
    public void An_encoding_that_there_is_is_taken(string encoding) =>
        Assert.Equal("n", NetworkXml.Parse($"<?xml version=\"1.0\" encoding=\"{encoding}\"?><network><name>n</name></network>").Definition.Name);

    [Fact]
    public void A_prefix_that_nobody_declared_is_part_of_the_root_s_name()
    {
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse("<f:network><name>n</name></f:network>"));
        Assert.Equal("XML error: expecting root element of 'network', not 'f:network'", refused.Message);
    }

    [Fact]
    public void A_carriage_return_alone_ends_the_line_that_is_shown() => Assert.EndsWith(
        "\n<a xmlns:x=''/>\n-----------^", Refusal("<network>\r<name>n</name>\r<a xmlns:x=''/>\r</network>"), StringComparison.Ordinal);

    [Fact]
    public void Typographic_quotes_are_named_with_line_and_column()
    {
        string xml = "<network>\n  <name>n</name>\n  <forward mode=“nat”/>\n</network>";
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(xml));
        Assert.Equal(VirErrorCode.XmlDetail, refused.Code);
        Assert.Equal(new XmlPosition(3, 17), refused.Position);
        Assert.Contains("“ at line 3, column 17 is a typographic one", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n  <forward mode=“nat”/>\n----------------^", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mode=”nat”")]
    [InlineData("mode=‘nat’")]
    [InlineData("mode=„nat“")]
    [InlineData("mode=«nat»")]
    [InlineData("mode=′nat′")]
    [InlineData("“mode='nat'")]
    public void Every_kind_of_typographic_quote_is_recognised(string attribute)
    {
        string xml = $"<network><name>n</name><forward {attribute}/></network>";
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(xml));
        Assert.Contains("typographic", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Typographic_quotes_inside_a_text_are_text() =>
        Assert.Equal("“a”", NetworkXml.Parse("<network><name>n</name><title>“a”</title></network>").Definition.Title);

    [Fact]
    public void A_long_line_is_shown_in_part()
    {
        string xml = $"<network><name>{new string('x', 100_000)}</nome></network>";
        VirtNetException refused = Assert.Throws<VirtNetException>(() => NetworkXml.Parse(xml));
        Assert.True(refused.Message.Length < 1000);
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        string deep = $"<network>{string.Concat(Enumerable.Repeat("<a>", 100_000))}";
        string large = $"<network><name>n</name><!-- {new string('x', 5_000_000)} --></network>";
        Assert.Contains("Excessive depth", Refusal(deep), StringComparison.Ordinal);
        Assert.Contains("longer than", Refusal(large), StringComparison.Ordinal);
        Assert.Equal("n", NetworkXml.Parse($"<network><name>n</name>{Nested(200)}</network>").Definition.Name);
    }

    [Fact]
    public void A_prefix_that_nobody_declared_is_ignored_like_any_unknown_name()
    {
        NetworkDocument document = NetworkXml.Parse("<network x:y='z'><name>n</name><d:options><d:option/></d:options></network>");
        Assert.Equal("n", document.Definition.Name);
        Assert.Equal(2, document.Hints.Count);
    }

    [Theory]
    [InlineData("<?xml version='1.0' encoding='ISO-8859-1'?>")]
    [InlineData("<?xml version='1.0' encoding='UTF-16'?>")]
    [InlineData("\uFEFF")]
    public void The_text_has_been_decoded_whatever_it_says_of_its_encoding(string start) =>
        Assert.Equal("é", NetworkXml.Parse($"{start}<network><name>é</name></network>").Definition.Name);

    private static string Refusal(string xml) => Assert.Throws<VirtNetException>(() => NetworkXml.Parse(xml)).Message;

    private static string Nested(int depth) =>
        string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth));
}
