using VirtNet.Wire.Dns;

namespace VirtNet.Services.Dns.Zone;

/// <summary>
/// The names above those that are known: they exist too, without records of their own (RFC 8020, 3.1: empty
/// non-terminals).
/// </summary>
internal sealed class NameAncestors
{
    private readonly HashSet<DnsName> _names = new(DnsNameComparer.Instance);
    private readonly HashSet<DnsName>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;

    public NameAncestors() => _bySpan = _names.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Adds all names above this one, but the root.</summary>
    public void AddAbove(DnsName name)
    {
        ReadOnlySpan<byte> above = name.Wire;
        while (above[0] != 0)
        {
            above = DnsName.Parent(above);
            if (above[0] == 0 || !_bySpan.Add(above))
            {
                return;
            }
        }
    }

    public bool Contains(ReadOnlySpan<byte> name) => _names.Count > 0 && _bySpan.Contains(name);
}
