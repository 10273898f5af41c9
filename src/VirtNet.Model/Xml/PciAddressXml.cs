using System.Globalization;
using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary>
/// <c>&lt;address domain= bus= slot= function=/&gt;</c> of a PCI device, with or without <c>type='pci'</c>.
/// </summary>
internal static class PciAddressXml
{
    public static PciAddress Parse(XElement address)
    {
        PciAddress parsed = new(
            Domain: address.UInt32("domain", radix: 0) ?? 0,
            Bus: address.UInt32("bus", radix: 0) ?? 0,
            Slot: address.UInt32("slot", radix: 0) ?? 0,
            Function: address.UInt32("function", radix: 0) ?? 0);
        CheckMultifunction(address);
        string? wrong = parsed switch
        {
            { Bus: > 0xFF } => $"bus='0x{parsed.Bus:x}', must be <= 0xFF",
            { Slot: > 0x1F } => $"slot='0x{parsed.Slot:x}', must be <= 0x1F",
            { Function: > 7 } => $"function=0x{parsed.Function:x}, must be <= 7",
            _ => null,
        };
        return wrong is null ? parsed : throw address.XmlError($"Invalid PCI address {wrong}", VirErrorDomain.None);
    }

    public static XElement Format(PciAddress address, bool withType) => new("address",
        withType ? new XAttribute("type", "pci") : null,
        new XAttribute("domain", string.Create(CultureInfo.InvariantCulture, $"0x{address.Domain:x4}")),
        new XAttribute("bus", string.Create(CultureInfo.InvariantCulture, $"0x{address.Bus:x2}")),
        new XAttribute("slot", string.Create(CultureInfo.InvariantCulture, $"0x{address.Slot:x2}")),
        new XAttribute("function", string.Create(CultureInfo.InvariantCulture, $"0x{address.Function:x}")));

    /// <summary>Said of a device in a guest: a pool has no use for it, but it must be one of the two words.</summary>
    private static void CheckMultifunction(XElement address)
    {
        if (address.Attribute("multifunction") is { Value: not ("on" or "off") } other)
        {
            throw other.InvalidValue();
        }
    }
}
