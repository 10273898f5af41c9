using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Transport;

namespace VirtNet.Rpc.Server.Connections;

/// <summary>A connection that is not served: its first call is answered with the reason. Owns the socket.</summary>
internal static class RefusedClient
{
    /// <summary>Never fails, and ends within <see cref="ServerLimits.RefusalTime"/>.</summary>
    public static async Task AnswerAsync(Socket socket, VirtNetException reason, TimeProvider timeProvider)
    {
        using CancellationTokenSource limit = new(ServerLimits.RefusalTime, timeProvider);
        try
        {
            using PacketReader reader = new(socket, maxPayload: 0);
            if (await reader.ReadAsync(limit.Token) == PacketReadStatus.Packet)
            {
                await SendAsync(socket, reader.Header.Reply(PacketStatus.Error), reason, limit.Token);
            }
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
}
