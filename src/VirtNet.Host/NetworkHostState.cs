using VirtNet.Model;
using VirtNet.Model.Ports;

namespace VirtNet.Host;

/// <summary>What one running network wants of the host: its live definition and the ports plugged into it.</summary>
public sealed record NetworkHostState(NetworkDefinition Network, ValueList<NetworkPort> Ports)
{
    /// <summary>What it publishes, with the addresses that its guests have now.</summary>
    public ValueList<HostPublication> Publications { get; init; } = [];

    /// <summary>To whom of its own guests publications lead that its guests can use.</summary>
    public ValueList<PublishedGuest> PublishedGuests { get; init; } = [];

    /// <summary>How it reaches its other hosts; null = it is this host's alone.</summary>
    public HostSpan? Span { get; init; }

    /// <summary>Whom of other networks it lets in, of those that run now.</summary>
    public ValueList<HostPeer> Peers { get; init; } = [];
}
