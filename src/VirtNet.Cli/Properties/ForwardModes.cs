namespace VirtNet.Cli.Properties;

/// <summary>How guests reach the world, as users say it.</summary>
internal static class ForwardModes
{
    public const string Nat = "nat";
    public const string Isolated = "isolated";
    public const string HostBridge = "bridge";

    public static IReadOnlyList<string> All { get; } = [Nat, "route", "open", Isolated, HostBridge];
}
