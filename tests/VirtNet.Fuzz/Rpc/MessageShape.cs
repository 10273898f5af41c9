using VirtNet.Fuzz.Engine;
using VirtNet.Rpc;
using VirtNet.Wire.Xdr;

namespace VirtNet.Fuzz.Rpc;

/// <summary>One kind of message, without its type.</summary>
internal abstract class MessageShape
{
    public abstract void Read(ReadOnlySpan<byte> payload);

    /// <summary>What was read is written, and then reads and writes the same.</summary>
    public abstract void RoundTrip(ReadOnlySpan<byte> payload);

    public static byte[] Write<TMessage>(TMessage message)
        where TMessage : IXdrMessage<TMessage>
    {
        XdrWriter writer = new(RpcLimits.Packet);
        message.Write(ref writer);
        Require.That(!writer.Overflowed, "what was within the limits can be written");
        byte[] payload = writer.Written.ToArray();
        writer.Dispose();
        return payload;
    }
}

internal sealed class MessageShape<TMessage> : MessageShape
    where TMessage : IXdrMessage<TMessage>
{
    public override void Read(ReadOnlySpan<byte> payload)
    {
        XdrReader reader = new(payload);
        TMessage.Read(ref reader);
    }

    public override void RoundTrip(ReadOnlySpan<byte> payload)
    {
        XdrReader reader = new(payload);
        TMessage message = TMessage.Read(ref reader);
        if (!reader.Failed)
        {
            byte[] written = Write(message);
            XdrReader again = new(written);
            byte[] rewritten = Write(TMessage.Read(ref again));
            Require.That(!again.Failed && again.Remaining == 0, $"a {typeof(TMessage).Name} that was written is read to its end");
            Require.That(rewritten.AsSpan().SequenceEqual(written), $"a {typeof(TMessage).Name} reads as it was written");
        }
    }
}
