using VirtNet.Fuzz.Engine;
using VirtNet.Fuzz.Wire;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Fuzz.Services;

/// <summary>Any datagram to a server that has leases already, then the same one again.</summary>
internal sealed class Dhcp6MessageTarget : FuzzTarget, IDisposable
{
    private readonly Dhcp6Lab _lab = NewLab();

    public override string Name => "dhcp6-server";

    public override int MaxLength => 1500;

    public override IEnumerable<byte[]> Seeds => Dhcp6Seeds.All;

    public override IReadOnlyList<byte[]> Words => Dhcp6Seeds.Words;

    // DUID and name as strings, and a decision and a lease for each of at most eight IAs.
    public override long AllocationBound(int length) => 8448;

    public override void Decode(ReadOnlySpan<byte> input)
    {
        if (Dhcp6Message.TryParse(input, out Dhcp6Message message))
        {
            _ = _lab.Decide(message);
        }
    }

    public void Dispose() => _lab.Dispose();

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (Dhcp6Message.TryParse(input, out Dhcp6Message message))
        {
            using Dhcp6Lab lab = NewLab();
            lab.Handle(message);
            lab.Advance(TimeSpan.FromSeconds(1));
            lab.Handle(message);
        }
    }

    private static Dhcp6Lab NewLab()
    {
        Dhcp6Lab lab = new();
        foreach (byte[] seed in Dhcp6Seeds.All.Skip(2).Take(1))
        {
            if (Dhcp6Message.TryParse(seed, out Dhcp6Message message))
            {
                lab.Handle(message);
            }
        }

        return lab;
    }
}
