using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Server;

/// <summary>A connection that is not served: its first call is answered with the reason. Owns the socket.</summary>
internal static class RefusedClient
{
    /// <summary>Never fails, and ends within <see cref="ServerLimits.RefusalTime"/>.</summary>
    public static async Task AnswerAsync(Socket socket, VirtNetException reason, TimeProvider timeProvider)
    {
        using CancellationTokenSource limit = new(ServerLimits.RefusalTime, timeProvider);
        try
        {
            byte[] call = new byte[PacketHeader.Size];
            for (int have = 0; have < call.Length;)
            {
                int received = await socket.ReceiveAsync(call.AsMemory(have), limit.Token);
                if (received == 0)
                {
                    return;
                }

                have += received;
            }

            await SendAsync(socket, Header(call).Reply(PacketStatus.Error), reason, limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // it does not want to know
        }
        finally
        {
            socket.Dispose();
        }
    }

    private static async Task SendAsync(
        Socket socket, PacketHeader header, VirtNetException reason, CancellationToken cancellationToken)
    {
        if (OutgoingPacket.TryEncode(header, RemoteError.From(reason, ServerLimits.ErrorText), out OutgoingPacket packet))
        {
            await socket.SendAsync(packet.Bytes, cancellationToken); // the first bytes on this socket always find room
            packet.Release();
        }
    }

    private static PacketHeader Header(byte[] call)
    {
        XdrReader reader = new(call.AsSpan(PacketHeader.LengthSize));
        return PacketHeader.Read(ref reader);
    }
}
