namespace VirtNet.Cli.Commands;

/// <summary><c>--live</c>, <c>--config</c> and <c>--current</c>: which of a network's two definitions is meant.</summary>
internal static class AffectOptions
{
    public const uint LiveFlag = 1;
    public const uint ConfigFlag = 2;

    public static OptionDefinition Live { get; } = OptionDefinition.Flag("live", "the running network");

    public static OptionDefinition Config { get; } = OptionDefinition.Flag("config", "the persistent definition");

    public static OptionDefinition Current { get; } =
        OptionDefinition.Flag("current", "the running network if it runs, else the definition (default)");

    /// <summary>virNetworkUpdateFlags.</summary>
    public static uint Flags(ParsedCommand command)
    {
        command.RefuseBoth(Current, Live);
        command.RefuseBoth(Current, Config);
        return (command.Has(Live) ? LiveFlag : 0) | (command.Has(Config) ? ConfigFlag : 0);
    }
}
