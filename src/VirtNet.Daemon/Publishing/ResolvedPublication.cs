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
    Publication Publication, IPAddress? Address, ValueList<HostPublication> Places, ValueList<ResolvedTarget> Targets);

/// <param name="State">Unresolved where it has no address.</param>
internal sealed record ResolvedTarget(PublicationTarget Target, ResolvedGuest Guest, TargetState State, string? Reason);
