using VirtNet.Model.Conditions;

namespace VirtNet.Rpc.Driver;

/// <summary>What virtnet offers beyond libvirt's protocol: program 0x76697274, version 1, on the same socket.</summary>
public interface IVirtNetExtensions : IDaemonReports
{
    /// <summary>
    /// What starting (or converging) this definition would change on the host now, without changing it.
    /// </summary>
    /// <exception cref="Model.VirtNetException">A start would be refused: with its code and text.</exception>
    /// <param name="xml">A network document, or null to plan the named network's persistent definition.</param>
    Task<IReadOnlyList<PlanStep>> PlanAsync(string? name, string? xml, CancellationToken cancellationToken);

    /// <summary>
    /// What will not be as a definition says, or will keep it from being started whatever the host is like: a sentence each.
    /// </summary>
    /// <param name="xml">A network document, or null for the named network's persistent definition.</param>
    Task<IReadOnlyList<string>> GetWarningsAsync(string? name, string? xml, CancellationToken cancellationToken);

    /// <summary>
    /// Ends leases as if their clients had given them back. When it returns they are gone from lists, names, files and
    /// disk. The clients are not told: those that still run get a lease again when they renew.
    /// </summary>
    /// <param name="mac">All leases of this MAC; null when an address is given.</param>
    /// <param name="address">The lease of this address.</param>
    /// <returns>The leases that ended, at least one.</returns>
    Task<IReadOnlyList<DhcpLease>> ReleaseLeasesAsync(
        NetworkRef network, string? mac, string? address, CancellationToken cancellationToken);

    /// <summary>What the services of a network did since it was started; empty parts for what is not served.</summary>
    Task<IReadOnlyList<Counter>> GetCountersAsync(NetworkRef network, CancellationToken cancellationToken);

    /// <summary>What is not as it should be with a network, or with the daemon as a whole, now.</summary>
    /// <param name="network">Null = the daemon.</param>
    Task<IReadOnlyList<Condition>> GetConditionsAsync(NetworkRef? network, CancellationToken cancellationToken);

    /// <summary>
    /// Defines a network that is active, and changes what runs accordingly, without unplugging a guest: all that is
    /// asked for, or nothing.
    /// </summary>
    /// <exception cref="Model.VirtNetException">
    /// No active network has that name, or the host cannot be brought there: everything is as it was.
    /// </exception>
    Task<Redefinition> RedefineAsync(string xml, RedefineFlags flags, CancellationToken cancellationToken);

    /// <summary>Finds addresses on the daemon's host that nobody has, and says who has those that are wanted.</summary>
    Task<SubnetAnswer> FindSubnetAsync(SubnetQuestion question, CancellationToken cancellationToken);

    /// <summary>Gives a persistent network another name. Its UUID, its leases and its autostart mark stay, and what runs goes on.</summary>
    /// <exception cref="Model.VirtNetException">It is transient, or active and somebody knows it by its name, or another network has the name.</exception>
    Task<NetworkRef> RenameAsync(NetworkRef network, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the carrier of a guest's port away for a moment, so that the guest asks for its address again. What it reaches by the
    /// network is interrupted for that long.
    /// </summary>
    /// <returns>The device on the host.</returns>
    /// <exception cref="Model.VirtNetException">
    /// The network is not active, or no port of its own is that guest's alone; code 84 for a tap, whose guest only its hypervisor can tell.
    /// </exception>
    Task<string> ReconnectAsync(NetworkRef network, string mac, CancellationToken cancellationToken);

    /// <summary>What is published of one active network or of all, as it is in force now.</summary>
    /// <param name="network">Null = all active networks.</param>
    /// <param name="detail">What of it is looked up; the rest is left out.</param>
    /// <exception cref="Model.VirtNetException">There is no such network, or it is not active.</exception>
    Task<IReadOnlyList<PublicationInForce>> GetPublicationsAsync(
        NetworkRef? network, PublicationDetail detail, CancellationToken cancellationToken);

    /// <summary>
    /// Records leases that another server gave to guests of a network, all or none. An address that another client has here
    /// stays that client's, and of two ends of one lease the later one counts. When it returns they are on disk.
    /// </summary>
    /// <param name="leases">Interface, type and prefix do not count; those that have ended are passed over.</param>
    /// <param name="serverDuid">What DHCPv6 clients of the network call their server; null = they have none.</param>
    /// <returns>How many were recorded.</returns>
    /// <exception cref="Model.VirtNetException">One of them cannot be a lease of this network, or the network is active and has a DUID.</exception>
    Task<int> ImportLeasesAsync(
        NetworkRef network, IReadOnlyList<DhcpLease> leases, string? serverDuid, CancellationToken cancellationToken);

    /// <summary>Makes an inactive network active on a bridge that another manager made, with the guests that are on it.</summary>
    /// <param name="liveXml">What runs there; null = the persistent definition.</param>
    /// <param name="bridgeIndex">With the MAC it names the one bridge that is meant.</param>
    /// <exception cref="Model.VirtNetException">It is another bridge, or somebody's; or it cannot be guarded or served: all is as it was.</exception>
    Task<NetworkRef> AdoptAsync(
        NetworkRef network, string? liveXml, int bridgeIndex, string bridgeMac, CancellationToken cancellationToken);

    /// <summary>Makes an active network inactive while its bridge stays as it is, with its addresses and guests.</summary>
    /// <param name="onlyServices">The network stays active, but serves its guests no longer, until it is stopped, let go, or virtnetd restarts.</param>
    /// <returns>The leases of its guests.</returns>
    Task<IReadOnlyList<DhcpLease>> LetGoAsync(NetworkRef network, bool onlyServices, CancellationToken cancellationToken);

    /// <summary>
    /// Takes over what other hosts have in a network: their guests are found by name here, a guest that comes from one of them keeps its
    /// address, and no address is given a second time. It is known after a restart, too.
    /// </summary>
    Task ShareLeasesAsync(NetworkRef network, LeaseSharing sharing, CancellationToken cancellationToken);

    /// <summary>The leases of all hosts of a network, as they are known here; of this one alone where it is shared with nobody.</summary>
    Task<SharedLeases> GetSharedLeasesAsync(NetworkRef network, CancellationToken cancellationToken);

    /// <summary>For so long a fabric shares the networks of this host with others, unless that is said again; 0 = it no longer does.</summary>
    /// <param name="outage">Why what was told of other hosts is not up to date; null = it is.</param>
    Task KeepLinkedAsync(uint seconds, string? outage, CancellationToken cancellationToken);

    /// <summary>Says what keeps a network from being the same on all hosts of a fabric: who starts it is told so, and it is a condition of it.</summary>
    /// <param name="obstacle">Null = nothing; so it is until it is defined anew, too.</param>
    Task TellSharedAsync(NetworkRef network, string? obstacle, CancellationToken cancellationToken);
}

/// <summary>One number about a network.</summary>
/// <param name="Name">Parts joined by dots, e.g. <c>dhcp4.dropped.port-limit</c>.</param>
public sealed record Counter(string Name, long Value);

/// <summary>One change that a plan would make.</summary>
/// <param name="Action">create, change or remove.</param>
/// <param name="Kind">link, address, route, sysctl, firewall, qdisc, service.</param>
/// <param name="Subject">What is changed, e.g. <c>virbr0</c>.</param>
/// <param name="Detail">What is done as a sentence that names the subject, possibly several lines.</param>
public sealed record PlanStep(string Action, string Kind, string Subject, string Detail);
