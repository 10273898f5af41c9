using System.Net;
using VirtNet.Host;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Rpc.Driver;
using PublicationTarget = VirtNet.Model.Publishing.PublicationTarget;

namespace VirtNet.Daemon.Publishing;

/// <summary>One publication of a definition, and what it comes to now.</summary>
/// <param name="Places">In force on the host; empty while it has no target there.</param>
internal sealed record ResolvedPublication(
    Publication Publication, IPAddress? Address, ValueList<HostPublication> Places, ValueList<ResolvedTarget> Targets)
{
    /// <summary>The one address that it listens on; null = any of its family, or of both.</summary>
    public IPAddress? Particular => ParticularOf(Address);

    public static IPAddress? ParticularOf(IPAddress? address) =>
        address is null || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? null : address;
}

/// <param name="State">Unresolved where it has no address.</param>
internal sealed record ResolvedTarget(PublicationTarget Target, ResolvedGuest Guest, TargetState State, string? Reason);
