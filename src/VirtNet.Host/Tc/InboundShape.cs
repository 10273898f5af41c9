using VirtNet.Host.Link;

namespace VirtNet.Host.Tc;

/// <summary>
/// The limit on what goes to all guests of a bridge together: htb with a class for the whole (1:1) and one for guests
/// without a guaranteed rate (1:2). Rates in kilobytes (1000) a second, burst in kilobytes (1024, 0 = tc's choice).
/// </summary>
/// <param name="Unreserved">What is left for guests without a guaranteed rate.</param>
internal sealed record InboundShape(string Bridge, ulong Average, ulong Peak, ulong Burst, ulong Unreserved)
    : TrafficLimit(Ranks.Shaping, Bridge)
{
    public const uint WholeClass = 1;
    public const uint SharedClass = 2;

    public override string Key => KeyOf(Bridge);

    public override string? GoesWith => BridgeLink.KeyOf(Bridge);

    public override string Summary => $"{Key}: {Average} kB/s, at most {Ceiling} kB/s, unreserved {Unreserved} kB/s";

    /// <summary>What borrowing may reach.</summary>
    public ulong Ceiling => Peak == 0 ? Average : Peak;

    public static string KeyOf(string bridge) => $"inbound limit of {bridge}";
}
