namespace VirtNet.Cli;

/// <summary>What an option takes.</summary>
internal enum OptionKind
{
    /// <summary>Nothing: it is there or not.</summary>
    Flag,
    Text,
    Number,

    /// <summary>All words that are left; the last positional option of its command.</summary>
    Words,
}

/// <summary>What the shell offers for a value.</summary>
internal enum Candidates
{
    None,
    Networks,
    ActiveNetworks,
    InactiveNetworks,
    PersistentNetworks,
    NetworkUuids,
    Ports,
    Files,
    Events,
    UpdateCommands,
    UpdateSections,
    WaitConditions,
    Properties,
    Assignments,
    NetworkModes,
    Subnets,
    Ipv6Subnets,
    LeaseMacs,
    LeaseAddresses,
    PublishTargets,
    Publications,
    Balances,
    Checks,
    Guests,
    GuestMacs,
    Commands,
    OutputFormats,
}

/// <summary>One option of a command. Every value may be given by name, most also by position.</summary>
/// <param name="Help">One line, shown by <c>help</c> and in the manual page.</param>
internal sealed record OptionDefinition(string Name, OptionKind Kind, string Help)
{
    public bool Required { get; init; }

    /// <summary>A word without a name may fill it. Required options are positional unless they say otherwise.</summary>
    public bool Positional { get; init; }

    /// <summary>An empty value means something; elsewhere it is refused.</summary>
    public bool AllowsEmpty { get; init; }

    public Candidates Candidates { get; init; }

    /// <summary>Another name that virsh takes too and shows nowhere.</summary>
    public string? Alias { get; init; }

    public static OptionDefinition Flag(string name, string help) => new(name, OptionKind.Flag, help);

    public static OptionDefinition Argument(string name, string help, Candidates candidates = Candidates.None) =>
        new(name, OptionKind.Text, help) { Required = true, Positional = true, Candidates = candidates };

    public static OptionDefinition Text(string name, string help, Candidates candidates = Candidates.None) =>
        new(name, OptionKind.Text, help) { Positional = true, Candidates = candidates };

    /// <summary>A value that is only ever given by name.</summary>
    public static OptionDefinition NamedText(string name, string help, Candidates candidates = Candidates.None) =>
        new(name, OptionKind.Text, help) { Candidates = candidates };

    public static OptionDefinition Number(string name, string help) =>
        new(name, OptionKind.Number, help) { Positional = true };

    /// <summary>A number that is only ever given by name.</summary>
    public static OptionDefinition NamedNumber(string name, string help) => new(name, OptionKind.Number, help);

    /// <summary>One or more objects, each of which the command is done to.</summary>
    public static OptionDefinition Several(string name, string help, Candidates candidates) =>
        new(name, OptionKind.Words, help) { Required = true, Positional = true, Candidates = candidates };

    public static OptionDefinition Words(string name, string help) =>
        new(name, OptionKind.Words, help) { Positional = true, AllowsEmpty = true };
}
