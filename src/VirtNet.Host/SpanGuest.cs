using System.Net;
using VirtNet.Model;

namespace VirtNet.Host;

/// <summary>A guest that this host knows of, and tells the other hosts of a network of while the guest is here.</summary>
/// <param name="Addresses">Those that it was given.</param>
public sealed record SpanGuest(MacAddress Mac, ValueList<IPAddress> Addresses);
