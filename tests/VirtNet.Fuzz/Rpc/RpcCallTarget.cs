using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Fuzz.Engine;
using VirtNet.Rpc;
using VirtNet.Rpc.Messages;
using VirtNet.Rpc.Protocol;
using VirtNet.Rpc.Server;
using VirtNet.Rpc.Server.Connections;
using VirtNet.Rpc.Transport;
using VirtNet.Wire.Xdr;

namespace VirtNet.Fuzz.Rpc;

/// <summary>A packet without its length word to a server's dispatcher, up to where the call would be made.</summary>
internal sealed class RpcCallTarget : FuzzTarget
{
    private readonly Dispatcher _dispatcher = new(ServedProcedures.Table(), NullLogger.Instance);
    private readonly ClientSession _session = new(new UnixPeer(1, 0, 0), readOnlySocket: false, isAuthenticated: true);

    public override string Name => "rpc-call";

    public override IEnumerable<byte[]> Seeds =>
    [
        Call(RpcPrograms.Remote, 1, new OpenArguments("network:///system", 0)),
        Call(RpcPrograms.Remote, 51, new XmlFlagsArguments("<network><name>n</name></network>", 0)),
        Call(RpcPrograms.Remote, 283, new ListArguments(true, 0)),
        Call(RpcPrograms.Remote, 406, new StringMessage("x")),
        Call(RpcPrograms.VirtNet, 1, new PlanArguments("default", null)),
    ];

    public override IReadOnlyList<byte[]> Words =>
        [[0x20, 0, 0x80, 0x86, 0, 0, 0, 1], [0x76, 0x69, 0x72, 0x74, 0, 0, 0, 1], [0x6b, 0x65, 0x65, 0x70], [0, 0, 0, 1], [0, 0, 1, 0x39], [0, 0, 1, 0x96]];

    public override long AllocationBound(int length) => 4096 + (64 * length);

    public override void Decode(ReadOnlySpan<byte> input)
    {
        XdrReader reader = new(input[..Math.Min(input.Length, PacketHeader.Size - PacketHeader.LengthSize)]);
        PacketHeader header = PacketHeader.Read(ref reader);
        if (!reader.Failed)
        {
            PreparedCall call = _dispatcher.Prepare(
                _session, header, input[(PacketHeader.Size - PacketHeader.LengthSize)..], payloadDropped: false);
            Require.That(call.Call is null != call.Refusal is null, "a call is understood or refused");
        }
    }

    private static byte[] Call<TArguments>(uint program, int procedure, TArguments arguments)
        where TArguments : IXdrMessage<TArguments>
    {
        byte[] header = new byte[PacketHeader.Size - PacketHeader.LengthSize];
        BinaryPrimitives.WriteUInt32BigEndian(header, program);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), RpcPrograms.Version);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), procedure);
        return [.. header, .. MessageShape.Write(arguments)];
    }
}
