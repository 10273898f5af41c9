using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace VirtNet.Services.Sockets;

/// <summary>An address and a port; <paramref name="Scope"/> is the interface index of a link-local IPv6 address, else 0.</summary>
internal readonly record struct NetEndpoint(NetAddress Address, ushort Port, uint Scope = 0)
{
    /// <summary>Octets of the larger of the kernel's two forms (struct sockaddr_in6).</summary>
    internal const int MaxSocketAddressLength = 28;

    private const ushort AfInet = 2;
    private const ushort AfInet6 = 10;

    public IPEndPoint ToIPEndPoint() => new(Address.ToIPAddress(Scope), Port);

    public override string ToString() =>
        Address.IsV6 ? $"[{Address.ToIPAddress(Scope)}]:{Port}" : $"{Address}:{Port}";

    /// <summary>Reads the kernel's struct sockaddr_in or sockaddr_in6; other families give the default value.</summary>
    internal static NetEndpoint FromSocketAddress(ReadOnlySpan<byte> raw)
    {
        if (raw.Length < 16)
        {
            return default;
        }

        ushort family = MemoryMarshal.Read<ushort>(raw);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(raw[2..]);
        if (family == AfInet)
        {
            return new NetEndpoint(NetAddress.From(raw.Slice(4, 4)), port);
        }

        if (family != AfInet6 || raw.Length < MaxSocketAddressLength)
        {
            return default;
        }

        NetAddress address = NetAddress.From(raw.Slice(8, 16));
        return new NetEndpoint(address, port, address.IsLinkLocalV6 ? MemoryMarshal.Read<uint>(raw[24..]) : 0);
    }

    /// <summary>Writes the kernel's form and returns its length.</summary>
    internal int ToSocketAddress(Span<byte> raw)
    {
        raw[..MaxSocketAddressLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(raw[2..], Port);
        if (Address.Family == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(raw, AfInet);
            Address.CopyTo(raw[4..]);
            return 16;
        }

        MemoryMarshal.Write(raw, AfInet6);
        Address.CopyTo(raw[8..]);
        MemoryMarshal.Write(raw[24..], Scope);
        return MaxSocketAddressLength;
    }
}
