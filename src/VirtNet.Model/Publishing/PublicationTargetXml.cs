using System.Xml.Linq;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary><c>&lt;to/&gt;</c> inside <c>&lt;publish&gt;</c>.</summary>
internal static class PublicationTargetXml
{
    private static readonly XNamespace Ns = NetworkExtension.Namespace;

    /// <exception cref="VirtNetException">It has a form that this version does not know.</exception>
    public static PublicationTarget Parse(XElement to)
    {
        to.AllowOnly(["guest", "mac", "address", "host", "port", "weight", "backup"]);
        string? guest = Guest(to);
        bool isMac = MacAddress.TryParse(guest, out MacAddress named);
        PublicationTarget target = new()
        {
            Guest = isMac ? null : guest,
            Mac = Mac(to) ?? (isMac ? named : null),
            Address = to.OptionalAddress("address"),
            IsHost = to.YesNo("host") ?? false,
            Ports = to.Ports(),
            Weight = to.Number("weight", 0, PublicationTarget.MaxWeight) ?? 1,
            IsBackup = to.YesNo("backup") ?? false,
        };
        int kinds = (target.Guest is null && target.Mac is null ? 0 : 1) + (target.Address is null ? 0 : 1) + (target.IsHost ? 1 : 0);
        return kinds != 1 ? throw to.XmlError("<to> needs exactly one of guest (or mac), address and host='yes'")
            : isMac && target.Mac != named ? throw to.At("mac").XmlError($"<to> names two guests, {named} and {target.Mac}")
            : target;
    }

    public static XElement Format(PublicationTarget target) => new(Ns + "to",
        ElementWriting.Attribute("guest", target.Guest),
        ElementWriting.Attribute("mac", target.Mac?.ToString()),
        ElementWriting.Attribute("address", target.Address),
        target.IsHost ? new XAttribute("host", "yes") : null,
        ElementWriting.Attribute("port", target.Ports.Count > 0 ? PortRange.Format(target.Ports) : null),
        target.Weight == 1 ? null : ElementWriting.Number("weight", (ulong)target.Weight),
        target.IsBackup ? new XAttribute("backup", "yes") : null);

    private static string? Guest(XElement to) =>
        to.Attribute("guest") is not { } found ? null
        : MacAddress.TryParse(found.Value, out _) || GuestName.IsPossible(found.Value) ? found.Value
        : throw found.InvalidValue(" Expected a guest's name or MAC address");

    private static MacAddress? Mac(XElement to) =>
        to.Attribute("mac") is not { } found ? null
        : MacAddress.TryParse(found.Value, out MacAddress mac) && !mac.IsMulticast ? mac
        : throw found.InvalidValue(" Expected a MAC address");
}
