using System.Net.Sockets;
using System.Runtime.InteropServices;
using VirtNet.Model;

namespace VirtNet.Rpc.Client;

/// <summary>What a client itself has to say, in the words of libvirt.so.</summary>
internal static class ClientErrors
{
    private const int NoEntry = 2;
    private const int InputOutput = 5;
    private const int AccessDenied = 13;
    private const int BrokenPipe = 32;
    private const int NameTooLong = 36;
    private const int ConnectionRefused = 111;

    public static VirtNetException ConnectFailed(string path, SocketException exception)
    {
        int errno = exception.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable => NoEntry, // .NET's reading of ENOENT
            SocketError.AccessDenied => AccessDenied,
            SocketError.ConnectionRefused => ConnectionRefused,
            _ => exception.NativeErrorCode,
        };
        string reason = errno > 0 ? Marshal.GetPInvokeErrorMessage(errno) : exception.Message;
        return System($"Failed to connect socket to '{path}'", errno, reason, exception);
    }

    public static VirtNetException PathTooLong(string path) =>
        System($"Failed to connect socket to '{path}'", NameTooLong, Marshal.GetPInvokeErrorMessage(NameTooLong));

    public static VirtNetException NoPath() =>
        System("Failed to connect socket to ''", NoEntry, Marshal.GetPInvokeErrorMessage(NoEntry));

    public static VirtNetException EndOfFile() =>
        System("End of file while reading data", InputOutput, "Input/output error");

    public static VirtNetException ReadFailed(SocketException exception) =>
        System("Cannot read data", exception.NativeErrorCode, exception.Message, exception);

    public static VirtNetException WriteFailed(Exception exception) =>
        System("Cannot write data", BrokenPipe, "Broken pipe", exception);

    public static VirtNetException Closed() => Internal("client socket is closed");

    public static VirtNetException KeepAliveTimeout() => Internal("connection closed due to keepalive timeout");

    public static VirtNetException MalformedPacket() => Rpc("packet with an impossible length received from server");

    public static VirtNetException UnexpectedReply(uint program, uint version, uint serial) =>
        Rpc($"no call waiting for reply with prog {program} vers {version} serial {serial}");

    public static VirtNetException UndecodableReply() => Rpc("Unable to decode message payload");

    public static VirtNetException UnencodableCall() => Rpc("Unable to encode message payload");

    public static VirtNetException UnsupportedAuthentication(string type) => new(
        VirErrorCode.AuthFailed,
        $"authentication failed: unsupported authentication type {type}",
        VirErrorDomain.Rpc);

    public static VirtNetException NotSupported(string apiName) => new(
        VirErrorCode.NoSupport,
        $"this function is not supported by the connection driver: {apiName}",
        VirErrorDomain.Remote);

    private static VirtNetException Internal(string detail) =>
        new(VirErrorCode.InternalError, $"internal error: {detail}", VirErrorDomain.Rpc);

    private static VirtNetException Rpc(string message) => new(VirErrorCode.Rpc, message, VirErrorDomain.Rpc);

    private static VirtNetException System(string what, int errno, string reason, Exception? cause = null) =>
        new(VirErrorCode.SystemError, $"{what}: {reason}", VirErrorDomain.Rpc, cause) { Errno = errno };
}
