using System.Xml.Linq;

namespace VirtNet.Cli.Commands;

/// <summary>A document that is changed in places: all else stays as it is written, also text that is only blanks.</summary>
internal sealed class EditedXml(string xml)
{
    private readonly XDocument _document = XDocument.Parse(xml, LoadOptions.PreserveWhitespace);

    public XElement Root => _document.Root!;

    public override string ToString() => _document.ToString(SaveOptions.DisableFormatting);
}
