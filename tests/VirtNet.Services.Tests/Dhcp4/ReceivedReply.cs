using System.Buffers.Binary;
using System.Text;
using VirtNet.Model;
using VirtNet.Services.Dhcp4;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;
using VirtNet.Wire.Tests.Dhcp4;

namespace VirtNet.Services.Tests.Dhcp4;

/// <summary>A reply as a client reads it.</summary>
internal sealed class ReceivedReply
{
    private readonly byte[] _message;
    private readonly Dictionary<byte, byte[]> _options = [];

    private ReceivedReply(byte[] message)
    {
        _message = message;
        WireReader reader = new(message.AsSpan(240));
        while (Dhcp4Option.TryRead(ref reader, out Dhcp4Option option))
        {
            Assert.True(_options.TryAdd((byte)option.Code, option.Value.ToArray()), $"option {option.Code} twice");
        }

        Assert.False(reader.Failed);
    }

    public int Length => _message.Length;

    public byte[] Codes => [.. _options.Keys.Order()];

    public ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(10));

    public string ClientAddress => Address(12);

    public string YourAddress => Address(16);

    public string NextServer => Address(20);

    public string RelayAddress => Address(24);

    public string File => Encoding.ASCII.GetString(_message, 108, 128).TrimEnd('\0');

    public string Sname => Encoding.ASCII.GetString(_message, 44, 64).TrimEnd('\0');

    public byte[]? this[byte code] => _options.GetValueOrDefault(code);

    /// <summary>Runs a message through a decision and the writer.</summary>
    public static ReceivedReply? Of(DecisionBench bench, Dhcp4Request request, ushort spread = 0)
    {
        Dhcp4Decision decision = bench.Decide(request, unicast: true);
        byte[] datagram = request.ToArray();
        Assert.True(Dhcp4Message.TryParse(datagram, out Dhcp4Message message));
        byte[] buffer = new byte[Dhcp4Reply.MaxLength];
        int length = Dhcp4Reply.Write(buffer, message, decision, bench.Settings, spread);
        return length == 0 ? null : new ReceivedReply(buffer[..length]);
    }

    public string Text(byte code) => Encoding.ASCII.GetString(_options[code]);

    public uint Number(byte code) => BinaryPrimitives.ReadUInt32BigEndian(_options[code]);

    public string AddressOption(byte code) => Subnet.FromUInt32(Number(code)).ToString();

    private string Address(int offset) =>
        Subnet.FromUInt32(BinaryPrimitives.ReadUInt32BigEndian(_message.AsSpan(offset))).ToString();
}
