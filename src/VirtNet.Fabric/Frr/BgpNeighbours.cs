using VirtNet.Fabric.Sharing;

namespace VirtNet.Fabric.Frr;

/// <summary>With which members a member's bgpd has sessions: with all, or where some of them reflect, with these alone (RFC 4456).</summary>
internal static class BgpNeighbours
{
    /// <param name="reflectors">Names; of those that are members and speak BGP. Where none does, all members have sessions with all.</param>
    public static IReadOnlyList<Member> Of(IEnumerable<Member> members, IReadOnlyCollection<string> reflectors, string self)
    {
        Member[] speakers = [.. members.Where(member => member.BgpPort > 0).OrderBy(member => member.Name, StringComparer.Ordinal)];
        bool isReflected = speakers.Any(member => reflectors.Contains(member.Name)) && !reflectors.Contains(self);
        return [.. speakers.Where(member => member.Name != self && (!isReflected || reflectors.Contains(member.Name)))];
    }

    /// <summary>The same for bgpd. Of a reflector those that do not reflect are its clients.</summary>
    public static IReadOnlyList<BgpNeighbour> Of(FabricView view, string self)
    {
        bool reflects = view.Reflectors.Contains(self);
        return
        [
            .. Of(view.Members.Values, view.Reflectors, self)
                .Select(member => new BgpNeighbour(member.Address, member.BgpPort) { IsClient = reflects && !view.Reflectors.Contains(member.Name) }),
        ];
    }
}
