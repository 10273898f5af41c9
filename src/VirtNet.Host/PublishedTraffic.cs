using System.Net;

namespace VirtNet.Host;

/// <summary>What goes on now between clients of a publication and one of its targets.</summary>
/// <param name="Target">Null = the host itself.</param>
/// <param name="Open">Connections, and exchanges of datagrams that the host still follows.</param>
/// <param name="Octets">Of these, in both directions; null where the host does not count them (nf_conntrack_acct).</param>
public sealed record PublishedTraffic(HostPublication Publication, IPAddress? Target, ulong Open, ulong? Octets);
