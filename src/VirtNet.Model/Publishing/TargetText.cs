using System.Net;
using System.Net.Sockets;
using VirtNet.Model.Xml;

namespace VirtNet.Model.Publishing;

/// <summary>A target in a word: <c>GUEST</c>, <c>ADDRESS</c> or <c>host</c>, and <c>:PORTS</c>.</summary>
public static class TargetText
{
    /// <summary>The word that stands for the host itself.</summary>
    public const string Host = "host";

    public static string Format(PublicationTarget target)
    {
        string who = target.IsHost ? Host
            : target.Address is { } address ? Format(address, bracketed: target.Ports.Count > 0)
            : target.Guest ?? target.Mac?.ToString() ?? "";
        return target.Ports.Count == 0 ? who : $"{who}:{PortRange.Format(target.Ports)}";
    }

    /// <returns>Null for another text. A guest's name is taken as it is.</returns>
    public static PublicationTarget? Parse(string text)
    {
        if (MacAddress.TryParse(text, out MacAddress mac))
        {
            return new PublicationTarget { Mac = mac };
        }

        // A MAC address has colons of its own: five, and a sixth before its port.
        if (text.LastIndexOf(':') is > 0 and var last && MacAddress.TryParse(text[..last], out mac))
        {
            return WithPorts(new PublicationTarget { Mac = mac }, text[(last + 1)..]);
        }

        if (HostPort.TryParseAddress(text, out IPAddress? whole))
        {
            return new PublicationTarget { Address = whole };
        }

        return !HostPort.TrySplit(text, out string? who, out string? ports) ? null
            : who == Host ? WithPorts(new PublicationTarget { IsHost = true }, ports)
            : HostPort.TryParseAddress(who, out IPAddress? address) ? WithPorts(new PublicationTarget { Address = address }, ports)
            : GuestName.IsPossible(who) ? WithPorts(new PublicationTarget { Guest = who }, ports)
            : null;
    }

    private static PublicationTarget? WithPorts(PublicationTarget target, string? ports) =>
        ports is null ? target
        : PortRange.TryParseList(ports, out ValueList<PortRange> ranges) ? target with { Ports = ranges }
        : null;

    private static string Format(IPAddress address, bool bracketed) =>
        bracketed && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{AddressText.Format(address)}]" : AddressText.Format(address);
}
