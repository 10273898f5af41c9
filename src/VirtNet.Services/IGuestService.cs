using VirtNet.Model;

namespace VirtNet.Services;

/// <summary>
/// One protocol served to the guests of all networks (DHCPv4, DNS, …). Calls for one network do not overlap, calls for
/// different networks may.
/// </summary>
internal interface IGuestService : IAsyncDisposable
{
    /// <summary>
    /// Serves the network as its live definition says: starts, changes in place, or stops if it asks for nothing any
    /// more. Called again after a repair of the host: sockets of a bridge that was made anew are opened anew.
    /// </summary>
    Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken);

    /// <summary>Stops serving the network; does nothing if it is not served.</summary>
    Task StopAsync(Guid network);

    /// <summary>
    /// The daemon ends, the networks go on: leaves what comes from now on in the sockets for the next one, and answers what
    /// has come. Ends when that is done or may take long.
    /// </summary>
    Task LeaveAsync() => Task.CompletedTask;

    /// <summary>What it did for the network so far; nothing if it is not served or nothing is counted.</summary>
    IEnumerable<NetworkCounter> CountersOf(Guid network) => [];
}
