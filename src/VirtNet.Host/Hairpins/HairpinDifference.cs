using VirtNet.Host.Netlink;

namespace VirtNet.Host.Hairpins;

/// <summary>What is to be done so that exactly these ports of a bridge have the flag, of those on which it is ours to set. Pure.</summary>
/// <param name="On">Ports to be given the flag.</param>
/// <param name="Off">Ports to be taken the flag from.</param>
/// <param name="Unmarked">Names of ports that must be known as ours, and are not.</param>
/// <param name="Gone">Names of ports that are known as ours, and are not to be any more.</param>
/// <param name="Kept">Names of ports that are known as ours and stay so.</param>
internal sealed record HairpinDifference(
    IReadOnlyList<LinkMessage> On, IReadOnlyList<LinkMessage> Off, IReadOnlyList<string> Unmarked, IReadOnlyList<string> Gone,
    IReadOnlyList<string> Kept)
{
    /// <summary>Whether what belongs to the flags is not in force.</summary>
    public bool IsBroken { get; init; }

    public bool IsNone => On.Count + Off.Count + Unmarked.Count + Gone.Count == 0 && !IsBroken;

    /// <param name="ports">Of the bridge, as they are.</param>
    /// <param name="wanted">Indexes of those that shall have the flag.</param>
    /// <param name="marked">Names of those that are known as ours.</param>
    /// <param name="set">Indexes of those whose flag was set by this daemon.</param>
    public static HairpinDifference Between(
        IReadOnlyList<LinkMessage> ports, IReadOnlySet<int> wanted, IReadOnlySet<string> marked, IReadOnlySet<int> set)
    {
        bool IsOurs(LinkMessage port) => set.Contains(port.Index) || marked.Contains(port.Name);
        static bool Has(LinkMessage port) => port.Port is { IsHairpin: true };
        LinkMessage[] ours = [.. ports.Where(port => wanted.Contains(port.Index) && (IsOurs(port) || !Has(port)))];
        HashSet<string> names = [.. ours.Select(port => port.Name)];
        return new HairpinDifference(
            On: [.. ours.Where(port => !Has(port))],
            Off: [.. ports.Where(port => !wanted.Contains(port.Index) && IsOurs(port) && Has(port))],
            Unmarked: [.. names.Where(name => !marked.Contains(name))],
            Gone: [.. marked.Where(name => !names.Contains(name))],
            Kept: [.. names.Where(marked.Contains)]);
    }
}
