using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using VirtNet.Model;
using VirtNet.Model.Publishing;
using VirtNet.Model.Subnets;

namespace VirtNet.Host.Networks;

/// <summary>
/// The one door through which networks change the host. Every call reads, diffs, applies, and undoes what it did when a
/// step fails; what is thrown then is a <see cref="VirtNetException"/> with libvirt's code and text. Calls for
/// different networks may run at the same time, calls for one network may not.
/// </summary>
public interface INetworkHost
{
    /// <summary>Brings up a network that is not on the host yet. Somebody's link of its name or a colliding route is an error.</summary>
    /// <returns>What was changed, for <see cref="UndoStartAsync"/>.</returns>
    Task<IReadOnlyList<HostChange>> StartAsync(NetworkHostState desired, CancellationToken cancellationToken);

    /// <summary>Says what <see cref="StartAsync"/> would refuse, and touches nothing.</summary>
    /// <exception cref="VirtNetException">With the text that a start would fail with.</exception>
    Task CheckStartAsync(NetworkHostState desired, CancellationToken cancellationToken);

    /// <summary>Takes back what a start changed, and no more: something that came after it has failed.</summary>
    Task UndoStartAsync(NetworkHostState started, IReadOnlyList<HostChange> changes);

    /// <summary>
    /// Brings up a network on a bridge that another manager made, and that is nobody's by its alias: it is marked, its guests stay
    /// on it, and only what differs is changed.
    /// </summary>
    /// <returns>What was changed, for <see cref="UndoAdoptAsync"/>.</returns>
    Task<IReadOnlyList<HostChange>> AdoptAsync(NetworkHostState desired, BridgeMark mark, CancellationToken cancellationToken);

    /// <summary>Takes back what an adoption changed: the bridge is as it was, and nobody's.</summary>
    Task UndoAdoptAsync(NetworkHostState adopted, IReadOnlyList<HostChange> changes);

    /// <summary>Takes rules and mark off a network that another manager goes on with; bridge, addresses and guests stay.</summary>
    Task LetGoAsync(NetworkHostState last, CancellationToken cancellationToken);

    /// <summary>Plugs in again the guests that a stop left behind, as far as they are as they were; what fails is logged.</summary>
    void Plug(NetworkDefinition network, IReadOnlyCollection<PluggedGuest> guests);

    /// <summary>
    /// What stands against starting a network whatever else is on this host, as far as its definition alone tells.
    /// </summary>
    /// <returns>With the text that <see cref="StartAsync"/> would fail with; null where nothing is known.</returns>
    VirtNetException? WhyNeverStarted(NetworkDefinition network);

    /// <summary>
    /// Says before anything is touched what stands against giving a running network another definition: what
    /// <see cref="StartAsync"/> would refuse, as far as it is new.
    /// </summary>
    /// <exception cref="VirtNetException">With the text that a start would have failed with.</exception>
    Task CheckChangeAsync(NetworkDefinition before, NetworkHostState desired, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the host hold exactly what a running network needs: live update, adoption after a daemon restart, repair.
    /// Does nothing when nothing differs. An update is made as a whole or not at all. A repair goes as far as it can: what
    /// fails is said once, on the board of conditions and in the log, and tried again through <see cref="Drift"/>.
    /// </summary>
    Task<Converged> ConvergeAsync(NetworkHostState desired, CancellationToken cancellationToken);

    /// <summary>Whether connections may pass rules by, so that it must be told of ports that are limited or isolated.</summary>
    bool OffloadsFlows { get; }

    /// <summary>The guests on the bridge of a network.</summary>
    IReadOnlyList<PluggedGuest> ListGuests(NetworkDefinition network);

    /// <summary>The bridge of a network with its guests; null where it has none of its own, or that is not there.</summary>
    BridgeRecord? RecordOf(NetworkDefinition network);

    /// <summary>
    /// Whether what has the name of a network's bridge is the very bridge that a former daemon recorded, with guests on it, and has lost
    /// the network's mark since. It is not taken over; but the network's rules stay around it while that is so.
    /// </summary>
    bool IsDisowned(NetworkDefinition network, int index);

    /// <summary>
    /// These guests were on the bridge of a network when the last daemon saw it: who is not is put back, or it is said where he is now,
    /// as if he had left a moment ago.
    /// </summary>
    void Miss(NetworkDefinition network, IReadOnlyCollection<PluggedGuest> guests);

    /// <summary>The device on the bridge of a running network that the guest with a MAC address is behind.</summary>
    /// <exception cref="VirtNetException">There is none, or it is one that others are behind, too.</exception>
    PluggedGuest FindGuest(NetworkDefinition network, MacAddress mac);

    /// <summary>Takes the carrier of a guest's cable away, or gives it back. It stays as it is if nobody gives it back.</summary>
    void SetCarrier(PluggedGuest guest, bool on);

    /// <summary>Removes all of a network from the host. Goes on after errors; what could not be removed is logged.</summary>
    Task StopAsync(NetworkHostState last, CancellationToken cancellationToken);

    /// <summary>What <see cref="StartAsync"/> or <see cref="ConvergeAsync"/> would change.</summary>
    Task<IReadOnlyList<HostChange>> PlanAsync(NetworkHostState desired, CancellationToken cancellationToken);

    /// <summary>
    /// The port of a guest interface was deleted: its device leaves the bridge, or has just left it, and is not put back.
    /// </summary>
    void Release(Guid network, MacAddress mac);

    /// <summary>How it is with the bridge of a network that may be running.</summary>
    BridgeStanding StandingOf(NetworkDefinition network);

    /// <summary>The bridges on this host that bear a network's mark: their names, by network.</summary>
    IReadOnlyDictionary<Guid, string> ListMarkedBridges();

    /// <summary>Whether a link of this name exists now.</summary>
    bool LinkExists(string name);

    /// <summary>Ranges of addresses that are somebody's, as far as the host knows; not those of default routes.</summary>
    /// <param name="family">Only ranges of it.</param>
    /// <param name="wanted">Told of besides those that are private.</param>
    /// <param name="exceptBridge">A bridge whose own addresses and routes do not count.</param>
    IReadOnlyList<TakenSubnet> ListSubnets(AddressFamily family, IPNetwork? wanted, string? exceptBridge);

    /// <summary>Says before anything is touched what speaks on this host against publishing something.</summary>
    /// <param name="added">What is not in force yet.</param>
    /// <param name="isOwn">Whether it is this process that has a port, for what is published.</param>
    /// <exception cref="VirtNetException">A process has its port, or the host needs its address itself.</exception>
    void CheckPublications(IEnumerable<HostPublication> added, Func<PublishedProtocol, IPEndPoint, bool> isOwn);

    /// <summary>Why answers to far clients do not go back by the uplink that a published address is of, and what helps: half a sentence.</summary>
    /// <param name="guest">Who answers; null = the host itself.</param>
    /// <param name="bridge">Where the guest is.</param>
    /// <returns>Null = nothing is known against it.</returns>
    string? WhyAnswersStray(IPAddress published, IPAddress? guest, string? bridge);

    /// <summary>Which of the addresses of hosts is this one's; null = none.</summary>
    IPAddress? FindOwnAddress(IEnumerable<IPAddress> hosts);

    /// <summary>Where this host is reached by the others of a network that spans these hosts; null = it is none of them.</summary>
    HostUnderlay? FindUnderlay(IReadOnlyCollection<IPAddress> hosts);

    /// <summary>What the tunnel of a network sends from; null = there is none that bears its mark.</summary>
    IPAddress? FindTunnelAddress(Guid network, uint vni);

    /// <summary>What the host's interfaces have.</summary>
    IReadOnlySet<IPAddress> ListAddresses();

    /// <summary>How many connections came to what a network publishes; without those that are not counted.</summary>
    Task<IReadOnlyDictionary<HostPublication, ulong>> CountConnectionsAsync(Guid network, CancellationToken cancellationToken);

    /// <summary>What of other firewalls stands in the way of what a network publishes.</summary>
    IReadOnlyList<PublicationWarning> WarningsOf(Guid network) => [];

    /// <summary>Waits until that is of now. What virtnet changes itself in tables that it shares with others is not waited for.</summary>
    Task SettleWarningsAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits until what is known to have changed in other firewalls has been looked at, so that conditions are of now.</summary>
    Task SettleAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Told after each look at what others may have changed, on any thread.</summary>
    event Action? Looked;

    /// <summary>Somebody came to the bridge of a network, or left it. Told on any thread; who is told waits for nobody.</summary>
    event Action<Guid>? PortsChanged;

    /// <summary>
    /// Links, addresses or routes of the host changed, whosever they are. Told on any thread; who is told waits for nobody.
    /// </summary>
    event Action? AddressesChanged;

    /// <summary>UUIDs of networks of which something changed that virtnet did not change itself: converge them.</summary>
    ChannelReader<Guid> Drift { get; }
}
