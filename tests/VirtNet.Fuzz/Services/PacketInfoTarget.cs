using System.Net;
using VirtNet.Fuzz.Engine;
using VirtNet.Services.Sockets;

namespace VirtNet.Fuzz.Services;

/// <summary>What the kernel puts beside a datagram: a control message, and the sender's address.</summary>
internal sealed class PacketInfoTarget : FuzzTarget
{
    public override string Name => "packet-info";

    public override int MaxLength => 256;

    public override IEnumerable<byte[]> Seeds => [Control("192.0.2.1"), Control("fe80::1"), SocketAddress("192.0.2.1"), SocketAddress("fe80::1")];

    public override long AllocationBound(int length) => 0;

    public override void Decode(ReadOnlySpan<byte> input)
    {
        PacketInfo.Read(input, out _, out _);
        _ = NetEndpoint.FromSocketAddress(input);
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        NetEndpoint endpoint = NetEndpoint.FromSocketAddress(input);
        if (!endpoint.Address.IsNone)
        {
            Span<byte> raw = stackalloc byte[NetEndpoint.MaxSocketAddressLength];
            int length = endpoint.ToSocketAddress(raw);
            Require.Equal(endpoint, NetEndpoint.FromSocketAddress(raw[..length]), "an address reads as it was written");
            Require.That(endpoint.ToString().Length > 0, "a text form");
        }
    }

    private static byte[] Control(string address)
    {
        byte[] control = new byte[PacketInfo.MaxLength];
        NetAddress source = NetAddress.From(IPAddress.Parse(address));
        return control[..PacketInfo.Write(control, source.IsV6, source, interfaceIndex: 3)];
    }

    private static byte[] SocketAddress(string address)
    {
        byte[] raw = new byte[NetEndpoint.MaxSocketAddressLength];
        return raw[..new NetEndpoint(NetAddress.From(IPAddress.Parse(address)), 53, Scope: 2).ToSocketAddress(raw)];
    }
}
