using System.Xml.Linq;

namespace VirtNet.Cli.Properties;

/// <summary>Elements with a beginning and an end, written <c>A-B</c>; of one that may be there several times all, joined by commas.</summary>
/// <param name="Path">Of the element around them.</param>
internal sealed record RangeProperty(string Key, string Path, string Element, string Help) : NetworkProperty(Key, Help)
{
    /// <summary>One by itself is a range, too.</summary>
    public bool MayBeOne { get; init; }

    /// <summary>There may be several.</summary>
    public bool IsList { get; init; }

    public override string? Get(XElement network) =>
        XmlPlace.Find(network, Path)?.Elements(Element).ToArray() is { Length: > 0 } ranges
            ? string.Join(",", ranges.Select(range => $"{(string?)range.Attribute("start")}-{(string?)range.Attribute("end")}"))
            : null;

    public override void Set(XElement network, string value)
    {
        string[] parts = IsList ? value.Split(',') : [value];
        string[][] bounds = [.. parts.Select(part => part.Split('-', StringSplitOptions.TrimEntries)).Select(each => MayBeOne && each is [var only] ? [only, only] : each)];
        if (Array.Exists(bounds, each => each is not [{ Length: > 0 }, { Length: > 0 }]))
        {
            throw new CommandFailure($"'{value}' is not a range")
            {
                Hints = [$"{Key} is written FIRST-LAST{(MayBeOne ? ", or as one alone" : "")}{(IsList ? ", several are joined by commas" : "")}"],
            };
        }

        XElement place = XmlPlace.Make(network, Path);
        XElement[] before = [.. place.Elements(Element)];
        foreach (XElement old in before)
        {
            old.Remove();
        }

        place.AddFirst(bounds.Select((each, index) => new XElement(
            Element,
            new XAttribute("start", each[0]),
            new XAttribute("end", each[1]),
            before.ElementAtOrDefault(index)?.Elements()))); // a lease time stays with its range
    }

    public override void Unset(XElement network)
    {
        foreach (XElement range in XmlPlace.Find(network, Path)?.Elements(Element).ToArray() ?? [])
        {
            XmlPlace.Remove(range);
        }
    }
}
