using VirtNet.Rpc.Messages;

namespace VirtNet.Rpc.Protocol;

/// <summary>
/// virtnet's own program: number 0x76697274 ("virt"), version 1, on the same connection and framing as libvirt's, after
/// CONNECT_OPEN. Types are those of libvirt's protocol. A stock daemon answers every call with code 39, <c>Cannot find
/// program 1986622068 version 1</c>. Numbers are never reused.
/// <code>
/// no.  procedure  arguments                          result
/// 1    PLAN       string_opt name; string_opt xml    plan_step steps&lt;65536&gt;
///
/// plan_step { nonnull_string action; nonnull_string kind; nonnull_string subject; nonnull_string detail; }
/// </code>
/// PLAN: exactly one of name and xml is given. It changes nothing, but looks at the host with the daemon's rights and
/// shows its firewall, so read-only connections may not call it.
/// </summary>
internal static class VirtNetProcedures
{
    public static readonly Procedure<PlanArguments, PlanResult> Plan =
        new(RpcPrograms.VirtNet, 1, "virtnetPlan", CallKind.Query) { AllowsReadOnly = false };
}
