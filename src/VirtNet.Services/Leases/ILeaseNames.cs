using System.Net;
using System.Net.Sockets;

namespace VirtNet.Services.Leases;

/// <summary>
/// The host names of one network's current leases, as DNS asks for them. Safe to read from any thread while leases
/// change; an expired lease has no name.
/// </summary>
internal interface ILeaseNames
{
    /// <summary>
    /// The address of this family that a name (bare, any case) stands for; null if none. Of several clients with one
    /// name the one that took it last owns it; when it leaves, the name is gone for a second, then the one before owns it
    /// again.
    /// </summary>
    IPAddress? FindAddress(ReadOnlySpan<char> name, AddressFamily family);

    /// <summary>The name, without domain and as the client wrote it, of the lease of an address; null if none.</summary>
    string? FindName(IPAddress address);

    /// <summary>Grows with every change of a name or its address, so that an answer made from it can be kept until then.</summary>
    long Version { get; }
}

/// <summary>Where DNS finds the lease names of each network.</summary>
internal interface ILeaseDirectory
{
    ILeaseNames NamesOf(Guid network);
}
