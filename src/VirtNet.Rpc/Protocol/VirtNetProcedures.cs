using VirtNet.Rpc.Messages;

namespace VirtNet.Rpc.Protocol;

/// <summary>
/// virtnet's own program: number 0x76697274 ("virt"), version 1, on the same connection and framing as libvirt's, after
/// CONNECT_OPEN. Types are those of libvirt's protocol. A stock daemon answers every call with code 39, <c>Cannot find
/// program 1986622068 version 1</c>. Numbers are never reused.
/// <code>
/// no.  procedure              arguments                                        result
/// 1    PLAN                   string_opt name; string_opt xml                  plan_step steps&lt;65536&gt;
/// 2    RELEASE_LEASES         nonnull_network net; string_opt mac;             network_dhcp_lease leases&lt;65536&gt;;
///                             string_opt address                               unsigned ret
/// 3    REGISTER_LEASE_EVENTS  network_opt net                                  int callbackID
/// 4    LEASE_EVENT            (event) int callbackID; nonnull_network net; int change; network_dhcp_lease lease
/// 5    GET_COUNTERS           nonnull_network net                              counter counters&lt;1024&gt;
/// 6    REDEFINE               nonnull_string xml; unsigned int flags           nonnull_network net; int done;
///                                                                              redefined_item items&lt;65536&gt;
/// 7    GET_CONDITIONS         network_opt net                                  condition conditions&lt;65536&gt;
/// 8    GET_WARNINGS           string_opt name; string_opt xml                  nonnull_string warnings&lt;65536&gt;
/// 9    FIND_SUBNET            string_opt wanted; int ipv6; unsigned int       string_opt free; string_opt owner; int firm
///                             prefix; network_opt except; unsigned int flags
/// 10   RENAME                 nonnull_network net; nonnull_string name         nonnull_network net
/// 11   GET_PUBLICATIONS       network_opt net; unsigned int flags              publication publications&lt;65536&gt;
/// 12   RECONNECT              nonnull_network net; nonnull_string mac          nonnull_string device
/// 13   GET_STATUS                                                              status
/// 14   GET_METRICS            network_opt net                                  nonnull_string text
/// 15   SET_LOG_LEVEL          string_opt level                                 nonnull_string level
/// 16   IMPORT_LEASES          nonnull_network net; network_dhcp_lease          int taken
///                             leases&lt;65536&gt;; string_opt serverDuid
/// 17   ADOPT                  nonnull_network net; string_opt liveXml; int     nonnull_network net
///                             bridgeIndex; nonnull_string bridgeMac
/// 18   LET_GO                 nonnull_network net; unsigned int flags          network_dhcp_lease leases&lt;65536&gt;;
///                                                                              unsigned ret
/// 19   SHARE_LEASES           nonnull_network net; unsigned int flags;
///                             string_opt host; shared_lease put&lt;65536&gt;;
///                             nonnull_string removed&lt;65536&gt;; string_opt warning
/// 20   GET_SHARED_LEASES      nonnull_network net                              string_opt host; shared_lease leases&lt;65536&gt;
/// 21   KEEP_LINKED            unsigned int seconds
///
/// shared_lease { network_dhcp_lease lease; string_opt host; int ended; hyper replaces; }
/// plan_step { nonnull_string action; nonnull_string kind; nonnull_string subject; nonnull_string detail; }
/// counter { nonnull_string name; hyper value; }
/// condition { int kind; nonnull_string text; }
/// status { nonnull_string version; hyper since; nonnull_string firewall; nonnull_string others&lt;65536&gt;; unsigned int networks;
///          unsigned int active; unsigned int clients; int leases_stored; counter repairs&lt;1024&gt;; nonnull_string warnings&lt;65536&gt;;
///          trouble troubles&lt;1024&gt;; unsigned int troubled; }
/// trouble { nonnull_network net; int active; nonnull_string text; }
/// redefined_item { nonnull_string item; string_opt before; string_opt after; unsigned int effect; }
/// publication { nonnull_network net; string_opt name, address, protocol, ports; int ipv4, ipv6; number_opt connections;
///               publication_target targets&lt;1024&gt;; nonnull_string warnings&lt;64&gt;; }
/// publication_target { string_opt guest; int host; nonnull_string addresses&lt;64&gt;; string_opt ports; unsigned int weight;
///                      int backup; int state; string_opt reason; number_opt connections; }
/// number_opt: as an optional of XDR, an unsigned hyper.
/// </code>
/// PLAN and GET_WARNINGS: exactly one of name and xml is given. PLAN changes nothing, but fails where a start would. It looks at the host with the daemon's rights and
/// shows its firewall, so read-only connections may not call it.
/// RELEASE_LEASES: exactly one of mac and address is given; the result is what ended.
/// REGISTER_LEASE_EVENTS: callback ids are of one kind with libvirt's, whose CONNECT_NETWORK_EVENT_DEREGISTER_ANY ends
/// this registration too. Change is 0 added, 1 renewed, 2 released, 3 expired.
/// REDEFINE: flags are 1 (check the schema), 2 (partial) and 4 (dry run); effects are 0 (applied), 1 (needs lease
/// renewal) and 2 (needs restart). Nothing was changed unless done is 1. Flag 8 leaves the persistent definition as it is.
/// GET_CONDITIONS: of one network, or without one of the daemon as a whole; kinds are 0 (cut off) and 1 (warning).
/// FIND_SUBNET: free is a subnet of this family and prefix length (0 = the usual one) that nobody has; owner is who has addresses of
/// the wanted one, and firm whether that is in use or only a pool of addresses. What network except has does not count. Flag 1: to be
/// told to nobody else for some seconds; it is ignored on a read-only connection.
/// RENAME: of a persistent network, an active one where nobody knows it by its name; its UUID, leases and autostart mark stay.
/// RECONNECT: the carrier of the port that the MAC is behind is gone for a moment, and the call ends when it is back.
/// GET_PUBLICATIONS: of one network, which must be active, or without one of all that are; states are 0 (up), 1 (down), 2 (unresolved),
/// 3 (draining) and 4 (standby). Flags are 1 (with warnings, which may wait for a look at other programs' rules) and 2 (with numbers of
/// connections and bytes); a call that ends before its flags has both.
/// GET_STATUS: since is in seconds of Unix time; repairs are those of the last hour by kind; troubled counts networks that are not
/// among the troubles, too.
/// SET_LOG_LEVEL: to debug, info, warning or error until the daemon ends; the result is the level in force, which it stays without one.
/// GET_METRICS: of one network, or without one those that are of no network; in the text form of Prometheus 0.0.4.
/// IMPORT_LEASES: leases that another server gave on this network's bridge; their interface, type and prefix do not count. All are
/// recorded, or one is refused and none is. Taken is how many are new or end later than what was known; an address that another
/// client has here stays that client's. serverDuid is what DHCPv6 clients call that server: only of a network that is not active.
/// ADOPT: an inactive network becomes active on a bridge that there is, with guests on it, whose index and MAC are given; it must
/// have no alias. Nothing else is looked for or made anew. Only root may call it: the bridge is whoever's root says.
/// LET_GO: an active network becomes inactive while its bridge, addresses and guests stay; its rules and the bridge's mark go. Flag
/// 1: the network stays, only its guests are served no longer. The result is the leases of that moment. Only root may call it.
/// SHARE_LEASES: what other hosts of a network have, and addresses of this host that were leased and are kept until all know that they
/// are not any more; removed are free again. host is what this host is called among them; without one the network is shared no
/// longer, and nothing is kept. replaces is the end of this host's lease of the same client that one of put takes the place of, if it
/// is still that; -1 = of none. Flag 1: what was told before of other hosts and is not among put has ended. warning is a condition of
/// the network until another call of this kind. What cannot be a lease of the network is left out. Only root may call it, and
/// KEEP_LINKED.
/// GET_SHARED_LEASES: all that is known; without a host it is this host's lease, and with ended 1 one whose address it keeps.
/// KEEP_LINKED: for so long what was told of other hosts is up to date, unless that is said again.
/// </summary>
internal static class VirtNetProcedures
{
    public static readonly Procedure<PlanArguments, PlanResult> Plan =
        new(RpcPrograms.VirtNet, 1, "virtnetPlan", CallKind.Query) { AllowsReadOnly = false };

    public static readonly Procedure<ReleaseLeasesArguments, LeasesResult> ReleaseLeases =
        new(RpcPrograms.VirtNet, 2, "virtnetReleaseLeases", CallKind.Change);

    public static readonly Procedure<RegisterLeaseEventsArguments, Int32Message> RegisterLeaseEvents =
        new(RpcPrograms.VirtNet, 3, "virtnetRegisterLeaseEvents", CallKind.Connection);

    public static readonly Procedure<GetCountersArguments, CountersResult> GetCounters =
        new(RpcPrograms.VirtNet, 5, "virtnetGetCounters", CallKind.Query);

    public static readonly Procedure<RedefineArguments, RedefineResult> Redefine =
        new(RpcPrograms.VirtNet, 6, "virtnetRedefine", CallKind.Change);

    public static readonly Procedure<GetConditionsArguments, ConditionsResult> GetConditions =
        new(RpcPrograms.VirtNet, 7, "virtnetGetConditions", CallKind.Query);

    public static readonly Procedure<PlanArguments, WarningsResult> GetWarnings =
        new(RpcPrograms.VirtNet, 8, "virtnetGetWarnings", CallKind.Query) { AllowsReadOnly = false };

    public static readonly Procedure<FindSubnetArguments, FindSubnetResult> FindSubnet =
        new(RpcPrograms.VirtNet, 9, "virtnetFindSubnet", CallKind.Query);

    public static readonly Procedure<RenameArguments, NetworkMessage> Rename =
        new(RpcPrograms.VirtNet, 10, "virtnetRename", CallKind.Change);

    public static readonly Procedure<GetPublicationsArguments, PublicationsResult> GetPublications =
        new(RpcPrograms.VirtNet, 11, "virtnetGetPublications", CallKind.Query);

    public static readonly Procedure<ReconnectArguments, StringMessage> Reconnect =
        new(RpcPrograms.VirtNet, 12, "virtnetReconnect", CallKind.Change);

    public static readonly Procedure<Nothing, StatusResult> GetStatus =
        new(RpcPrograms.VirtNet, 13, "virtnetGetStatus", CallKind.Query);

    public static readonly Procedure<GetConditionsArguments, StringMessage> GetMetrics =
        new(RpcPrograms.VirtNet, 14, "virtnetGetMetrics", CallKind.Query);

    public static readonly Procedure<SetLogLevelArguments, StringMessage> SetLogLevel =
        new(RpcPrograms.VirtNet, 15, "virtnetSetLogLevel", CallKind.Change);

    public static readonly Procedure<ImportLeasesArguments, Int32Message> ImportLeases =
        new(RpcPrograms.VirtNet, 16, "virtnetImportLeases", CallKind.Change);

    public static readonly Procedure<AdoptArguments, NetworkMessage> Adopt =
        new(RpcPrograms.VirtNet, 17, "virtnetAdopt", CallKind.Change);

    public static readonly Procedure<NetworkFlagsArguments, LeasesResult> LetGo =
        new(RpcPrograms.VirtNet, 18, "virtnetLetGo", CallKind.Change);

    public static readonly Procedure<ShareLeasesArguments, Nothing> ShareLeases =
        new(RpcPrograms.VirtNet, 19, "virtnetShareLeases", CallKind.Change);

    public static readonly Procedure<NetworkMessage, SharedLeasesResult> GetSharedLeases =
        new(RpcPrograms.VirtNet, 20, "virtnetGetSharedLeases", CallKind.Query);

    public static readonly Procedure<KeepLinkedArguments, Nothing> KeepLinked =
        new(RpcPrograms.VirtNet, 21, "virtnetKeepLinked", CallKind.Change);

    public static readonly Procedure<TellSharedArguments, Nothing> TellShared =
        new(RpcPrograms.VirtNet, 22, "virtnetTellShared", CallKind.Change);

    /// <summary>The event, with <see cref="LeaseEventMessage"/>.</summary>
    public const int LeaseEvent = 4;
}
