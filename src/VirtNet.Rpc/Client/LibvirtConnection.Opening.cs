using System.Net.Sockets;
using VirtNet.Model;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Client;

/// <summary>The first and the last words of a connection.</summary>
public sealed partial class LibvirtConnection
{
    /// <summary>The longest path that fits a Unix socket's address, the final zero counted (unix(7)).</summary>
    private const int MaxSocketPath = 107;

    /// <summary>Connects, authenticates and opens.</summary>
    /// <exception cref="VirtNetException">
    /// Code 38: nobody listens, or not for this user. Codes 45, 79, 94: not authenticated (domain 60: by polkit; 94
    /// means that no agent could ask the user). Other codes: the server refused the URI.
    /// </exception>
    public static async Task<LibvirtConnection> OpenAsync(
        LibvirtUri uri, LibvirtConnectionOptions options, CancellationToken cancellationToken)
    {
        string path = SocketLocator.ForThisProcess().Locate(uri, options.ReadOnly);
        Socket socket = await ConnectAsync(path, cancellationToken);
        LibvirtConnection connection = new(uri, socket, options);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<Socket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > MaxSocketPath)
        {
            throw ClientErrors.PathTooLong(path);
        }

        if (path.Length == 0)
        {
            throw ClientErrors.NoPath();
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw ClientErrors.ConnectFailed(path, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        // First of all, whatever the socket demands: a server with polkit answers nothing else before, not even root.
        AuthListResult offered = await CallAsync(RemoteProcedures.AuthList, Nothing.Value, cancellationToken);
        await AuthenticateAsync(ChooseAuthentication(offered), cancellationToken);
        if (_options.KeepAliveInterval > TimeSpan.Zero
            && await SupportsAsync(RemoteFeature.KeepAlive, cancellationToken))
        {
            _channel.StartKeepAlive(_options.KeepAliveInterval, _options.KeepAliveCount);
        }

        OpenArguments arguments = new(Uri.ServerName, _options.ReadOnly ? OpenArguments.ReadOnlyFlag : 0);
        await CallAsync(RemoteProcedures.Open, arguments, cancellationToken);
        _isOpen = true;
    }

    private AuthType ChooseAuthentication(AuthListResult offered)
    {
        string? wanted = Uri["auth"];
        AuthType? chosen = wanted switch
        {
            null => offered.Types.Count > 0 ? offered.Types[0] : AuthType.None,
            "none" => AuthType.None,
            "polkit" => AuthType.Polkit,
            _ => null,
        };
        return chosen is { } type && (wanted is null || offered.Types.Contains(type))
            ? type
            : throw ClientErrors.UnsupportedAuthentication(wanted ?? "");
    }

    private async Task AuthenticateAsync(AuthType type, CancellationToken cancellationToken)
    {
        switch (type)
        {
            case AuthType.None:
                return;
            case AuthType.Polkit:
                await CallAsync(RemoteProcedures.AuthPolkit, Nothing.Value, cancellationToken);
                return;
            default:
                throw ClientErrors.UnsupportedAuthentication($"{(int)type}");
        }
    }

    /// <summary>An error counts as no, as libvirt.so has it.</summary>
    private async Task<bool> SupportsAsync(RemoteFeature feature, CancellationToken cancellationToken)
    {
        try
        {
            return (await CallAsync(
                RemoteProcedures.SupportsFeature, new Int32Message((int)feature), cancellationToken)).Value;
        }
        catch (VirtNetException) when (!Closed.IsCompleted)
        {
            return false;
        }
    }

    private async Task SayGoodbyeAsync()
    {
        using CancellationTokenSource timeout = new(CloseTimeout, _options.TimeProvider);
        try
        {
            await CallAsync(RemoteProcedures.Close, Nothing.Value, timeout.Token);
        }
        catch (Exception e) when (e is VirtNetException or OperationCanceledException)
        {
            // The connection ends anyway.
        }
    }
}
