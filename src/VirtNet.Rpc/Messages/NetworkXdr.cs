using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>The handles of networks and ports inside messages (nonnull_network, nonnull_network_port).</summary>
internal static class NetworkXdr
{
    /// <summary>An empty name and a UUID.</summary>
    public const int MinNetworkSize = 4 + 16;

    public const int MinPortSize = MinNetworkSize + 16;

    public static NetworkRef ReadNetwork(this ref XdrReader reader) => new(
        Name: reader.ReadString(RpcLimits.String),
        Uuid: reader.ReadUuid());

    public static void WriteNetwork(this ref XdrWriter writer, NetworkRef network)
    {
        writer.WriteString(network.Name, RpcLimits.String);
        writer.WriteUuid(network.Uuid);
    }

    public static NetworkRef? ReadOptionalNetwork(this ref XdrReader reader) =>
        reader.ReadBoolean() ? reader.ReadNetwork() : null;

    public static void WriteOptionalNetwork(this ref XdrWriter writer, NetworkRef? network)
    {
        writer.WriteBoolean(network is not null);
        if (network is not null)
        {
            writer.WriteNetwork(network);
        }
    }

    public static NetworkPortRef ReadPort(this ref XdrReader reader) => new(
        Network: reader.ReadNetwork(),
        Uuid: reader.ReadUuid());

    public static void WritePort(this ref XdrWriter writer, NetworkPortRef port)
    {
        writer.WriteNetwork(port.Network);
        writer.WriteUuid(port.Uuid);
    }
}
