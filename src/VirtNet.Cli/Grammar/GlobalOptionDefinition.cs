namespace VirtNet.Cli.Grammar;

/// <summary>One option of the program itself, in getopt's shape.</summary>
/// <param name="Short">One letter, or none.</param>
/// <param name="Long">Without dashes, or none; may be abbreviated as long as it stays unique.</param>
/// <param name="Argument">What it takes, in capitals; null = nothing.</param>
internal sealed record GlobalOptionDefinition(char? Short, string? Long, string? Argument, string Help)
{
    /// <summary>The argument may be left out; then it can only be given behind <c>=</c>.</summary>
    public bool ArgumentIsOptional { get; init; }

    public required Func<GlobalOptions, string?, GlobalOptions> Apply { get; init; }

    /// <summary>As messages name it: <c>'-c'/'--connect'</c>.</summary>
    public string Spelling =>
        Short is null ? $"'--{Long}'" : Long is null ? $"'-{Short}'" : $"'-{Short}'/'--{Long}'";
}
