using VirtNet.Wire;

namespace VirtNet.Fuzz.Engine;

/// <summary>Makes seeds with the product's own writers.</summary>
internal static class Octets
{
    public delegate void Writing(ref WireWriter writer);

    public static byte[] Of(Writing write, int room = 2048)
    {
        WireWriter writer = new(new byte[room]);
        write(ref writer);
        return writer.Overflowed ? throw new ArgumentException("a seed that does not fit", nameof(room)) : writer.Written.ToArray();
    }

    public static byte[] OfHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
