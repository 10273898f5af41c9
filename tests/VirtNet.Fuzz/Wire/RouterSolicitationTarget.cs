using VirtNet.Fuzz.Engine;
using VirtNet.Wire.Ndisc;

namespace VirtNet.Fuzz.Wire;

/// <summary>A guest's question for routers.</summary>
internal sealed class RouterSolicitationTarget : FuzzTarget
{
    public override string Name => "router-solicitation";

    public override int MaxLength => 1500;

    public override IEnumerable<byte[]> Seeds =>
    [
        Octets.OfHex("85 00 00 00 00 00 00 00"),
        Octets.OfHex("85 00 00 00 00 00 00 00 01 01 52 54 00 00 00 01"),
        Octets.OfHex("85 00 00 00 00 00 00 00 0e 01 a1 a2 a3 a4 a5 a6 01 01 52 54 00 00 00 01"),
    ];

    public override long AllocationBound(int length) => 0;

    public override void Decode(ReadOnlySpan<byte> input) => RouterSolicitation.IsValid(input);

    public override void Check(ReadOnlySpan<byte> input)
    {
        if (RouterSolicitation.IsValid(input))
        {
            Require.That(input.Length >= 8 && input.Length % 8 == 0, "a message of whole units of eight octets");
        }
    }
}
