namespace VirtNet.Rpc.Protocol;

/// <summary>The programs that share a connection. All are of version 1.</summary>
internal static class RpcPrograms
{
    public const uint Version = 1;

    /// <summary>libvirt's API (REMOTE_PROGRAM).</summary>
    public const uint Remote = 0x20008086;

    /// <summary>"keep": liveness of the connection itself (KEEPALIVE_PROGRAM).</summary>
    public const uint KeepAlive = 0x6b656570;

    /// <summary>"virt": what virtnet offers beyond libvirt's API, see <see cref="VirtNetProcedures"/>.</summary>
    public const uint VirtNet = 0x76697274;
}

/// <summary>Packets of <see cref="RpcPrograms.KeepAlive"/>: messages without payload, serial 0.</summary>
internal enum KeepAliveProcedure
{
    Ping = 1,
    Pong = 2,
}
