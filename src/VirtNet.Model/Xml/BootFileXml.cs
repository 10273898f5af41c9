using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;bootp file= server=/&gt;</c> inside <c>&lt;dhcp&gt;</c>.</summary>
internal static class BootFileXml
{
    public static BootFile Parse(XElement bootp) => new(
        File: bootp.Text("file") ?? throw bootp.Missing("file"),
        Server: bootp.Attribute("server")?.Address());

    public static XElement Format(BootFile boot) => new("bootp",
        new XAttribute("file", boot.File),
        ElementWriting.Attribute("server", boot.Server));
}
