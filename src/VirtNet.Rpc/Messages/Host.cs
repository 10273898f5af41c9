using System.Text;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>
/// A count of nothing, or an empty list, whatever it would be a list of: as many zero words as it takes.
/// </summary>
internal sealed record ZeroMessage(int Words) : IXdrMessage<ZeroMessage>
{
    public static ZeroMessage Read(ref XdrReader reader) =>
        new(reader.ReadFixedOpaque(reader.Remaining).Length / sizeof(int));

    public void Write(ref XdrWriter writer)
    {
        for (int i = 0; i < Words; i++)
        {
            writer.WriteInt32(0);
        }
    }
}

/// <summary>Result of NODE_GET_INFO (6).</summary>
/// <param name="Model">The CPU's architecture, at most 31 characters.</param>
/// <param name="Memory">In KiB.</param>
/// <param name="Megahertz">0 when unknown.</param>
internal sealed record NodeInfoResult(
    string Model, ulong Memory, int Cpus, int Megahertz, int Nodes, int Sockets, int Cores, int Threads)
    : IXdrMessage<NodeInfoResult>
{
    /// <summary>A <c>char[32]</c>, which XDR spends four bytes a character on.</summary>
    private const int ModelLength = 32;

    public static NodeInfoResult Read(ref XdrReader reader)
    {
        StringBuilder model = new(ModelLength);
        for (int i = 0; i < ModelLength; i++)
        {
            model.Append((char)(byte)reader.ReadInt32());
        }

        return new NodeInfoResult(
            Model: model.ToString().TrimEnd('\0'),
            Memory: reader.ReadUInt64(),
            Cpus: reader.ReadInt32(),
            Megahertz: reader.ReadInt32(),
            Nodes: reader.ReadInt32(),
            Sockets: reader.ReadInt32(),
            Cores: reader.ReadInt32(),
            Threads: reader.ReadInt32());
    }

    public void Write(ref XdrWriter writer)
    {
        for (int i = 0; i < ModelLength; i++)
        {
            writer.WriteInt32(i < Model.Length && i < ModelLength - 1 ? (byte)Model[i] : 0);
        }

        writer.WriteUInt64(Memory);
        writer.WriteInt32(Cpus);
        writer.WriteInt32(Megahertz);
        writer.WriteInt32(Nodes);
        writer.WriteInt32(Sockets);
        writer.WriteInt32(Cores);
        writer.WriteInt32(Threads);
    }
}
