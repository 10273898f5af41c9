namespace VirtNet.Host.Neighbours;

/// <summary>Whether a rule is about a packet. Maybe: it asks for something that is not known, or not understood.</summary>
internal enum Match
{
    No,
    Maybe,
    Yes,
}

internal static class Matches
{
    public static Match Of(bool matches) => matches ? Match.Yes : Match.No;

    public static Match And(this Match one, Match other) => one < other ? one : other;

    public static Match Or(this Match one, Match other) => one > other ? one : other;

    public static Match Not(this Match match) => match switch
    {
        Match.Yes => Match.No,
        Match.No => Match.Yes,
        _ => Match.Maybe,
    };
}
