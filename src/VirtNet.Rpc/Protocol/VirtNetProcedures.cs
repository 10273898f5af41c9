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
/// 21   GET_STATUS                                                              status
/// 22   GET_METRICS            network_opt net                                  nonnull_string text
/// 23   SET_LOG_LEVEL          string_opt level                                 nonnull_string level
///
/// plan_step { nonnull_string action; nonnull_string kind; nonnull_string subject; nonnull_string detail; }
/// counter { nonnull_string name; hyper value; }
/// condition { int kind; nonnull_string text; }
/// status { nonnull_string version; hyper since; nonnull_string firewall; nonnull_string others&lt;65536&gt;; unsigned int networks;
///          unsigned int active; unsigned int clients; int leases_stored; counter repairs&lt;1024&gt;; nonnull_string warnings&lt;65536&gt;;
///          trouble troubles&lt;1024&gt;; unsigned int troubled; }
/// trouble { nonnull_network net; int active; nonnull_string text; }
/// redefined_item { nonnull_string item; string_opt before; string_opt after; unsigned int effect; }
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
/// RENAME: of an inactive network; its UUID, leases and autostart mark stay.
/// GET_STATUS: since is in seconds of Unix time; repairs are those of the last hour by kind; troubled counts networks that are not
/// among the troubles, too.
/// SET_LOG_LEVEL: to debug, info, warning or error until the daemon ends; the result is the level in force, which it stays without one.
/// GET_METRICS: of one network, or without one those that are of no network; in the text form of Prometheus 0.0.4.
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

    public static readonly Procedure<Nothing, StatusResult> GetStatus =
        new(RpcPrograms.VirtNet, 21, "virtnetGetStatus", CallKind.Query);

    public static readonly Procedure<GetConditionsArguments, StringMessage> GetMetrics =
        new(RpcPrograms.VirtNet, 22, "virtnetGetMetrics", CallKind.Query);

    public static readonly Procedure<SetLogLevelArguments, StringMessage> SetLogLevel =
        new(RpcPrograms.VirtNet, 23, "virtnetSetLogLevel", CallKind.Change);

    /// <summary>The event, with <see cref="LeaseEventMessage"/>.</summary>
    public const int LeaseEvent = 4;
}
