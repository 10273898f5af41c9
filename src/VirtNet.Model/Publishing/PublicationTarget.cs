using System.Net;

namespace VirtNet.Model.Publishing;

/// <summary>
/// One <c>&lt;to&gt;</c>: who answers. Exactly one of guest (with <see cref="Guest"/>, <see cref="Mac"/> or both),
/// <see cref="Address"/> and <see cref="IsHost"/>.
/// </summary>
public sealed record PublicationTarget
{
    /// <summary>The highest weight.</summary>
    public const int MaxWeight = 256;

    /// <summary>A name. It says who is meant, not who it is: that does <see cref="Mac"/>, else a reservation or a port.</summary>
    public string? Guest { get; init; }

    /// <summary>Whose address it is, whatever that is called.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>In a subnet or behind a route of the network.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The host itself, on <see cref="Ports"/>; then the only target.</summary>
    public bool IsHost { get; init; }

    /// <summary>Empty = the ports listened on. One port for all, else as many as are listened on, in their order.</summary>
    public ValueList<PortRange> Ports { get; init; } = [];

    /// <summary>Its share of new connections; 0 = none: connections that exist stay.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>It gets connections only while no other target can have them.</summary>
    public bool IsBackup { get; init; }

    /// <summary>As net-publish takes it: <c>web</c>, <c>web:80</c>, <c>[2001:db8::5]:80</c>, <c>host:8080</c>.</summary>
    public string Text => TargetText.Format(this);
}
