using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Leases;

/// <summary>An address of either family as a number (IPv4 in its IPv6-mapped form), to look leases up without an object.</summary>
public readonly record struct AddressKey(UInt128 Value)
{
    private static readonly UInt128 Mapped = (UInt128)0xffff << 32;

    public AddressFamily Family => Value >> 32 == 0xffff ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    public static AddressKey Of(uint ipv4) => new(Mapped | ipv4);

    public static AddressKey Of(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out int length);
        return length == 4
            ? Of(BinaryPrimitives.ReadUInt32BigEndian(octets))
            : new(BinaryPrimitives.ReadUInt128BigEndian(octets));
    }

    public IPAddress ToAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Value);
        return Family == AddressFamily.InterNetwork ? new IPAddress(octets[12..]) : new IPAddress(octets);
    }
}
