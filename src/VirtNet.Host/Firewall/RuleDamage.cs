namespace VirtNet.Host.Firewall;

/// <summary>Whose rules a transaction may have harmed, gathered while the kernel announces its parts.</summary>
internal sealed class RuleDamage
{
    private readonly HashSet<string> _bridges = [];

    /// <summary>What all networks' rules share, or nobody can say whose it was.</summary>
    public bool Everyone { get; private set; }

    public IReadOnlyCollection<string> Bridges => _bridges;

    public bool IsNone => !Everyone && _bridges.Count == 0;

    public void AddEveryone() => Everyone = true;

    public void Add(string bridge) => _bridges.Add(bridge);

    public void Clear()
    {
        Everyone = false;
        _bridges.Clear();
    }
}
