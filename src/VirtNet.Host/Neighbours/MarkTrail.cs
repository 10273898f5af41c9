namespace VirtNet.Host.Neighbours;

/// <summary>
/// The chains that mark what comes through them: others, later on the same way, may drop by the marks. Most hosts have none, and
/// then this costs nothing.
/// </summary>
internal sealed class MarkTrail
{
    private readonly Stop[] _stops;

    public MarkTrail(IEnumerable<RuleTable> tables) =>
        _stops =
        [
            .. tables.Where(table => table.Chains.Values.Any(chain => chain.Rules.Marks))
                .SelectMany(table => table.Chains.Values.Where(chain => chain.Place is not null).Select(chain => new Stop(table, chain)))
                .OrderBy(stop => StageOf(stop.Chain)).ThenBy(stop => stop.Chain.Place!.Priority),
        ];

    /// <summary>A packet as it comes to a base chain.</summary>
    public SamplePacket Arriving(SamplePacket packet, RuleTable table, RuleChain chain)
    {
        foreach (Stop stop in _stops)
        {
            if (stop.Chain == chain)
            {
                break; // what is asked at the same time after it comes too late
            }

            if (IsBefore(stop, table, chain) && IsOf(stop.Table, packet) && IsOnTheWay(stop.Chain.Place!.Hook, packet))
            {
                packet = RuleWalk.Mark(stop.Table, stop.Chain, packet);
            }
        }

        return packet;
    }

    private static bool IsBefore(Stop stop, RuleTable table, RuleChain chain) =>
        (stop.Table.Family == "bridge") == (table.Family == "bridge")
        && (StageOf(stop.Chain) < StageOf(chain)
            || (stop.Chain.Place!.Hook == chain.Place!.Hook && stop.Chain.Place.Priority <= chain.Place.Priority));

    private static bool IsOf(RuleTable table, SamplePacket packet) => table.Family switch
    {
        "ip" => packet is { IsIpv6: false, IsArp: false },
        "ip6" => packet.IsIpv6,
        "inet" or "bridge" => true,
        _ => false,
    };

    /// <summary>Whether a packet comes through a hook, by where it is from and where it goes to.</summary>
    private static bool IsOnTheWay(string hook, SamplePacket packet) => hook switch
    {
        "prerouting" => packet.In is not null,
        "input" => packet.Out is null,
        "forward" => packet is { In: not null, Out: not null },
        "output" => packet.In is null,
        _ => true,
    };

    private static int StageOf(RuleChain chain) => chain.Place!.Hook switch
    {
        "ingress" => 0,
        "prerouting" => 1,
        "input" or "forward" or "output" => 2,
        _ => 3,
    };

    private sealed record Stop(RuleTable Table, RuleChain Chain);
}
