namespace VirtNet.Cli.Output;

/// <summary>One column of a table.</summary>
/// <param name="Rank">
/// How soon it is left out where a terminal is too narrow: the highest first, 0 never.
/// </param>
internal sealed record TableColumn(string Title, int Rank = 0)
{
    /// <summary>Only there when it is asked for, by <c>--columns</c> or <c>--details</c>.</summary>
    public bool OnDemand { get; init; }

    /// <summary>Holds running text: it may become narrow before others are left out.</summary>
    public bool Wraps { get; init; }

    /// <summary>Holds names, of which a single long one is cut into pieces rather than that others are left out.</summary>
    public bool IsName { get; init; }

    /// <summary>Holds a state, which has a colour.</summary>
    public bool IsState { get; init; }

    /// <summary>As <c>--columns</c> takes it.</summary>
    public string Key { get; } = KeyOf(Title);

    public static string KeyOf(string title) => title.ToLowerInvariant().Replace(' ', '-');

    public static implicit operator TableColumn(string title) => new(title);
}
