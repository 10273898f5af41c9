namespace VirtNet.Host;

/// <summary>One thing virtnet owns on the host. Key is its identity, Rank its place in the build order.</summary>
public abstract record HostResource(int Rank)
{
    public abstract string Key { get; }

    /// <summary>What kind of thing this is, for people: link, address, route, sysctl, firewall, qdisc.</summary>
    public abstract string Kind { get; }
}

/// <summary>Create (no Before), remove (no After) or replace.</summary>
public sealed record HostChange(HostResource? Before, HostResource? After)
{
    public HostChange Inverted() => new(Before: After, After: Before); // a method: as a property it would print forever
}
