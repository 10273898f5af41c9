using System.Globalization;
using System.Net;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>Attributes that are left out when there is nothing to say (XLinq skips null content).</summary>
internal static class ElementWriting
{
    public static XAttribute? Attribute(string name, string? value) =>
        value is null ? null : new XAttribute(name, value);

    public static XAttribute? Attribute(string name, bool? value) =>
        value is { } known ? new XAttribute(name, known ? "yes" : "no") : null;

    public static XAttribute? Attribute(string name, IPAddress? value) =>
        value is null ? null : new XAttribute(name, AddressText.Format(value));

    public static XAttribute Number(string name, ulong value) =>
        new(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Zero means "not given".</summary>
    public static XAttribute? NonZero(string name, ulong value) => value == 0 ? null : Number(name, value);

    public static void AddAll<T>(this XElement element, ValueList<T> items, Func<T, XElement> format)
    {
        foreach (T item in items)
        {
            element.Add(format(item));
        }
    }

    /// <summary>
    /// The content that keeps an element from closing itself: <c>&lt;ip&gt;</c>, newline, <c>&lt;/ip&gt;</c>.
    /// </summary>
    public const string Open = "";
}
