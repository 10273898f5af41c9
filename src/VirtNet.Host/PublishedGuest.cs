using System.Net;
using VirtNet.Model;

namespace VirtNet.Host;

/// <summary>A guest of a network to whom one of its publications leads, that its neighbours (and it itself) may use too.</summary>
/// <param name="Address">Where connections go.</param>
/// <param name="Mac">Null = not known from leases, reservations or the definition: whom the kernel finds at the address.</param>
public sealed record PublishedGuest(IPAddress Address, MacAddress? Mac);
