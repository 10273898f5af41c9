using VirtNet.Model;

namespace VirtNet.Cli.Guests;

/// <summary>One interface of a guest's definition.</summary>
/// <param name="Number">Its place among the guest's interfaces, from 1.</param>
/// <param name="Xml">The element as it is written.</param>
internal sealed record GuestInterface(int Number, string Xml)
{
    public required string Type { get; init; }

    /// <summary>Null when the hypervisor is to choose one.</summary>
    public string? Mac { get; init; }

    /// <summary>The device on the host.</summary>
    public string? Target { get; init; }

    public string? Source { get; init; }

    public string? Model { get; init; }

    /// <summary>The cable: up unless the definition says otherwise.</summary>
    public string LinkState { get; init; } = "up";

    /// <summary>How messages call it.</summary>
    public string Label => Mac ?? Target ?? $"number {Number}";

    /// <summary>However either of them is written.</summary>
    public bool HasMac(string mac) =>
        MacAddress.TryParse(mac, out MacAddress wanted) && MacAddress.TryParse(Mac, out MacAddress own)
            ? own == wanted
            : string.Equals(Mac, mac, StringComparison.OrdinalIgnoreCase);

    /// <summary>As virsh's commands take it: by target device or by MAC.</summary>
    public bool IsCalled(string name) => Target == name || HasMac(name);

    public static GuestInterface Read(int number, string xml) => Read(number, xml, XmlScanner.Scan(xml));

    private static GuestInterface Read(int number, string xml, XmlElementSpan element) => new(number, xml)
    {
        Type = Value(xml, element, "type") ?? "",
        Mac = Value(xml, element.Child("mac"), "address"),
        Target = Value(xml, element.Child("target"), "dev"),
        Model = Value(xml, element.Child("model"), "type"),
        LinkState = Value(xml, element.Child("link"), "state") ?? "up",
        Source = element.Child("source") is { } source
            && source.Attributes.Find(attribute => attribute.Name is "network" or "bridge" or "dev" or "name") is { } name
            ? XmlBytes.Decode(xml, name)
            : null,
    };

    private static string? Value(string xml, XmlElementSpan? element, string attribute) =>
        element?.Attribute(attribute) is { } span ? XmlBytes.Decode(xml, span) : null;
}
