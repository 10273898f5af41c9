using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>To whom an address belongs: a client and one of its IAs, as a rule an interface (RFC 8415, 4.2).</summary>
/// <param name="Duid">Lower-case hex, octets joined by colons, as lease lists show it.</param>
internal readonly record struct Dhcp6Client(string Duid, Dhcp6IaId Ia)
{
    /// <summary>FNV-1a, so that a client is led to the same address whenever and wherever it asks.</summary>
    public uint Hash()
    {
        uint hash = 2166136261;
        foreach (char c in Duid)
        {
            hash = (hash ^ c) * 16777619;
        }

        hash = Ia.IsTemporary ? ~hash : hash;
        for (int shift = 0; shift < 32; shift += 8)
        {
            hash = (hash ^ ((Ia.Number >> shift) & 0xff)) * 16777619;
        }

        return hash ^ (hash >> 15); // the low bits alone choose in small ranges
    }
}
