namespace VirtNet.Rpc.Driver;

/// <summary>How the daemon and its networks are, at a glance.</summary>
public sealed record DaemonStatus
{
    /// <summary>Of <c>virtnetd</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Since when this daemon runs.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The tool that holds the rules of networks: nftables, iptables or none.</summary>
    public required string Firewall { get; init; }

    /// <summary>Other programs' firewalls on the host that are known by their names.</summary>
    public required IReadOnlyList<string> OtherFirewalls { get; init; }

    public required uint Networks { get; init; }

    public required uint ActiveNetworks { get; init; }

    /// <summary>Clients that are connected, whoever asks included.</summary>
    public required uint Clients { get; init; }

    /// <summary>Whether leases are written to the disk; else they are in memory only, because it refuses them.</summary>
    public required bool AreLeasesStored { get; init; }

    /// <summary>What was put back in the last hour because somebody else had changed it, by kind of resource.</summary>
    public required IReadOnlyList<Counter> Repairs { get; init; }

    /// <summary>What is not as it should be with the daemon as a whole, one line each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Networks that are down though they start with the daemon, and those whose guests lack something; the first of them.</summary>
    public required IReadOnlyList<NetworkTrouble> Troubles { get; init; }

    /// <summary>How many networks have troubles, those that are not listed included.</summary>
    public required uint TroubledNetworks { get; init; }
}

/// <param name="IsActive">Whether it runs; else the text says why it does not.</param>
/// <param name="Text">One line.</param>
public sealed record NetworkTrouble(NetworkRef Network, bool IsActive, string Text);
