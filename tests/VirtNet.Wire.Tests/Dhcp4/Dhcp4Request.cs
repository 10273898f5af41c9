using System.Buffers.Binary;
using System.Net;
using System.Text;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Wire.Tests.Dhcp4;

/// <summary>A client's message to build, field by field; right or wrong on purpose.</summary>
internal sealed record Dhcp4Request
{
    public Dhcp4MessageType? Type { get; init; } = Dhcp4MessageType.Discover;

    public byte Op { get; init; } = 1;

    public byte HardwareType { get; init; } = 1;

    public string Mac { get; init; } = "52:54:00:00:00:01";

    public byte HardwareLength { get; init; } = 6;

    public uint TransactionId { get; init; } = 0x12345678;

    public bool Broadcast { get; init; }

    public string ClientAddress { get; init; } = "0.0.0.0";

    public string RelayAddress { get; init; } = "0.0.0.0";

    public string? RequestedAddress { get; init; }

    public string? ServerId { get; init; }

    public string? HostName { get; init; }

    public byte[]? ClientId { get; init; }

    public uint? LeaseTime { get; init; }

    public byte[]? Fqdn { get; init; }

    public byte[]? ParameterList { get; init; }

    public ushort? MaxMessageSize { get; init; }

    public byte[]? RelayAgentInformation { get; init; }

    /// <summary>Raw options after the others.</summary>
    public byte[] Extra { get; init; } = [];

    public bool End { get; init; } = true;

    public bool Cookie { get; init; } = true;

    public byte[] ToArray()
    {
        byte[] header = new byte[Dhcp4Message.HeaderLength];
        header[0] = Op;
        header[1] = HardwareType;
        header[2] = HardwareLength;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), TransactionId);
        header[10] = Broadcast ? (byte)0x80 : (byte)0;
        IPAddress.Parse(ClientAddress).GetAddressBytes().CopyTo(header, 12);
        IPAddress.Parse(RelayAddress).GetAddressBytes().CopyTo(header, 24);
        Convert.FromHexString(Mac.Replace(":", "", StringComparison.Ordinal)).CopyTo(header, 28);

        List<byte> message = [.. header];
        if (Cookie)
        {
            message.AddRange([0x63, 0x82, 0x53, 0x63]);
        }

        Add(message, 53, Type is { } type ? [(byte)type] : null);
        Add(message, 61, ClientId);
        Add(message, 50, RequestedAddress is null ? null : IPAddress.Parse(RequestedAddress).GetAddressBytes());
        Add(message, 54, ServerId is null ? null : IPAddress.Parse(ServerId).GetAddressBytes());
        Add(message, 12, HostName is null ? null : Encoding.Latin1.GetBytes(HostName));
        Add(message, 51, LeaseTime is { } lease ? Octets(lease) : null);
        Add(message, 57, MaxMessageSize is { } size ? [(byte)(size >> 8), (byte)size] : null);
        Add(message, 81, Fqdn);
        Add(message, 55, ParameterList);
        message.AddRange(Extra);
        Add(message, 82, RelayAgentInformation);
        if (End)
        {
            message.Add(255);
        }

        return [.. message];
    }

    private static byte[] Octets(uint value)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }

    private static void Add(List<byte> message, byte code, byte[]? value)
    {
        if (value is not null)
        {
            message.AddRange([code, (byte)value.Length, .. value]);
        }
    }
}
