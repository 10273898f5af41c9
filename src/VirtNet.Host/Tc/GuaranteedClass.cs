using VirtNet.Host.Link;
using VirtNet.Model;

namespace VirtNet.Host.Tc;

/// <summary>A guest's guaranteed rate (<c>floor</c>): a class of its own, and a filter on its MAC address that leads there.</summary>
/// <param name="ClassId">3 and up, handed out by the network.</param>
/// <param name="Floor">Kilobytes (1000) a second.</param>
/// <param name="Ceiling">What it may borrow up to.</param>
internal sealed record GuaranteedClass(string Bridge, uint ClassId, MacAddress Mac, ulong Floor, ulong Ceiling)
    : TrafficLimit(Ranks.Shaping + 1, Bridge)
{
    public override string Key => KeyOf(Bridge, ClassId);

    public override string? GoesWith => InboundShape.KeyOf(Bridge);

    public override string Summary => $"{Key}: {Floor} kB/s for {Mac}, at most {Ceiling} kB/s";

    public static string KeyOf(string bridge, uint classId) => $"traffic class 1:{classId:x} of {bridge}";
}
