using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;driver name= model=/&gt;</c> of a hostdev pool or plug.</summary>
internal static class ForwardDriverXml
{
    /// <returns>Null when nothing is said.</returns>
    public static ForwardDriver? Parse(XElement driver)
    {
        string? name = driver.Attribute("name") is { } attribute
            ? attribute.Value is "kvm" or "vfio" or "xen" ? attribute.Value : throw attribute.InvalidValue()
            : null;
        string? model = driver.NonEmpty("model");
        return name is null && model is null ? null : new ForwardDriver(name, model);
    }

    public static XElement Format(ForwardDriver driver) => new("driver",
        ElementWriting.Attribute("name", driver.Name),
        ElementWriting.Attribute("model", driver.Model));
}
