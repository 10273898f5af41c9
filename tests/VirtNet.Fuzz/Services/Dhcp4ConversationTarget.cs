using System.Buffers.Binary;
using VirtNet.Fuzz.Engine;
using VirtNet.Model;
using VirtNet.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Fuzz.Services;

/// <summary>
/// Several clients with one server over some time: eight octets a step choose who says what. Everything they may say is
/// well-formed, so that the input goes into what it leads to.
/// </summary>
internal sealed class Dhcp4ConversationTarget : FuzzTarget
{
    private const int StepLength = 8;

    private static readonly Dhcp4MessageType[] Types =
    [
        Dhcp4MessageType.Discover, Dhcp4MessageType.Request, Dhcp4MessageType.Request, Dhcp4MessageType.Decline,
        Dhcp4MessageType.Release, Dhcp4MessageType.Inform, Dhcp4MessageType.Bootp,
    ];

    private static readonly string?[] Names = [null, "bymac", "byname", "guest", "inrange", "-bad-", "nine", "GUEST"];

    public override string Name => "dhcp4-decide";

    public override int MaxLength => 40 * StepLength;

    public override IEnumerable<byte[]> Seeds =>
    [
        Steps("00 04 00 00 00 00 00 00", "01 04 0a 01 00 00 00 00", "01 04 00 00 0a 00 01 1e", "04 04 00 01 0a 00 00 00"),
        Steps("00 01 00 00 00 00 00 00", "01 01 c9 01 00 00 00 00", "00 02 00 00 00 00 00 00", "06 02 00 00 00 00 00 00"),
        Steps("00 44 00 00 00 00 00 00", "01 45 ca 00 00 00 00 00", "03 45 ca 01 00 00 00 00", "00 46 00 00 00 00 00 c8"),
        Steps("00 04 00 00 00 00 00 00", "00 05 00 00 00 00 00 00", "00 06 00 00 00 00 00 00", "00 07 00 00 00 00 00 00", "00 0c 00 00 00 00 00 00"),
        Steps("07 04 0a 00 00 00 00 00", "00 04 0a 00 00 00 00 00", "01 04 0b 00 00 01 00 00", "05 04 00 00 0a 02 00 00"),
    ];

    public override long AllocationBound(int length) => 16 * 1024 * (1 + (length / StepLength));

    public override void Decode(ReadOnlySpan<byte> input)
    {
        Dhcp4Lab lab = new();
        for (; input.Length >= StepLength; input = input[StepLength..])
        {
            Take(lab, input[..StepLength]);
        }
    }

    private static byte[] Steps(params string[] steps) => Octets.OfHex(string.Concat(steps));

    private static void Take(Dhcp4Lab lab, ReadOnlySpan<byte> step)
    {
        lab.Advance(TimeSpan.FromSeconds(10 * step[7]));
        int kind = step[0] % (Types.Length + 1);
        if (kind == Types.Length)
        {
            lab.SeenInUse(Address(step[2]), (step[1] & 8) == 0 ? null : new MacAddress(Mac(step[1])));
            return;
        }

        Span<byte> buffer = stackalloc byte[400];
        WireWriter writer = new(buffer);
        Write(ref writer, Types[kind], step);
        Require.That(Dhcp4Message.TryParse(writer.Written, out Dhcp4Message message), "a well-formed message is read");
        lab.Handle(message, unicast: (step[6] & 1) != 0);
    }

    private static void Write(ref WireWriter writer, Dhcp4MessageType type, ReadOnlySpan<byte> step)
    {
        Span<byte> header = writer.Reserve(Dhcp4Message.HeaderLength);
        header[0] = header[1] = 1;
        header[2] = 6;
        header[10] = (step[6] & 2) != 0 ? (byte)0x80 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], Address(step[4]));
        BinaryPrimitives.WriteUInt32BigEndian(header[24..], step[5] switch { 0 => 0, 1 => 0x0a4d0005, 2 => 0xc0000201, _ => 0x0a4d00ff });
        Mac(step[1]).CopyTo(header[28..]);
        writer.WriteUInt32(Dhcp4Message.Cookie);
        if (type != Dhcp4MessageType.Bootp)
        {
            writer.WriteOption(Dhcp4OptionCode.MessageType, (byte)type);
        }

        switch ((step[1] >> 3) & 3)
        {
            case 1:
                writer.WriteOption(Dhcp4OptionCode.ClientId, [1, .. Mac(step[1])]);
                break;
            case 2:
                writer.WriteOption(Dhcp4OptionCode.ClientId, [0, 0x73, 0x61, 0x6d, 0x65]);
                break;
        }

        if (step[2] != 0)
        {
            writer.WriteOption(Dhcp4OptionCode.RequestedAddress, Address(step[2]));
        }

        if (step[3] != 0)
        {
            writer.WriteOption(Dhcp4OptionCode.ServerId, step[3] switch { 1 => 0x0a4d0001, 2 => 0x0a4d0002, _ => 0u });
        }

        if (Names[step[1] >> 5] is { } name)
        {
            writer.WriteOption(Dhcp4OptionCode.HostName, name);
        }

        if ((step[6] & 4) != 0)
        {
            writer.WriteOption(Dhcp4OptionCode.LeaseTime, (step[6] & 8) != 0 ? uint.MaxValue : 60u);
        }

        writer.WriteEnd();
    }

    /// <summary>The first three have reservations.</summary>
    private static byte[] Mac(byte choice) => [0x52, 0x54, 0, 0, 0, (byte)(1 + (choice & 7))];

    private static uint Address(byte host) => host switch { 0 => 0, 0xff => 0xc0000209, 0xfe => 0x0a4d00ff, _ => 0x0a4d0000u | host };
}
