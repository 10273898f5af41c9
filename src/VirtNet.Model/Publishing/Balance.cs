namespace VirtNet.Model.Publishing;

/// <summary>Which of several targets a new connection goes to.</summary>
public enum Balance
{
    /// <summary>One after the other, as often as their weights say.</summary>
    RoundRobin,

    /// <summary>By chance, as likely as their weights say.</summary>
    Random,

    /// <summary>The same for all connections of one client's address.</summary>
    Source,
}

/// <summary>The names of <see cref="Balance"/>s, in XML and on command lines.</summary>
public static class Balances
{
    public static IReadOnlyList<string> Names { get; } = ["source", "random", "round-robin"];

    public static string Name(this Balance balance) => balance switch
    {
        Balance.Source => "source",
        Balance.Random => "random",
        _ => "round-robin",
    };

    /// <returns>Null for another name.</returns>
    public static Balance? Find(string name) => name switch
    {
        "source" => Balance.Source,
        "random" => Balance.Random,
        "round-robin" => Balance.RoundRobin,
        _ => null,
    };
}
