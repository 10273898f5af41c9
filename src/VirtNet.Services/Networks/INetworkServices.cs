using VirtNet.Model;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Networks;

/// <summary>
/// DHCP, router advertisements, DNS and TFTP of all networks. Calls for one network must not overlap; its bridge exists
/// and has its addresses while services run.
/// </summary>
public interface INetworkServices : IAsyncDisposable
{
    /// <summary>
    /// Serves this network as its live definition says: starts what is missing, changes what differs in place (sockets
    /// and leases stay), stops what is no longer wanted.
    /// </summary>
    Task ApplyAsync(NetworkDefinition live, CancellationToken cancellationToken);

    /// <summary>What could not be served, or has no effect, without serving anything.</summary>
    ServiceVerdict Examine(NetworkDefinition definition);

    /// <summary>Stops serving a network; its leases stay.</summary>
    Task StopAsync(NetworkDefinition live, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets the leases and files of a network that is gone for good, also on disk (which catches up later where it cannot be
    /// written now).
    /// </summary>
    Task ForgetAsync(NetworkDefinition definition, CancellationToken cancellationToken);

    /// <summary>The leases of a network, running or not, that have not expired.</summary>
    IReadOnlyList<Lease> GetLeases(Guid network);

    /// <summary>The same as lists show them: of several leases with one name only the last one that took it has it.</summary>
    IReadOnlyList<Lease> GetShownLeases(Guid network);

    /// <summary>Whether leases are in memory only at the moment, because the disk refuses them.</summary>
    bool AreLeasesFailing { get; }

    /// <summary>Transactions by which leases came to the disk so far.</summary>
    long LeaseCommits { get; }

    /// <summary>Answers of other name servers that are kept for guests.</summary>
    int KeptDnsAnswers { get; }

    /// <summary>What the services of a network did since it was started, dropped messages by their reasons included.</summary>
    IReadOnlyList<NetworkCounter> GetCounters(Guid network);

    /// <summary>
    /// Takes leases of a network, running or not, away from their clients. When it is done they are gone from lists,
    /// names, files and disk (a disk that cannot be written now catches up later, as always).
    /// </summary>
    /// <returns>Those that were chosen, by address.</returns>
    Task<IReadOnlyList<Lease>> ReleaseLeasesAsync(
        NetworkDefinition network, Func<Lease, bool> choose, CancellationToken cancellationToken);

    /// <summary>
    /// Records leases that another server gave, running or not, each for as long as it has left. An address that another client
    /// has stays that client's. When it is done they are on disk.
    /// </summary>
    /// <param name="serverDuid">What DHCPv6 clients call that server, and are to be answered as from now on; null = nothing new.</param>
    /// <returns>How many were new, or end later than what was known.</returns>
    Task<int> ImportLeasesAsync(
        NetworkDefinition network, IReadOnlyList<Lease> leases, string? serverDuid, CancellationToken cancellationToken);

    /// <summary>
    /// Takes over what other hosts have in a network that is shared with them, running or not: their guests are found by name, and no
    /// address is given a second time. It is known after a restart, too. What cannot be a lease of this network is left out.
    /// </summary>
    /// <returns>How much was left out.</returns>
    int ShareLeases(NetworkDefinition network, HeldLeasesUpdate update);

    /// <summary>What is held in a network for others than this host's own leases.</summary>
    HeldLeases GetHeldLeases(Guid network);

    /// <summary>For how long this host follows what the others of its shared networks do, unless that is said again.</summary>
    void KeepLinked(TimeSpan time);

    /// <summary>Tells of every change of any network's leases until disposed. May be called while leases are locked.</summary>
    IDisposable ObserveLeases(ILeaseObserver observer);
}
