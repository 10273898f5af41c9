using System.Net;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// How attributes and texts are read. libvirt has two ways to look at an attribute, and both are needed: some count an
/// empty value as absent (<see cref="NonEmpty"/>), the others take it as written (<see cref="Text"/>).
/// </summary>
internal static class ElementReading
{
    public static string? Text(this XElement element, string attribute) => element.Attribute(attribute)?.Value;

    public static string? NonEmpty(this XElement element, string attribute) =>
        element.Attribute(attribute) is { Value.Length: > 0 } found ? found.Value : null;

    /// <summary>The text of the first such child; empty counts as absent.</summary>
    public static string? ChildText(this XElement element, string child) =>
        element.Element(child)?.Value is { Length: > 0 } text ? text : null;

    public static bool? YesNo(this XElement element, string attribute) => element.Attribute(attribute) is { } found
        ? found.Value switch { "yes" => true, "no" => false, _ => throw found.InvalidValue() }
        : null;

    public static ulong? UInt64(this XElement element, string attribute, int radix)
    {
        if (element.Attribute(attribute) is not { } found)
        {
            return null;
        }

        return NumberText.TryParse(found.Value, radix, out ulong value)
            ? value
            : throw found.InvalidValue(" Expected non-negative integer value");
    }

    public static uint? UInt32(this XElement element, string attribute, int radix = 10)
    {
        if (element.Attribute(attribute) is not { } found)
        {
            return null;
        }

        return NumberText.TryParse(found.Value, radix, out uint value)
            ? value
            : throw found.InvalidValue(" Expected non-negative integer value");
    }

    /// <summary>An address for which libvirt has no message of its own.</summary>
    public static IPAddress Address(this XAttribute attribute) =>
        AddressText.TryParse(attribute.Value, out IPAddress? address)
            ? address
            : throw attribute.BadAddress(attribute.Value);

    /// <summary>All children of a name, read in their order.</summary>
    public static ValueList<T> ParseAll<T>(this XElement element, string name, Func<XElement, T> parse)
    {
        List<T>? parsed = null;
        foreach (XElement child in element.Elements(name))
        {
            (parsed ??= []).Add(parse(child));
        }

        return parsed is null ? [] : parsed.ToValueList();
    }

    /// <summary>The attribute if it is there, else the element: the nearest place to point at.</summary>
    public static XObject At(this XElement element, string attribute) =>
        (XObject?)element.Attribute(attribute) ?? element;
}
