using System.Net;
using VirtNet.Wire.Ethernet;

namespace VirtNet.Services.Tests.Bridges;

/// <summary>A guest's question for routers, as a frame: right unless it is changed.</summary>
internal sealed record Solicitation(string Mac)
{
    public string DestinationMac { get; init; } = "33:33:00:00:00:02";

    /// <summary>:: is that of a guest that has no address yet.</summary>
    public string Source { get; init; } = "fe80::1234";

    public string Destination { get; init; } = "ff02::2";

    public byte HopLimit { get; init; } = 255;

    public byte Type { get; init; } = 133;

    public byte Code { get; init; }

    public byte[] ToFrame()
    {
        byte[] packet = [.. new byte[Ipv6Packet.HeaderLength], Type, Code, 0, 0, 0, 0, 0, 0];
        new Ipv6Header
        {
            Source = IPAddress.Parse(Source).GetAddressBytes(),
            Destination = IPAddress.Parse(Destination).GetAddressBytes(),
            Protocol = Ipv6Packet.IcmpV6,
            HopLimit = HopLimit,
        }.Write(packet);
        return [.. Octets(DestinationMac), .. Octets(Mac), 0x86, 0xdd, .. packet];
    }

    private static byte[] Octets(string mac) => [.. mac.Split(':').Select(octet => Convert.ToByte(octet, 16))];
}
