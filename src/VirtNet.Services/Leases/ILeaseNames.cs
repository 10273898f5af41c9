using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Leases;

/// <summary>
/// The host names of one network's current leases, as DNS asks for them: those of this host, and after them those that other hosts
/// are known to have. Safe to read from any thread while leases change; an expired lease of this host has no name.
/// </summary>
internal interface ILeaseNames
{
    /// <summary>Whether any lease has a name.</summary>
    bool HasNames { get; }

    /// <summary>
    /// The address of this family that a name (bare, any case) stands for; null if none. Of several clients with one
    /// name the one that took it last owns it, and soon after it left the one before owns it again.
    /// </summary>
    IPAddress? FindAddress(ReadOnlySpan<char> name, AddressFamily family);

    /// <summary>The name, without domain and as the client wrote it, of the lease of an address; null if none, or if a later lease has it.</summary>
    string? FindName(IPAddress address);
}

/// <summary>Where DNS finds the lease names of each network.</summary>
internal interface ILeaseDirectory
{
    ILeaseNames NamesOf(Guid network);
}
