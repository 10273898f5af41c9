using System.Xml.Linq;

namespace VirtNet.Model.Xml;

/// <summary><c>&lt;forward mode= dev= managed=&gt;</c> with its pool of devices.</summary>
internal static class ForwardXml
{
    public static Forward Parse(XElement forward, string network)
    {
        Forward parsed = new(ParseMode(forward))
        {
            Managed = "yes".Equals(forward.Text("managed"), StringComparison.OrdinalIgnoreCase),
            Driver = forward.Element("driver") is { } driver ? ForwardDriverXml.Parse(driver) : null,
        };
        parsed = parsed with { Nat = ParseNat(forward, parsed.Mode, network) };
        string? device = forward.NonEmpty("dev");
        if (device is not null && (forward.Element("address") ?? forward.Element("pf")) is not null)
        {
            throw forward.At("dev").XmlError(
                "the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements "
                + $"are present in network {network}");
        }

        // One kind of pool counts: interfaces before addresses before a physical function. The others are not read.
        if (device is not null || forward.Element("interface") is not null)
        {
            return parsed with { Interfaces = ParseInterfaces(forward, device, network) };
        }

        return forward.Element("address") is not null
            ? parsed with { Addresses = ParseAddresses(forward, network) }
            : parsed with { PhysicalFunction = ParsePhysicalFunction(forward, network) };
    }

    /// <returns>Null in mode none.</returns>
    public static XElement? Format(Forward forward, NetworkXmlOptions options)
    {
        if (forward.Mode is ForwardMode.None)
        {
            return null;
        }

        XElement element = new("forward",
            forward.PhysicalFunction is null ? ElementWriting.Attribute("dev", forward.Device) : null,
            new XAttribute("mode", forward.Mode.Name()),
            forward.Mode is ForwardMode.Hostdev ? ElementWriting.Attribute("managed", forward.Managed) : null,
            forward.Driver is { } driver ? ForwardDriverXml.Format(driver) : null,
            forward.Nat is { } nat ? NatXml.Format(nat) : null,
            forward.PhysicalFunction is { } function ? new XElement("pf", new XAttribute("dev", function)) : null);
        foreach (string device in forward.Interfaces)
        {
            element.Add(ForwardInterfaceXml.Format(device, options.ConnectionsOf(device)));
        }

        foreach (string device in options.VirtualFunctionInterfaces)
        {
            element.Add(ForwardInterfaceXml.Format(device, options.ConnectionsOf(device)));
        }

        foreach (PciAddress address in forward.Addresses)
        {
            element.Add(PciAddressXml.Format(address, withType: true));
        }

        foreach (PciAddress address in options.VirtualFunctionAddresses)
        {
            element.Add(PciAddressXml.Format(address, withType: true));
        }

        return element;
    }

    private static ForwardMode ParseMode(XElement forward) => forward.NonEmpty("mode") is { } text
        ? ForwardModeNames.Parse(text) ?? throw forward.At("mode").Unsupported($"unknown forwarding type '{text}'")
        : ForwardMode.Nat;

    private static NatOptions? ParseNat(XElement forward, ForwardMode mode, string network)
    {
        XElement? nat = null;
        foreach (XElement element in forward.Elements("nat"))
        {
            nat = nat is null
                ? element
                : throw element.XmlError($"Only one <nat> element is allowed in <forward> of network {network}");
        }

        if (nat is null)
        {
            return null;
        }

        return mode is ForwardMode.Nat
            ? NatXml.Parse(nat, network)
            : throw nat.XmlError("The <nat> element can only be used when <forward> 'mode' is 'nat' in "
                + $"network {network}");
    }

    private static ValueList<string> ParseInterfaces(XElement forward, string? device, string network)
    {
        List<string> devices = device is null ? [] : [device];
        HashSet<string> seen = new(devices);
        bool first = true;
        foreach (XElement element in forward.Elements("interface"))
        {
            string listed = ForwardInterfaceXml.Parse(element, network);
            if (first && device is not null)
            {
                if (listed != device)
                {
                    throw element.XmlError(
                        $"<forward dev='{device}'> must match first <interface dev='{listed}'/> in network {network}");
                }
            }
            else if (seen.Add(listed))
            {
                devices.Add(listed);
            }
            else
            {
                throw element.XmlError($"interface '{listed}' can only be listed once in network {network}");
            }

            first = false;
        }

        return devices.ToValueList();
    }

    private static ValueList<PciAddress> ParseAddresses(XElement forward, string network)
    {
        List<PciAddress> addresses = [];
        HashSet<PciAddress> seen = [];
        foreach (XElement element in forward.Elements("address"))
        {
            string type = element.Text("type") ?? throw element.XmlError($"missing address type in network {network}");
            PciAddress address = type switch
            {
                "pci" => PciAddressXml.Parse(element),
                "none" or "netdev" => throw element.At("type").XmlError(
                    $"unsupported address type '{type}' in network {network}"),
                _ => throw element.At("type").Unsupported($"unknown address type '{type}' in network {network}"),
            };
            if (!seen.Add(address))
            {
                throw element.XmlError($"PCI device '{address}' can only be listed once in network {network}");
            }

            addresses.Add(address);
        }

        return addresses.ToValueList();
    }

    private static string? ParsePhysicalFunction(XElement forward, string network)
    {
        XElement? function = null;
        foreach (XElement element in forward.Elements("pf"))
        {
            function = function is null
                ? element
                : throw element.XmlError($"Only one <pf> element is allowed in <forward> of network {network}");
        }

        return function is null
            ? null
            : function.Text("dev")
                ?? throw function.XmlError($"Missing required dev attribute in <pf> element of network '{network}'");
    }
}
