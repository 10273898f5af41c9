using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;domain name= localOnly= register=/&gt;</c>.</summary>
internal static class DomainNameXml
{
    /// <returns>Null without a name: then the element says nothing.</returns>
    public static DomainName? Parse(XElement domain, string network)
    {
        string? name = domain.Text("name");
        bool? localOnly = domain.YesNo("localOnly");
        bool? register = domain.YesNo("register");
        if (register is true && localOnly is not true)
        {
            throw domain.At("register").Unsupported(
                $"attribute 'register=yes' in <domain> element requires 'localOnly=yes' in network {network}");
        }

        return name is null ? null : new DomainName(name, localOnly, register);
    }

    public static XElement Format(DomainName domain) => new("domain",
        new XAttribute("name", domain.Name),
        ElementWriting.Attribute("localOnly", domain.LocalOnly),
        ElementWriting.Attribute("register", domain.Register));
}
