using System.Xml.Linq;

namespace VirtNet.Cli.Properties;

/// <summary>Elements of a network's XML by their path, e.g. <c>bandwidth/inbound</c>; <c>ip4</c> and <c>ip6</c> are its first subnets.</summary>
internal static class XmlPlace
{
    public const string Ipv4 = "ip4";
    public const string Ipv6 = "ip6";

    /// <returns>Null where there is none.</returns>
    public static XElement? Find(XElement network, string path)
    {
        XElement? place = network;
        foreach (string step in Steps(path))
        {
            place = place is null ? null : Child(place, step);
        }

        return place;
    }

    /// <summary>The element, made where it is not there.</summary>
    /// <exception cref="CommandFailure">It belongs to a subnet or a way out that the network does not have.</exception>
    public static XElement Make(XElement network, string path)
    {
        XElement place = network;
        foreach (string step in Steps(path))
        {
            if (Child(place, step) is { } child)
            {
                place = child;
                continue;
            }

            if (step is Ipv4 or Ipv6)
            {
                (string family, string key) = step == Ipv4 ? ("IPv4", "subnet") : ("IPv6", "ipv6.subnet");
                throw new CommandFailure($"the network has no {family} subnet") { Hints = [$"set {key} first: {key}=auto finds a free one"] };
            }

            if (step == "forward")
            {
                throw new CommandFailure("the network is isolated") { Hints = ["set mode first"] }; // the element alone would be NAT
            }

            XElement made = new(step);
            place.Add(made);
            place = made;
        }

        return place;
    }

    /// <summary>Removes an element, and those around it that say nothing without it; a subnet or the network itself stays.</summary>
    public static void Remove(XElement element)
    {
        XElement? around = element.Parent;
        element.Remove();
        if (around is { Parent: not null, HasAttributes: false, HasElements: false, Name.LocalName: not "ip" })
        {
            Remove(around);
        }
    }

    private static string[] Steps(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static XElement? Child(XElement place, string step) => step switch
    {
        Ipv4 => place.Elements("ip").FirstOrDefault(ip => !IsIpv6(ip)),
        Ipv6 => place.Elements("ip").FirstOrDefault(IsIpv6),
        _ => place.Element(step),
    };

    private static bool IsIpv6(XElement ip) => ((string?)ip.Attribute("address") ?? "").Contains(':');
}
