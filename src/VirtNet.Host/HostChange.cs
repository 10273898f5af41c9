namespace VirtNet.Host;

/// <summary>One thing virtnet owns on the host. Key is its identity, Rank its place in the build order.</summary>
public abstract record HostResource(int Rank)
{
    public abstract string Key { get; }

    /// <summary>What kind of thing this is, for people: link, address, route, neighbour, sysctl, firewall, qdisc.</summary>
    public abstract string Kind { get; }

    /// <summary>The link that this is, is set on, or hangs on; null = the host as a whole.</summary>
    public virtual string? Device => null;

    /// <summary>
    /// The network whose mark the device must bear: nothing is changed or removed on one that does not. Null where any link
    /// will do, also one of the host's own.
    /// </summary>
    public Guid? Owner { get; init; }

    /// <summary>Key of the resource whose removal takes this one along, so that nothing is to be done for it then.</summary>
    public virtual string? GoesWith => null;

    /// <summary>Whether the host keeps it when the network goes.</summary>
    public virtual bool Stays => false;

    /// <summary>Whether virtnet does without it, with a line in the log, where the host refuses it.</summary>
    public virtual bool BestEffort => false;

    /// <summary>
    /// Whether the host can only be asked if it is there (and whole), not how it is set: then what virtnet put there counts.
    /// </summary>
    public virtual bool IsOpaque => false;

    /// <summary>One line for people and logs: the thing with its settings.</summary>
    public virtual string Summary => Key;
}

/// <summary>Create (no Before), remove (no After) or replace.</summary>
public sealed record HostChange(HostResource? Before, HostResource? After)
{
    public HostChange Inverted() => new(Before: After, After: Before);

    /// <summary>One line for people and logs.</summary>
    public override string ToString() =>
        Before is null ? $"create {After?.Summary}"
        : After is null ? $"remove {Before.Summary}"
        : $"change {Before.Summary} to {After.Summary}";
}
