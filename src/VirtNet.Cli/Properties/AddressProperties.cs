using System.Globalization;
using System.Net;
using System.Xml.Linq;

namespace VirtNet.Cli.Properties;

/// <summary>The first subnet of one family. Setting it takes along what lies inside: ranges, reservations, DNS hosts.</summary>
internal sealed record SubnetProperty(string Key, bool Ipv6, string Help) : NetworkProperty(Key, Help)
{
    private string Place => Ipv6 ? XmlPlace.Ipv6 : XmlPlace.Ipv4;

    public override string? Get(XElement network) =>
        XmlPlace.Find(network, Place) is { } ip && SubnetMove.RangeOf(ip) is { } range ? range.ToString() : null;

    public override void Set(XElement network, string value)
    {
        SubnetChoice choice = SubnetChoice.Parse(value, Ipv6);
        if (XmlPlace.Find(network, Place) is { } ip)
        {
            SubnetMove.Apply(network, ip, choice);
            return;
        }

        network.Add(choice.ToXml());
    }

    public override void Unset(XElement network) => XmlPlace.Find(network, Place)?.Remove();
}

/// <summary>The host's own address in the first subnet of one family.</summary>
internal sealed record GatewayProperty(string Key, bool Ipv6, string Help) : NetworkProperty(Key, Help)
{
    private string Place => Ipv6 ? XmlPlace.Ipv6 : XmlPlace.Ipv4;

    public override string? Get(XElement network) => (string?)XmlPlace.Find(network, Place)?.Attribute("address");

    public override void Set(XElement network, string value)
    {
        XElement ip = XmlPlace.Make(network, Place);
        if (SubnetMove.RangeOf(ip) is { } range && !(IPAddress.TryParse(value, out IPAddress? address) && range.Contains(address)))
        {
            throw new CommandFailure($"'{value}' is no address of {range}");
        }

        ip.SetAttributeValue("address", value);
    }

    public override void Unset(XElement network) =>
        throw new CommandFailure($"{Key} cannot be without a value")
        {
            Hints = [$"net-unset {(Ipv6 ? "ipv6.subnet" : "subnet")} takes the addresses away"],
        };
}

/// <summary>How long the addresses of the ranges are lent.</summary>
internal sealed record LeaseTimeProperty(string Key, string Help) : NetworkProperty(Key, Help)
{
    private const string Infinite = "infinite";

    public override string? Get(XElement network)
    {
        if (Ranges(network).FirstOrDefault()?.Element("lease") is not { } lease || (string?)lease.Attribute("expiry") is not { } expiry)
        {
            return null;
        }

        return expiry == "0" ? Infinite : expiry + ((string?)lease.Attribute("unit") switch { "seconds" => "s", "hours" => "h", _ => "m" });
    }

    public override void Set(XElement network, string value)
    {
        string? unit = value is [.., var letter] ? letter switch { 's' => "seconds", 'm' => "minutes", 'h' => "hours", _ => null } : null;
        string number = value == Infinite ? "0" : value.Length > 0 ? value[..^1] : "";
        if ((unit is null && value != Infinite) || !ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new CommandFailure($"'{value}' is not a lease time") { Hints = [$"for example 90s, 30m, 12h or {Infinite}"] };
        }

        XElement[] ranges = Ranges(network);
        if (ranges.Length == 0)
        {
            throw new CommandFailure("the network gives no addresses") { Hints = ["set dhcp.range first"] };
        }

        Unset(network);
        foreach (XElement range in ranges)
        {
            range.Add(new XElement("lease", new XAttribute("expiry", number), value == Infinite ? null : new XAttribute("unit", unit!)));
        }
    }

    public override void Unset(XElement network)
    {
        foreach (XElement range in Ranges(network))
        {
            range.Elements("lease").Remove();
        }
    }

    private static XElement[] Ranges(XElement network) =>
        [.. XmlPlace.Find(network, $"{XmlPlace.Ipv4}/dhcp")?.Elements("range") ?? []];
}

/// <summary>The name servers that are asked for all that is not the network's own; those for single domains stay apart.</summary>
internal sealed record ForwarderProperty(string Key, string Help) : NetworkProperty(Key, Help)
{
    public override string? Get(XElement network) =>
        Forwarders(network) is { Length: > 0 } forwarders
            ? string.Join(",", forwarders.Select(forwarder => (string?)forwarder.Attribute("addr"))) : null;

    public override void Set(XElement network, string value)
    {
        string[] servers = value.Split(',', StringSplitOptions.TrimEntries);
        if (Array.Exists(servers, server => !IPAddress.TryParse(server, out _)))
        {
            throw new CommandFailure($"'{value}' is no address of a name server") { Hints = ["several are joined by commas"] };
        }

        XElement dns = XmlPlace.Make(network, "dns");
        Forwarders(network).Remove();
        dns.Add(servers.Select(server => new XElement("forwarder", new XAttribute("addr", server))));
    }

    public override void Unset(XElement network)
    {
        foreach (XElement forwarder in Forwarders(network))
        {
            XmlPlace.Remove(forwarder);
        }
    }

    private static XElement[] Forwarders(XElement network) =>
        [.. network.Element("dns")?.Elements("forwarder").Where(each => each.Attribute("domain") is null) ?? []];
}
