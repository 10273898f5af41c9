using VirtNet.Fuzz.Engine;
using VirtNet.Fuzz.Wire;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Fuzz.Services;

/// <summary>
/// Several clients with one server over some time: six octets a step choose who says what, all of it well-formed.
/// </summary>
internal sealed class Dhcp6ConversationTarget : FuzzTarget
{
    private const int StepLength = 6;

    private static readonly Dhcp6MessageType[] Types =
    [
        Dhcp6MessageType.Solicit, Dhcp6MessageType.Request, Dhcp6MessageType.Renew, Dhcp6MessageType.Rebind,
        Dhcp6MessageType.Confirm, Dhcp6MessageType.Release, Dhcp6MessageType.Decline, Dhcp6MessageType.InformationRequest,
    ];

    private static readonly string?[] Names = [null, "byname", "guest", "byid", "inrange", "-bad-", "guest.lab.test", "BYNAME"];

    public override string Name => "dhcp6-decide";

    public override int MaxLength => 40 * StepLength;

    public override IEnumerable<byte[]> Seeds =>
    [
        Steps("00 04 01 00 00 00", "01 04 01 10 01 00", "02 04 01 10 01 0a", "05 04 01 10 01 00", "06 04 01 10 01 00"),
        Steps("00 00 01 00 00 00", "01 00 01 c9 01 00", "00 01 01 00 02 00", "03 01 01 12 00 ff"),
        Steps("08 24 02 11 00 00", "01 25 03 11 01 00", "04 24 01 10 00 00", "07 24 00 00 00 00"),
        Steps("01 04 01 10 01 00", "01 05 01 11 01 00", "01 06 01 13 01 00", "00 07 01 00 00 00", "06 04 01 10 01 00", "00 07 01 10 00 00"),
    ];

    public override long AllocationBound(int length) => 16 * 1024 * (1 + (length / StepLength));

    public override void Decode(ReadOnlySpan<byte> input)
    {
        using Dhcp6Lab lab = new();
        byte[] buffer = new byte[4096];
        for (; input.Length >= StepLength; input = input[StepLength..])
        {
            lab.Advance(TimeSpan.FromSeconds(60 * input[5]));
            int length = Write(buffer, input[..StepLength]);
            Require.That(Dhcp6Message.TryParse(buffer.AsSpan(0, length), out Dhcp6Message message), "a well-formed message is read");
            lab.Handle(message);
        }
    }

    private static byte[] Steps(params string[] steps) => Octets.OfHex(string.Concat(steps));

    /// <summary>Type and rapid commit; client and name; how many IAs; address; server and number of addresses; time.</summary>
    private static int Write(byte[] buffer, ReadOnlySpan<byte> step)
    {
        Dhcp6Writer writer = new(buffer, Types[step[0] & 7], 0x123456);
        writer.WriteBytes(Dhcp6OptionCode.ClientId, Duid(step[1]));
        if ((step[0] & 8) != 0)
        {
            writer.WriteBytes(Dhcp6OptionCode.RapidCommit, []);
        }

        if ((step[4] & 3) != 0)
        {
            writer.WriteBytes(Dhcp6OptionCode.ServerId, (step[4] & 3) == 1 ? Dhcp6Seeds.Server : [0, 4, 1, 1, 1]);
        }

        if (Names[step[1] >> 5] is { } name)
        {
            writer.WriteFqdn(Dhcp6Fqdn.ServerUpdates, name, complete: false);
        }

        for (uint number = 0; number < (step[2] & 15); number++)
        {
            int ia = writer.BeginIa(new Dhcp6IaId((step[2] & 16) != 0 ? 7 : number, (step[2] & 32) != 0), 0, 0);
            for (uint more = 0; step[3] != 0 && more <= (uint)(step[4] >> 6); more++)
            {
                writer.WriteAddress(Address((byte)(step[3] + number + more)), 0);
            }

            writer.EndIa(buffer, ia);
        }

        return writer.Length;
    }

    /// <summary>The first two have reservations.</summary>
    private static byte[] Duid(byte choice) => (choice & 7) switch
    {
        0 => [0, 4, 10, 11, 12],
        1 => [0, 4, 0, 2],
        var other => [0, 3, 0, 1, 0x52, 0x54, 0, 0, 0, (byte)other],
    };

    private static UInt128 Address(byte host) => host == 0xff
        ? new UInt128(0x20010db800080000, 0x10)
        : new UInt128(0x20010db800070000, host switch { 0xc9 => 0x201, 0xca => 0x202, _ => host });
}
