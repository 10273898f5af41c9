using VirtNet.Fuzz.Engine;
using VirtNet.Fuzz.Wire;
using VirtNet.Wire.Dhcp4;

namespace VirtNet.Fuzz.Services;

/// <summary>Any datagram to a server that has leases already, then the same one again.</summary>
internal sealed class Dhcp4MessageTarget : FuzzTarget
{
    private readonly Dhcp4Lab _lab = NewLab();

    public override string Name => "dhcp4-server";

    public override int MaxLength => 1500;

    public override IEnumerable<byte[]> Seeds => Dhcp4Seeds.All;

    public override IReadOnlyList<byte[]> Words => Dhcp4Seeds.Words;

    // Client id and name as strings, a lease, a decision.
    public override long AllocationBound(int length) => 4096;

    public override void Decode(ReadOnlySpan<byte> input)
    {
        if (Dhcp4Message.TryParse(input, out Dhcp4Message message))
        {
            _ = _lab.Decide(message, unicast: false);
        }
    }

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (Dhcp4Message.TryParse(input, out Dhcp4Message message))
        {
            Dhcp4Lab lab = NewLab();
            lab.Handle(message, unicast: false);
            lab.Advance(TimeSpan.FromSeconds(1));
            lab.Handle(message, unicast: true);
        }
    }

    private static Dhcp4Lab NewLab()
    {
        Dhcp4Lab lab = new();
        foreach (byte[] seed in Dhcp4Seeds.All.Skip(1).Take(2))
        {
            if (Dhcp4Message.TryParse(seed, out Dhcp4Message message))
            {
                lab.Handle(message, unicast: false);
            }
        }

        return lab;
    }
}
