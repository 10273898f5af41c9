using VirtNet.Linux;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Ra;

/// <summary>The raw ICMPv6 socket by which earlier versions heard solicitations of a bridge, where one of these left it.</summary>
internal static unsafe class FormerRaSocket
{
    private const int MaxLength = 1500;

    /// <summary>Hands over what came while no process was there, and closes it.</summary>
    public static void Empty(int device, KeptSockets kept, SolicitationHandler handler)
    {
        byte* message = stackalloc byte[MaxLength];
        byte* address = stackalloc byte[NetEndpoint.MaxSocketAddressLength];
        while (kept.Take(SocketBinding.IcmpV6(device)) is { } left)
        {
            using FileDescriptor socket = left;
            nint length;
            uint addressLength = NetEndpoint.MaxSocketAddressLength;
            while ((length = Libc.ReceiveFrom(socket, message, MaxLength, Libc.MsgDontWait, address, &addressLength)) >= 0)
            {
                handler(
                    NetEndpoint.FromSocketAddress(new ReadOnlySpan<byte>(address, (int)addressLength)) with { Port = 0 },
                    new ReadOnlySpan<byte>(message, (int)length));
                addressLength = NetEndpoint.MaxSocketAddressLength;
            }

            kept.Release(socket);
        }
    }
}
