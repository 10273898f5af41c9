using System.Net;
using VirtNet.Model;

namespace VirtNet.Host;

/// <summary>Who may use an address of a network that spans hosts: the guest of this host, or of another, that has a lease of it or a reservation.</summary>
public sealed record SpanBinding(IPAddress Address, MacAddress Mac);
